use rustzeug::prelude::*;

struct Admin;

#[application]
impl Admin {
    #[route("/")]
    async fn index(&self) -> &'static str {
        "admin"
    }
}

struct Blog {
    admin: Admin,
}

#[application]
impl Blog {
    #[mount("/admin/")]
    fn admin(&self) -> &Admin {
        &self.admin
    }
}

fn main() {}
