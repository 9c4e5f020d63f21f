//! Every option of rules, mounts and applications does what it does in Werkzeug.

use rustzeug::StatusCode;
use rustzeug::dispatch::Bound;
use rustzeug::prelude::*;
use rustzeug::routing::MapAdapter;
use rustzeug::routing::Value;
use rustzeug::testing::Client;

/// Asks for each `METHOD PATH` or `METHOD @HOST/PATH` and compares `STATUS TEXT`, or `STATUS > LOCATION`.
#[track_caller]
fn check(client: &Client, cases: &[(&str, &str)]) {
    for &(asked, want) in cases {
        let (method, url) = asked.split_once(' ').expect("a method and a URL");
        let (base, path) = match url.strip_prefix('@') {
            Some(rest) => rest.split_at(rest.find('/').expect("a path")),
            None => ("localhost", url),
        };
        let call = client.call(method.parse().expect("a method"), path);
        let call = call.base_url(&format!("http://{base}"));
        let response = match asked.contains("/ws") {
            true => call
                .header("connection", "upgrade")
                .header("upgrade", "websocket")
                .send(),
            false => call.send(),
        };
        let status = response.status().as_u16();
        let said = match (response.location(), status) {
            (Some(location), _) => format!("{status} > {location}"),
            (None, 200) => format!("200 {}", response.text()),
            (None, _) => status.to_string(),
        };
        assert_eq!(said, want, "{asked}");
    }
}

struct Options;

#[application]
impl Options {
    #[route("/", defaults(page = 1, order = "title", exact = true))]
    #[route("/p/<int:page>", defaults(order = "title", exact = true))]
    #[route("/p/<int:page>/<order>", defaults(exact = false))]
    async fn list(&self, page: u32, order: &str, exact: bool) -> String {
        format!("{page} {order} {exact}")
    }

    #[route("/slash/", strict_slashes = false)]
    #[route("/noslash", strict_slashes = false)]
    async fn lax(&self) -> &'static str {
        "lax"
    }

    #[route("/strict/")]
    async fn strict(&self) -> &'static str {
        "strict"
    }

    #[route("/merge/<path:rest>")]
    async fn merge(&self, rest: &str) -> String {
        rest.to_owned()
    }

    #[route("/keep/a/b", merge_slashes = false)]
    async fn keep(&self) -> &'static str {
        "keep"
    }

    #[route("/moved/<int:id>/<name>", redirect_to = "/now/<name>/<id>")]
    async fn moved(&self) {}

    #[route("/relative", redirect_to = "elsewhere")]
    async fn relative(&self) {}

    #[route("/function/<name>", redirect_to = upper)]
    async fn function(&self) {}

    #[route("/method/<name>", redirect_to = Self::lower)]
    async fn method(&self) {}

    #[route("/page", methods = ["GET", "POST"])]
    #[route("/page.html", alias, methods = ["GET", "POST"])]
    async fn page(&self) -> &'static str {
        "page"
    }

    #[route("/asset/<name>", build_only)]
    async fn asset(&self, name: &str) -> String {
        name.to_owned()
    }

    #[route("/links")]
    async fn links(&self, request: &Request) -> Result<String> {
        let urls = [
            request.url_for(&url_for!(Options::asset { name: "a b" }))?,
            request.url_for(&url_for!(Options::page))?,
            request.url_for(&url_for!(Options::socket))?,
        ];
        Ok(urls.join(" "))
    }

    #[route("/ws", websocket)]
    async fn socket(&self) -> &'static str {
        "socket"
    }

    #[route("/wiki", endpoint = "other", methods = ["purge", "REPORT"])]
    async fn wiki(&self, request: &Request) -> String {
        request.route().endpoint().to_owned()
    }
}

fn upper(urls: &MapAdapter<'_>, values: &[(String, Value)]) -> String {
    let name = values[0].1.to_string().to_uppercase();
    format!("/{name}@{}", urls.server_name())
}

impl Options {
    fn lower(_: &MapAdapter<'_>, values: &[(String, Value)]) -> String {
        format!("https://other.org/{}", values[0].1).to_lowercase()
    }
}

