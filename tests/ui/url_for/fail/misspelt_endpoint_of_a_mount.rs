use rustzeug::prelude::*;

struct Site {
    shelf: Shelf,
}

#[application]
impl Site {
    #[mount("/rooms/<int:room>")]
    fn shelf(&self, room: u8) -> &Shelf {
        let _ = room;
        &self.shelf
    }
}

struct Shelf;

#[application]
impl Shelf {
    #[route("/<slug>")]
    async fn book(&self, slug: &str) -> String {
        slug.to_owned()
    }
}

fn main() {
    let _ = url_for!(Site::shelf { room: 3 }::boot { slug: "emma" });
}
