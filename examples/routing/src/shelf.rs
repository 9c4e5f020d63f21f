//! An application that is mounted, and does not know where.

use rustzeug::prelude::*;

pub(crate) struct Shelf {
    pub(crate) books: Vec<&'static str>,
}

#[application]
impl Shelf {
    #[route("/")]
    async fn list(&self, request: &Request) -> Result<String> {
        let mut list = String::new();
        for slug in &self.books {
            // Below `/rooms/0` this is `/rooms/0/moby-dick`.
            let url = request.url_for(&url_for!(Shelf::book { slug }))?;
            list.push_str(&format!("{url}\n"));
        }
        Ok(list)
    }

    /// Takes requests from the next rule only because it stands before it, which is meant.
    #[route("/<any(first, last):end>", allow_overlap)]
    async fn end(&self, end: &str) -> Result<String> {
        let book = match end {
            "first" => self.books.first(),
            _ => self.books.last(),
        };
        Ok(format!("the {end} book {}", book.or_404()?))
    }

    #[route("/<slug>")]
    async fn book(&self, slug: &str) -> Result<String> {
        let book = self.books.iter().find(|book| **book == slug).or_404()?;
        Ok(format!("the book {book}"))
    }

    /// Sees what is asked below its prefix, and nothing else.
    #[after_request]
    fn stamp(response: &mut Response) {
        response.headers_mut().set("x-shelf", "yes");
    }

    #[errorhandler(NotFound)]
    async fn lost(&self) -> (StatusCode, &'static str) {
        (StatusCode::NOT_FOUND, "not on this shelf")
    }
}
