use std::time::Duration;

use rustzeug::testing::Client;

use super::Settings;
use super::app;

fn client() -> Client {
    Client::new(app(Settings::default()).unwrap()).unwrap()
}

#[test]
fn pages_are_packed_and_careful() {
    let client = client();
    let page = client.get("/").header("accept-encoding", "gzip, br").send();
    assert_eq!(page.status(), 200);
    assert_eq!(page.header("content-encoding"), Some("br"));
    assert_eq!(
        page.header("content-security-policy"),
        Some("default-src 'self'")
    );
    for name in ["x-request-id", "x-took", "x-frame-options", "vary"] {
        assert!(page.headers().contains(name), "{name}");
    }
    let plain = client.get("/").send();
    assert!(
        plain.text().contains("href=/static/page.css"),
        "{}",
        plain.text()
    );
}

#[test]
fn files_come_from_folders_and_from_the_program() {
    let client = client();
    let css = client.get("/static/page.css").send();
    assert_eq!(css.header("content-type"), Some("text/css; charset=utf-8"));
    let part = client
        .get("/static/page.css")
        .header("range", "bytes=0-3")
        .send();
    assert_eq!((part.status().as_u16(), part.bytes().len()), (206, 4));
    let source = client.get("/about/stamp.rs").send();
    assert!(source.text().contains("A middleware of one's own"));
    assert_eq!(client.get("/about/none.rs").send().status(), 404);
}

#[test]
fn pages_of_one_other_origin_may_ask() {
    let client = client();
    let ask = |origin: &str| {
        client
            .options("/items/1")
            .header("origin", origin)
            .header("access-control-request-method", "DELETE")
            .send()
    };
    assert_eq!(ask("http://localhost:3000").status(), 204);
    assert_eq!(ask("http://evil.example").status(), 403);
}

#[test]
fn forms_can_delete() {
    let call = client();
    let call = call
        .post("/items/7")
        .header("x-http-method-override", "DELETE");
    assert_eq!(call.send().text(), "DELETE item 7");
}

#[test]
fn what_breaks_or_takes_too_long_is_answered() {
    let client = client();
    let broken = client
        .get("/broken")
        .header("accept", "application/json")
        .send();
    assert_eq!(broken.status(), 500);
    assert_eq!(broken.mimetype(), "application/problem+json");
    assert!(broken.headers().contains("x-request-id"));
    let settings = Settings {
        timeout: Some(Duration::from_millis(10)),
        ..Settings::default()
    };
    let hasty = Client::new(app(settings).unwrap()).unwrap();
    assert_eq!(hasty.get("/slow").send().status(), 503);
}

#[test]
fn times_are_shown() {
    let client = client();
    client.get("/items/1").send();
    client.get("/items/2").send();
    let times = client.get("/-/times").send();
    let line = times
        .text()
        .lines()
        .find(|line| line.ends_with("GET /items/<int:id>"));
    assert!(line.unwrap().trim_start().starts_with("2 "));
    let name = client.get("/name").send();
    assert_eq!(name.header("x-request-id"), Some(name.text()));
}

#[test]
fn an_old_site_that_is_away_is_502() {
    let settings = Settings {
        old_site: Some("http://127.0.0.1:9/".to_owned()),
        proxies: 1,
        timeout: None,
    };
    let client = Client::new(app(settings).unwrap()).unwrap();
    assert_eq!(client.get("/old/page").send().status(), 502);
    assert_eq!(client.get("/items/1").send().text(), "GET item 1");
    assert!(
        app(Settings {
            old_site: Some("nowhere".to_owned()),
            ..Settings::default()
        })
        .is_err()
    );
}

/// What else an application with such a folder beside its `Cargo.toml` may say of it.
mod folders {
    use rustzeug::prelude::*;
    use rustzeug::testing::Client;

    use super::super::Site;

    struct Renamed;

    #[application(static_url_path = "/assets")]
    impl Renamed {
        #[route("/")]
        async fn index(&self, request: &Request) -> Result<String> {
            Ok(request.url_for(&url_for!(Renamed::static { filename: "page.css" }))?)
        }
    }

    #[application(static_folder = None)]
    mod without {
        #[route("/")]
        fn index() -> &'static str {
            "none"
        }
    }

    struct Own;

    #[application]
    impl Own {
        #[route("/static/<path:name>")]
        async fn file(&self, name: &str) -> String {
            format!("my {name}")
        }
    }

    struct Holder {
        site: Site,
        named: Named,
    }

    #[application]
    impl Holder {
        #[mount("/site")]
        fn site(&self) -> &Site {
            &self.site
        }

        #[mount("/named")]
        fn named(&self) -> &Named {
            &self.named
        }
    }

    struct Named;

    #[application(static_folder = "static")]
    impl Named {}

    fn status(client: &Client, path: &str) -> u16 {
        client.get(path).send().status().as_u16()
    }

    #[test]
    fn a_folder_is_served_where_the_application_says() {
        let client = Client::new(Renamed).unwrap();
        assert_eq!(client.get("/").send().text(), "/assets/page.css");
        assert_eq!(status(&client, "/assets/page.css"), 200);
        assert_eq!(status(&client, "/static/page.css"), 404);
        let client = Client::new(without::App).unwrap();
        assert_eq!(status(&client, "/static/page.css"), 404);
    }

    #[test]
    fn a_rule_that_was_written_goes_before_the_folder() {
        let client = Client::new(Own).unwrap();
        assert_eq!(client.get("/static/page.css").send().text(), "my page.css");
        assert_eq!(Own.into_application().unwrap().describe().routes.len(), 1);
    }

    #[test]
    fn a_mount_has_a_folder_where_it_says_so() {
        let holder = Holder {
            site: Site,
            named: Named,
        };
        let client = Client::new(holder).unwrap();
        assert_eq!(status(&client, "/static/page.css"), 200);
        assert_eq!(status(&client, "/site/static/page.css"), 404);
        assert_eq!(status(&client, "/named/static/page.css"), 200);
        let page = client.get("/site/").send();
        assert!(
            page.text().contains("href=/static/page.css"),
            "{}",
            page.text()
        );
    }
}
