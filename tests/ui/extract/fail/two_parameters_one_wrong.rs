use rustzeug::prelude::*;

struct User(u32);

struct Blog;

#[application]
impl Blog {
    #[route("/")]
    async fn index(&self, request: &Request, query: Query<Vec<(String, String)>>, user: User) -> String {
        format!("{} {} {}", request.path(), query.len(), user.0)
    }
}

fn main() {}
