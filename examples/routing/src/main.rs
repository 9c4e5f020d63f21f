//! A library that uses everything a rule can say: converters and one of its own, several rules on a
//! handler, defaults, aliases, redirects, mounts with variables, URLs.
//!
//! Run with `cargo run -p routing` and open <http://127.0.0.1:8000/>; `cargo run -p routing routes`
//! prints the table, `routes --json` for programs, and `check` tells of rules in each other's way.
#![allow(clippy::use_self, reason = "`url_for!` names the application")]

mod shelf;
mod tags;
#[cfg(test)]
mod tests;

use rustzeug::prelude::*;
use rustzeug::routing::Uuid;

use crate::shelf::Shelf;
use crate::tags::List;
use crate::tags::Tags;

struct Library {
    shelves: Vec<Shelf>,
    empty: Shelf,
}

#[application(converters(list = List))]
impl Library {
    /// Links to all the others.
    #[route("/")]
    async fn index(&self, request: &Request) -> Result<Html<String>> {
        let tags = Tags::of(["sea", "storm"]);
        let urls = [
            url_for!(Library::books { page: 1 }),
            url_for!(Library::books { page: 2 }, order = "title"),
            url_for!(Library::by_year { year: 1851 }),
            url_for!(Library::tagged { tags }),
            url_for!(Library::shelf { room: 1 }::book { slug: "emma" }),
            url_for!(Library::cover { isbn: "978" }),
        ];
        let mut list = String::new();
        for url in &urls {
            let url = request.url_for(url)?;
            list.push_str(&format!("<li><a href=\"{url}\">{url}</a>\n"));
        }
        Ok(Html(format!(
            "<!doctype html>\n<title>Library</title>\n<ul>\n{list}</ul>\n"
        )))
    }

    /// Two rules, one endpoint: `/books/page/1` redirects to `/books/`.
    #[route("/books/", defaults(page = 1))]
    #[route("/books/page/<int(min=1):page>")]
    async fn books(&self, page: u32) -> String {
        format!("books, page {page}")
    }

    /// Numbers of four digits. Others are 404: a value that is refused is not offered to other rules.
    #[route("/books/<int(fixed_digits=4):year>")]
    async fn by_year(&self, year: u16) -> String {
        format!("books of {year}")
    }

    /// A variable that only one of the rules has.
    #[route("/authors/<any(living, dead):state>/")]
    #[route("/authors/")]
    async fn authors(&self, state: Option<&str>) -> String {
        format!("authors: {}", state.unwrap_or("all"))
    }

    /// A converter of this program's own, with an argument.
    #[route("/tagged/<list(sep=\"+\"):tags>")]
    async fn tagged(&self, tags: Tags) -> String {
        format!("tagged {}", tags.names().join(" and "))
    }

    /// Several variables in one segment.
    #[route("/price/<float:from>-<float:to>")]
    async fn priced(&self, from: f64, to: f64) -> String {
        format!("between {from} and {to}")
    }

    #[route("/copy/<uuid:id>")]
    async fn copy(&self, id: Uuid) -> String {
        format!("copy {id}")
    }

    /// Slashes as well, also several.
    #[route("/files/<path:name>")]
    async fn file(&self, name: &str) -> String {
        format!("file {name}")
    }

    /// An alias answers with a redirect to the proper URL.
    #[route("/about")]
    #[route("/impressum", alias)]
    async fn about(&self) -> &'static str {
        "about"
    }

    /// Moved: the rule alone answers, the handler is never called.
    #[route("/catalogue/<int:year>", redirect_to = "/books/<year>")]
    async fn catalogue(&self) {}

    /// Served by others; only here to be named in `url_for!`.
    #[route("/covers/<isbn>.jpg", build_only)]
    async fn cover(&self, isbn: &str) -> String {
        isbn.to_owned()
    }

    /// The same path, another method.
    #[route("/loans", methods = ["GET"])]
    async fn loans(&self) -> &'static str {
        "loans"
    }

    #[route("/loans", methods = ["POST", "PUT"])]
    async fn lend(&self) -> StatusCode {
        StatusCode::CREATED
    }

    /// With and without the slash, and `//` as it is.
    #[route("/search/", strict_slashes = false, merge_slashes = false)]
    async fn search(&self, request: &Request) -> String {
        format!("searching {}", request.args().get("q").unwrap_or("nothing"))
    }

    /// The prefix has a variable, which the mount gets.
    #[mount("/rooms/<int(max=9):room>")]
    fn shelf(&self, room: usize) -> &Shelf {
        self.shelves.get(room).unwrap_or(&self.empty)
    }
}

fn app() -> Library {
    let shelf = |books: &[&'static str]| Shelf {
        books: books.to_vec(),
    };
    Library {
        shelves: vec![shelf(&["moby-dick", "walden"]), shelf(&["emma"])],
        empty: shelf(&[]),
    }
}

#[rustzeug::main]
async fn main() -> Library {
    app()
}
