//! `url_for!`.

use super::check;
use crate::dispatch::Bound;
use crate::prelude::*;

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

#[test]
fn a_mount_that_is_there_twice_is_found_by_the_request() {
    let app = Tenants { pages: Pages }.into_application().unwrap();
    let mut request = super::request("GET /lost");
    let text = super::block_on(app.call(&mut request));
    let text = String::from_utf8_lossy(text.body().as_bytes().unwrap()).into_owned();
    assert!(text.contains("`/t/<tenant>/a` and at `/b`"), "{text}");
}
