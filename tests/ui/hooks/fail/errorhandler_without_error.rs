use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[errorhandler]
    async fn lost(&self, error: &HttpException) -> String {
        error.to_string()
    }
}

fn main() {}