#[test]
fn options_of_rules() {
    let client = Client::new(Options).expect("an application");
    check(
        &client,
        &[
            ("GET /", "200 1 title true"),
            ("GET /p/2", "200 2 title true"),
            ("GET /p/2/date", "200 2 date false"),
            ("GET /p/1?q=x", "308 > http://localhost/?q=x"),
            ("GET /slash", "200 lax"),
            ("GET /slash/", "200 lax"),
            ("GET /noslash/", "200 lax"),
            ("GET /strict?a=b", "308 > http://localhost/strict/?a=b"),
            ("POST /strict", "404"),
            ("GET //strict//", "308 > http://localhost/strict/"),
            ("GET /merge//a//b", "308 > http://localhost/merge/a/b"),
            ("GET /merge/a//b", "200 a//b"),
            ("GET /keep/a/b", "200 keep"),
            ("GET /keep//a/b", "404"),
            (
                "GET /moved/7/x%20y?q=1",
                "308 > http://localhost/now/x%20y/7",
            ),
            ("GET /relative", "308 > http://localhost/elsewhere"),
            ("GET /function/ab", "308 > http://localhost/AB@localhost"),
            ("GET /method/AB", "308 > https://other.org/ab"),
            ("GET /page.html?q", "308 > http://localhost/page?q"),
            ("POST /page.html", "308 > http://localhost/page"),
            ("GET /asset/x", "404"),
            ("GET /links", "200 /asset/a%20b /page ws://localhost/ws"),
            ("GET /ws", "200 socket"),
            ("PURGE /wiki", "200 other"),
            ("REPORT /wiki", "200 other"),
            ("GET /wiki", "405"),
        ],
    );
    let plain = client.get("/ws").send();
    assert_eq!(plain.status(), StatusCode::BAD_REQUEST, "no handshake");
}

struct Quiet;

#[application(
    default_subdomain = "www",
    redirect_defaults = false,
    sort_parameters,
    strict_slashes = false,
    merge_slashes = false
)]
impl Quiet {
    #[route("/", defaults(page = 1))]
    #[route("/<int:page>/")]
    async fn list(&self, page: u32) -> String {
        page.to_string()
    }

    #[route("/strict/", strict_slashes = true)]
    #[route("/a/b", merge_slashes = true)]
    async fn strict(&self) -> &'static str {
        "strict"
    }

    #[route("/links", subdomain = "<user>")]
    async fn links(&self, user: &str, request: &Request) -> Result<String> {
        let urls = [
            url_for!(Quiet::list { page: 2 }, z = 1, a = 2),
            url_for!(Quiet::links { user }, z = 1, a = 2),
            url_for!(Quiet::links { user: "bob" }),
        ];
        let urls: Result<Vec<String>, _> = urls.iter().map(|url| request.url_for(url)).collect();
        Ok(urls?.join(" "))
    }
}

#[test]
fn options_of_applications() {
    let bound = Bound::new(Quiet).expect("an application");
    let client = Client::new(bound.server_name("example.com")).expect("an application");
    check(
        &client,
        &[
            ("GET @www.example.com/", "200 1"),
            ("GET @example.com/", "404"),
            ("GET @www.example.com/1/", "200 1"),
            ("GET @www.example.com/2", "200 2"),
            (
                "GET @www.example.com/strict",
                "308 > http://www.example.com/strict/",
            ),
            ("GET @www.example.com//strict//", "404"),
            ("GET @www.example.com/a//b", "404"),
            (
                "GET @ada.example.com/links",
                "200 http://www.example.com/2/?a=2&z=1 /links?a=2&z=1 http://bob.example.com/links",
            ),
        ],
    );
}

struct Hosts;

#[application(host_matching)]
impl Hosts {
    #[route("/", host = "example.com")]
    async fn index(&self) -> &'static str {
        "index"
    }

    #[route("/<int:id>", host = "<any(api, rpc):kind>.example.com")]
    async fn call(&self, kind: &str, id: u32, request: &Request) -> Result<String> {
        let here = request.url_for(&url_for!(Hosts::call { kind, id: id + 1 }))?;
        let there = request.url_for(&url_for!(Hosts::home { name: None, id: 7 }))?;
        Ok(format!("{kind} {id} {here} {there}"))
    }

    #[route("/x/<name>", host = "u<int(max=99):id>.example.com")]
    #[route("/", host = "u<int(max=99):id>.example.com")]
    async fn home(&self, name: Option<&str>, id: u8) -> String {
        format!("{id} {}", name.unwrap_or("-"))
    }

    #[route("/any", host = "<_whatever>")]
    async fn any(&self) -> &'static str {
        "any"
    }
}

#[test]
fn hosts_and_their_variables() {
    let client = Client::new(Hosts).expect("an application");
    check(
        &client,
        &[
            ("GET @example.com/", "200 index"),
            ("GET @EXAMPLE.com:80/", "200 index"),
            (
                "GET @api.example.com/7",
                "200 api 7 /8 http://u7.example.com/",
            ),
            (
                "GET @rpc.example.com/1",
                "200 rpc 1 /2 http://u7.example.com/",
            ),
            ("GET @www.example.com/1", "404"),
            ("GET @u7.example.com/", "200 7 -"),
            ("GET @u7.example.com/x/y", "200 7 y"),
            ("GET @u100.example.com/", "404"),
            ("GET @other.org/any", "200 any"),
            ("GET @other.org/", "404"),
        ],
    );
}

