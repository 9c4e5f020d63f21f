//! `url_for!`.

use std::error::Error as _;

use super::check;
use crate::dispatch::Bound;
use crate::prelude::*;
use crate::routing::Value;

struct Pages;

#[application]
impl Pages {
    #[route("/<int:id>/<name>")]
    async fn show(&self, request: &Request, id: u32, name: &str) -> Result<String> {
        let own = request.url_for(&url_for!(Pages::show { id: id + 1, name }))?;
        let root = request.url_for(&url_for!(Site::index, q = "a b"))?;
        Ok(format!("{own} {root}"))
    }
}

struct Site {
    pages: Pages,
}

#[application]
impl Site {
    #[route("/")]
    async fn index(&self, request: &Request) -> Result<Redirect> {
        let url = url_for!(
            Site::pages::show {
                id: 1, name: "ä/b"
            },
            page = 2
        )
        .anchor("top");
        Ok(redirect(request.url_for(&url)?))
    }

    #[route("/only")]
    fn only(&self, request: &Request) -> Result<String> {
        Ok(request.url_for(&url_for!(Pages::show { id: 5, name: "x" }).external())?)
    }

    #[mount("/pages")]
    fn pages(&self) -> &Pages {
        &self.pages
    }
}

struct Tenants {
    pages: Pages,
}

#[application]
impl Tenants {
    #[mount("/t/<tenant>/a")]
    fn a(&self, tenant: &str) -> &Pages {
        let _ = tenant;
        &self.pages
    }

    #[mount("/b")]
    fn b(&self) -> &Pages {
        &self.pages
    }

    #[route("/lost")]
    fn lost(&self, request: &Request) -> String {
        let url = request.url_for(&url_for!(Pages::show { id: 5, name: "x" }));
        url.unwrap_err().to_string()
    }
}

#[test]
fn urls_have_the_prefix_of_their_mount() {
    let app = Site { pages: Pages }.into_application().unwrap();
    check(
        &app,
        &[
            ("GET /", "302 /pages/1/%C3%A4/b?page=2#top"),
            ("GET /only", "200 http://localhost/pages/5/x"),
            ("GET /pages/1/n", "200 /pages/2/n /?q=a+b"),
        ],
    );
}

#[test]
fn a_url_without_a_request_starts_at_the_root() -> Result<(), Box<dyn std::error::Error>> {
    let app = Bound::new(Site { pages: Pages })?;
    let url = app.url_for(&url_for!(Site::pages::show { id: 7, name: "n" }))?;
    assert_eq!(url, "/pages/7/n");
    Ok(())
}

struct Library {
    names: [&'static str; 2],
}

/// A view, made for each request.
struct Room<'r> {
    name: &'r str,
}

#[application]
impl Library {
    #[route("/")]
    fn index(&self, request: &Request) -> Result<String> {
        let urls = [
            url_for!(Library::room { number: 1 }::book { slug: "a b" }),
            url_for!(Library::room { number: 0 }::book { slug: "x" }, tag = ["a", "b"])
                .scheme("https")
                .anchor("s 1"),
            url_for!(Library::stored, key = None::<u8>, sure = true),
        ];
        let urls: Result<Vec<String>, _> = urls.iter().map(|url| request.url_for(url)).collect();
        Ok(urls?.join(" "))
    }

    #[route("/store", methods = ["GET"])]
    #[route("/store/put", methods = ["PUT"], endpoint = "store.put")]
    fn stored(&self) -> &'static str {
        "stored"
    }

    #[route("/match")]
    fn r#match(&self, request: &Request) -> Result<String> {
        Ok(request.url_for(&url_for!(Library::r#match, type = 1))?)
    }

    #[route("/named/<name>")]
    fn named(&self, request: &Request, name: &str) -> Result<String> {
        let values = [
            ("number", Value::from(1)),
            ("slug", "y".into()),
            ("tag", ["a", "b"].into()),
            ("_anchor", "end".into()),
        ];
        Ok(match name {
            "own" => request.url_for_endpoint(".index", [("page", 2)])?,
            "external" => request.url_for_endpoint("index", [("_external", true)])?,
            "scheme" => request.url_for_endpoint("index", [("_scheme", "wss")])?,
            "nothing" => match request.url_for_endpoint("room.bok", values) {
                Ok(url) => url,
                Err(error) => error.source().map_or_else(String::new, ToString::to_string),
            },
            _ => request.url_for_endpoint("room.book", values)?,
        })
    }

    #[mount("/rooms/<int:number>")]
    fn room(&self, number: usize) -> Room<'_> {
        let name = self.names.get(number).copied();
        Room {
            name: name.unwrap_or("?"),
        }
    }
}

