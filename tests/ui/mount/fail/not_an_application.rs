use rustzeug::prelude::*;

struct Admin;

struct Blog {
    admin: Admin,
}

#[application]
impl Blog {
    #[mount("/admin")]
    fn admin(&self) -> &Admin {
        &self.admin
    }
}

fn main() {}
