use rustzeug::prelude::*;

struct Home;

#[application]
impl Home {}

struct Site {
    home: Home,
}

#[application]
impl Site {
    #[mount("/", subdomain = "<user>")]
    fn home(&self) -> &Home {
        &self.home
    }
}

fn main() {}
