use std::fs;

use super::*;

static SOURCES: EmbeddedDir = crate::embed!("src/middleware");

/// A folder with some files, and the application behind them.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    write("page.css", "p {}");
    write("sub/deep.txt", "0123456789");
    write("odd.zzz", "odd");
    write("secret.bak", "secret");
    write(".env", "KEY=1");
    folder
}

fn shared(folder: &tempfile::TempDir) -> SharedData {
    SharedData::new()
        .directory("/shared", folder.path())
        .disallow("*.bak")
        .disallow(".*")
}

#[test]
fn files_are_answered_before_the_application() {
    let folder = folder();
    let client = client(Site.with(shared(&folder)));
    let page = client.get("/shared/page.css").send();
    assert_eq!((page.status().as_u16(), page.text()), (200, "p {}"));
    for (name, value) in [
        ("content-type", Some("text/css; charset=utf-8")),
        ("content-length", Some("4")),
        ("accept-ranges", Some("bytes")),
        ("content-disposition", None),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    let cache = page.header("cache-control").unwrap();
    assert!(
        cache.contains("public") && cache.contains("max-age=43200"),
        "{cache}"
    );
    for name in ["etag", "last-modified", "expires", "date"] {
        assert!(page.headers().contains(name), "{name}");
    }
    let odd = client.get("/shared/odd.zzz").send();
    assert_eq!(odd.header("content-type"), Some("application/octet-stream"));
    assert_eq!(client.get("/").send().text(), "index");
    let head = client.head("/shared/page.css").send();
    assert_eq!(
        (head.header("content-length"), head.text()),
        (Some("4"), "")
    );
}

#[test]
fn no_detour_leads_around_what_is_disallowed() {
    let folder = folder();
    fs::create_dir_all(folder.path().join(".git")).unwrap();
    fs::write(folder.path().join(".git/config"), "url").unwrap();
    let files = SharedData::new().directory("/shared", folder.path());
    let client = client(Site.with(files.disallow("*.bak").disallow(".g*")));
    assert_eq!(client.get("/shared/page.css").send().status(), 200);
    for path in [
        "secret.bak",
        "secret.bak/.",
        "secret.bak/x/..",
        "./secret.bak",
        ".git/config",
        "x/../.git/config",
    ] {
        let answer = client.get(&format!("/shared/{path}")).send();
        assert_eq!(answer.status(), 404, "{path}");
    }
}

#[test]
fn what_is_not_there_is_the_application_s() {
    let folder = folder();
    let client = client(Site.with(shared(&folder)));
    for path in [
        "/shared",
        "/shared/",
        "/shared/none",
        "/shared/sub",
        "/shared/sub/",
        "/shared/../shared/page.css",
        "/shared/%2e%2e/etc/passwd",
        "/shared//etc/passwd",
        "/shared/secret.bak",
        "/shared/.env",
        "/sharedpage.css",
        "/shared/page.css%00",
        "/shared/page.css/",
        "/shared/sub%5c..%5cpage.css",
    ] {
        let response = client.get(path).send();
        assert!(
            matches!(response.status().as_u16(), 404 | 308),
            "{path} {}",
            response.status()
        );
    }
    assert_eq!(client.post("/shared/page.css").send().status(), 404);
}

#[test]
fn conditions_and_ranges_are_answered() {
    let folder = folder();
    let client = client(Site.with(shared(&folder)));
    let path = "/shared/sub/deep.txt";
    let whole = client.get(path).send();
    let tag = whole.header("etag").unwrap().to_owned();
    let again = client.get(path).header("if-none-match", &tag).send();
    assert_eq!((again.status().as_u16(), again.text()), (304, ""));
    let date = whole.header("last-modified").unwrap();
    assert_eq!(
        client
            .get(path)
            .header("if-modified-since", date)
            .send()
            .status(),
        304
    );
    let part = client.get(path).header("range", "bytes=3-5").send();
    assert_eq!((part.status().as_u16(), part.text()), (206, "345"));
    let missing = client.get(path).header("range", "bytes=10-").send();
    assert_eq!(missing.status(), 416);
}

#[test]
fn caching_is_a_matter_of_taste() {
    let folder = folder();
    let client = client(
        Site.with(
            shared(&folder)
                .without_cache()
                .fallback_mimetype("text/odd"),
        ),
    );
    let odd = client.get("/shared/odd.zzz").send();
    assert_eq!(odd.header("content-type"), Some("text/odd; charset=utf-8"));
    assert_eq!(odd.header("cache-control"), Some("public"));
    assert_eq!((odd.header("etag"), odd.header("expires")), (None, None));
    let short = SharedData::new()
        .directory("/", folder.path())
        .cache_timeout(Duration::from_secs(9));
    let client = super::client(Site.with(short));
    let cache = client.get("/page.css").send();
    assert!(cache.header("cache-control").unwrap().contains("max-age=9"));
    assert_eq!(client.get("/").send().text(), "index");
}

#[test]
fn single_files_and_packaged_ones() {
    let folder = folder();
    let files = SharedData::new()
        .file("/favicon.ico", folder.path().join("page.css"))
        .file("/gone", folder.path().join("gone"))
        .embedded("/sources", SOURCES);
    let client = client(Site.with(files));
    assert_eq!(client.get("/favicon.ico").send().text(), "p {}");
    assert_eq!(client.get("/favicon.ico/x").send().status(), 404);
    assert_eq!(client.get("/gone").send().status(), 404);
    let source = client.get("/sources/tests/mod.rs").send();
    assert_eq!(
        source.text().as_bytes(),
        SOURCES.bytes("tests/mod.rs").unwrap()
    );
    let tag = source.header("etag").unwrap();
    let again = client
        .get("/sources/tests/mod.rs")
        .header("if-none-match", tag)
        .send();
    assert_eq!(again.status(), 304);
    assert_eq!(client.get("/sources/../lib.rs").send().status(), 404);
    assert!(SOURCES.names().is_sorted());
}

struct Shop;

#[application(static_folder = "src/middleware", static_url_path = "/files")]
impl Shop {
    #[route("/")]
    async fn index(&self, request: &Request) -> Result<String> {
        Ok(request.url_for(&url_for!(Shop::static { filename: "tests/mod.rs" }))?)
    }
}

#[application(static_folder = "src")]
mod plain {
    #[route("/own")]
    fn own() -> &'static str {
        "own"
    }
}

struct Mall {
    shop: Shop,
}

#[application]
impl Mall {
    #[mount("/shop")]
    fn shop(&self) -> &Shop {
        &self.shop
    }
}

#[test]
fn an_application_has_a_static_folder() {
    let client = client(Mall { shop: Shop });
    let url = client.get("/shop/").send().text().to_owned();
    assert_eq!(url, "/shop/files/tests/mod.rs");
    let file = client.get(&url).send();
    assert_eq!(file.status(), 200);
    assert_eq!(file.header("cache-control"), Some("no-cache"));
    assert_eq!(client.get("/shop/files/none").send().status(), 404);
    assert_eq!(client.post(&url).send().status(), 405);
    let plain = super::client(plain::App);
    assert_eq!(plain.get("/src/lib.rs").send().status(), 200);
    assert_eq!(plain.get("/own").send().text(), "own");
}
