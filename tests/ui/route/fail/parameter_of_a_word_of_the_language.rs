use rustzeug::prelude::*;

struct Shop;

#[application]
impl Shop {
    #[route("/<type>")]
    async fn list(&self) -> &'static str {
        "list"
    }

    #[route("/<int:match>/edit")]
    async fn edit(&self, r#match: &str, r#type: u8) -> String {
        format!("{} {}", r#match, r#type)
    }
}

fn main() {}
