use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[errorhandler(NotFound)]
    async fn lost(&self, error: &NotFound) -> String {
        format!("{error:?}")
    }
}

fn main() {}
