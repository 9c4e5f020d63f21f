//! A view that borrows, and mounts in mounts with variables.

use rustzeug::prelude::*;

struct Site {
    names: Vec<String>,
}

struct Shelf<'s> {
    name: &'s str,
}

struct Labels;

static LABELS: Labels = Labels;

#[application]
impl Site {
    #[mount("/rooms/<int:room>")]
    fn shelf(&self, room: usize) -> Shelf<'_> {
        Shelf {
            name: &self.names[room],
        }
    }
}

#[application]
impl Shelf<'_> {
    #[route("/<slug>")]
    async fn book(&self, slug: &str) -> String {
        format!("{} {slug}", self.name)
    }

    #[mount("/labels/<lang>")]
    fn labels(&self, lang: &str) -> &Labels {
        let _ = lang;
        &LABELS
    }
}

#[application]
impl Labels {
    #[route("/")]
    async fn all(&self, request: &Request) -> Result<String> {
        Ok(request.url_for(&url_for!(Shelf::<'static>::book { slug: "x" }))?)
    }
}

fn main() {
    let _ = url_for!(Site::shelf { room: 3 }::book { slug: "emma" });
    let lang = "de";
    let _ = url_for!(Site::shelf { room: 3 }::labels { lang }::all, page = 2);
}
