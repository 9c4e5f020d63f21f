use rustzeug::prelude::*;

struct Blog;

#[application]
impl Blog {
    #[mount("/admin")]
    fn admin(&self) {}
}

fn main() {}
