use rustzeug::prelude::*;

struct Admin;

#[application]
impl Admin {}

struct Site {
    admin: Admin,
}

#[application]
impl Site {
    #[mount("/admin", sub_domain = "admin")]
    fn admin(&self) -> &Admin {
        &self.admin
    }
}

fn main() {}
