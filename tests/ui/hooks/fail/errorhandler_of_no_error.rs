use rustzeug::prelude::*;

struct Settings;

struct Blog;

#[application]
impl Blog {
    #[errorhandler(Settings)]
    async fn lost(&self, error: &HttpException) -> String {
        error.to_string()
    }
}

fn main() {}
