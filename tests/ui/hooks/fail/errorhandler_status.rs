use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[errorhandler(200)]
    async fn fine(&self, error: &HttpException) -> String {
        error.to_string()
    }
}

fn main() {}