/// A site of one's own under a subdomain, with mounts in it.
struct Farm {
    shop: Shop,
}

struct Home<'f> {
    user: String,
    farm: &'f Farm,
}

struct Shop;

#[application]
impl Farm {
    #[route("/")]
    async fn index(&self, request: &Request) -> Result<String> {
        let url = url_for!(Farm::shop { lang: "de" }::item { id: 3 });
        Ok(request.url_for(&url)?)
    }

    #[mount("/", subdomain = "<user>")]
    fn home(&self, user: &str) -> Home<'_> {
        Home {
            user: user.to_owned(),
            farm: self,
        }
    }

    #[mount("/<lang>/shop", subdomain = "shop")]
    fn shop(&self, lang: &str) -> &Shop {
        let _ = lang;
        &self.shop
    }
}

#[application]
impl<'f> Home<'f> {
    #[route("/")]
    async fn page(&self) -> String {
        format!("home of {}", self.user)
    }

    #[mount("/<int:number>/things")]
    fn things(&self, number: u8) -> &Shop {
        let _ = number;
        &self.farm.shop
    }

    #[errorhandler(404)]
    async fn lost(&self) -> String {
        format!("not at {}'s", self.user)
    }
}

#[application]
impl Shop {
    #[route("/<int:id>")]
    async fn item(&self, id: u32, request: &Request) -> Result<String> {
        let next = request.url_for(&url_for!(Shop::item { id: id + 1 }))?;
        Ok(format!("{id} {next}"))
    }

    #[errorhandler(404)]
    async fn lost(&self) -> &'static str {
        "not in the shop"
    }
}

#[test]
fn mounts_on_subdomains() {
    let bound = Bound::new(Farm { shop: Shop }).expect("an application");
    let client = Client::new(bound.server_name("farm.org")).expect("an application");
    check(
        &client,
        &[
            ("GET @farm.org/", "200 http://shop.farm.org/de/shop/3"),
            ("GET @ada.farm.org/", "200 home of ada"),
            ("GET @bob.farm.org/", "200 home of bob"),
            ("GET @ada.farm.org/7/things/3", "200 3 /7/things/4"),
            ("GET @shop.farm.org/de/shop/1", "200 1 /de/shop/2"),
            // Each is asked only about its own.
            ("GET @ada.farm.org/lost", "200 not at ada's"),
            ("GET @shop.farm.org/de/shop/x", "200 not in the shop"),
            ("GET @farm.org/lost", "404"),
            ("GET @farm.org/de/shop/1", "404"),
        ],
    );
}

struct OnHosts {
    shop: Shop,
}

#[application(host_matching)]
impl OnHosts {
    #[mount("/s", host = "<tenant>.shops.com")]
    fn shop(&self, tenant: &str) -> &Shop {
        assert_ne!(tenant, "");
        &self.shop
    }
}

#[test]
fn mounts_on_hosts() {
    let client = Client::new(OnHosts { shop: Shop }).expect("an application");
    check(
        &client,
        &[
            ("GET @acme.shops.com/s/1", "200 1 /s/2"),
            ("GET @acme.shops.com/s/x", "200 not in the shop"),
            ("GET @shops.com/s/1", "404"),
        ],
    );
}

struct Deaf;

#[application]
impl Deaf {
    #[route("/", host = "example.com")]
    async fn index(&self) {}
}

struct Mismatched {
    own: Own,
}

struct Own;

#[application]
impl Mismatched {
    #[mount("/", subdomain = "<user>")]
    fn own(&self, user: &str) -> &Own {
        let _ = user;
        &self.own
    }
}

#[application]
impl Own {
    #[route("/x", subdomain = "api")]
    async fn x(&self) {}
}

#[test]
fn what_could_never_be_found_keeps_the_site_from_starting() {
    let error = Deaf.into_application().expect_err("no host is looked at");
    let text = error.to_string();
    assert!(
        text.starts_with("`/` of `Deaf::index` is never found: it names a host"),
        "{text}"
    );
    let error = Mismatched { own: Own }.into_application();
    let text = error.expect_err("two subdomains").to_string();
    assert!(
        text.contains("`/x` of `x` cannot be mounted: it is on `api`"),
        "{text}"
    );
}