#[application]
impl Room<'_> {
    #[route("/<slug>")]
    fn book(&self, request: &Request, slug: &str) -> Result<String> {
        let own = request.url_for(&url_for!(Room::<'static>::book { slug }))?;
        let other = request.url_for(&url_for!(Library::room { number: 0 }::book { slug }))?;
        let named = request.url_for_endpoint(".book", [("slug", "z")])?;
        Ok(format!("{} {own} {other} {named}", self.name))
    }

    /// Its endpoint has a dot of its own.
    #[route("/dotted/<slug>", endpoint = "dotted.book")]
    fn dotted(&self, request: &Request, slug: &str) -> Result<String> {
        Ok(request.url_for(&url_for!(Room::<'static>::book { slug }))?)
    }

    /// No rule of the room took the request, and still it is the room's.
    #[errorhandler(404)]
    fn lost(&self, request: &Request) -> Result<(StatusCode, String)> {
        let url = request.url_for(&url_for!(Room::<'static>::book { slug: "lost" }))?;
        Ok((StatusCode::NOT_FOUND, url))
    }
}

#[test]
fn urls_of_views_and_of_names() {
    let app = Library { names: ["a", "b"] }.into_application().unwrap();
    check(
        &app,
        &[
            (
                "GET /",
                "200 /rooms/1/a%20b https://localhost/rooms/0/x?tag=a&tag=b#s%201 /store?sure=true",
            ),
            ("GET /rooms/1/q", "200 b /rooms/1/q /rooms/0/q /rooms/1/z"),
            ("GET /match", "200 /match?type=1"),
            ("GET /rooms/1/dotted/d", "200 /rooms/1/d"),
            ("GET /rooms/1/a/b/c/d", "404 /rooms/1/lost"),
            ("GET /named/own", "200 /?page=2"),
            ("GET /named/external", "200 http://localhost/"),
            ("GET /named/scheme", "200 https://localhost/"),
            ("GET /named/book", "200 /rooms/1/y?tag=a&tag=b#end"),
        ],
    );
    let mut request = super::request("GET /named/nothing");
    let answer = super::block_on(app.call(&mut request));
    let text = String::from_utf8_lossy(answer.body().as_bytes().unwrap()).into_owned();
    assert!(text.contains("room.book"), "the nearest is named: {text}");
    let url = app.url_for_endpoint("room.book", [("number", "1"), ("slug", "x")]);
    assert_eq!(url.unwrap(), "/rooms/1/x");
    assert!(app.url_for_endpoint("room.book", [("slug", "x")]).is_err());
}

#[test]
fn a_mount_that_is_there_twice_is_found_by_the_request() {
    let app = Tenants { pages: Pages }.into_application().unwrap();
    let mut request = super::request("GET /lost");
    let text = super::block_on(app.call(&mut request));
    let text = String::from_utf8_lossy(text.body().as_bytes().unwrap()).into_owned();
    assert!(text.contains("`/t/<tenant>/a` and at `/b`"), "{text}");
}

/// Words of the language are good names for variables.
struct Words;

#[application]
impl Words {
    #[route("/<type>/<int:match>/")]
    async fn r#for(&self, request: &Request, r#type: &str, r#match: u8) -> Result<String> {
        let next = url_for!(Words::r#for { r#type, match: r#match + 1 }, in = "x");
        Ok(request.url_for(&next)?)
    }

    #[route("/all", defaults(loop = 3))]
    #[route("/all/<int:loop>")]
    async fn all(&self, r#loop: u8) -> String {
        r#loop.to_string()
    }

    #[mount("/sub/<dyn>")]
    fn sub(&self, r#dyn: &str) -> Word {
        Word(r#dyn.len())
    }
}

struct Word(usize);

#[application]
impl Word {
    #[route("/")]
    async fn length(&self) -> String {
        self.0.to_string()
    }
}

#[test]
fn words_of_the_language_are_names_of_variables() {
    let client = crate::testing::Client::new(Words).unwrap();
    let text = |path: &str| client.get(path).send().text().to_owned();
    assert_eq!(text("/tea/7/"), "/tea/8/?in=x");
    assert_eq!(client.get("/tea/x/").send().status(), 404);
    assert_eq!(text("/all"), "3");
    assert_eq!(text("/all/4"), "4");
    assert_eq!(text("/sub/abcd/"), "4");
    let url = url_for!(Words::sub { dyn: "ab" }::length);
    assert_eq!(
        Bound::new(Words).unwrap().url_for(&url).unwrap(),
        "/sub/ab/"
    );
}
