//! One application, and what a site in the open puts around it.
//!
//! Run with `cargo run -p middleware`, open <http://localhost:8000/>, and look at the times of each
//! route at <http://localhost:8000/-/times>. `OLD_SITE=http://127.0.0.1:5001/` passes everything
//! below `/old/` on to another server; `PROXIES=1` believes one proxy in front.

mod stamp;
#[cfg(test)]
mod tests;

use std::time::Duration;

use rustzeug::datastructures::ContentSecurityPolicy;
use rustzeug::middleware::CatchPanic;
use rustzeug::middleware::Compress;
use rustzeug::middleware::Cors;
use rustzeug::middleware::HttpProxy;
use rustzeug::middleware::Layer;
use rustzeug::middleware::Lint;
use rustzeug::middleware::MethodOverride;
use rustzeug::middleware::Profiler;
use rustzeug::middleware::ProxyFix;
use rustzeug::middleware::ProxyTarget;
use rustzeug::middleware::RequestId;
use rustzeug::middleware::RequestName;
use rustzeug::middleware::SecurityHeaders;
use rustzeug::middleware::SharedData;
use rustzeug::middleware::Timeout;
use rustzeug::prelude::*;
use rustzeug::response::body_channel;
use stamp::Stamp;

/// The site itself; the files of the folder `static` are below `/static/`, without a word.
struct Site;

#[application]
impl Site {
    #[route("/")]
    async fn index(&self, request: &Request) -> Result<Html<String>> {
        let css = request.url_for(&url_for!(Site::static { filename: "page.css" }))?;
        let lines = (1..=100).map(|n| format!("<li>This is line {n}.\n"));
        let lines: String = lines.collect();
        Ok(Html(format!(
            "<!doctype html><title>Middleware</title><link rel=stylesheet href={css}>\
             <h1>Middleware</h1><ol>{lines}</ol>"
        )))
    }

    #[route("/items/<int:id>", methods = ["GET", "DELETE"])]
    async fn item(&self, request: &Request, id: u32) -> String {
        format!("{} item {id}", request.method())
    }

    #[route("/events")]
    async fn events(&self) -> Response {
        let (sender, body) = body_channel(1);
        tokio::spawn(async move {
            let mut n = 0;
            while sender.send(format!("data: {n}\n\n")).await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
                n += 1;
            }
        });
        Response::new(body).with_header("content-type", "text/event-stream")
    }

    #[route("/name")]
    async fn name(&self, request: &Request) -> String {
        let name = request.extensions().get::<RequestName>();
        name.map_or_else(String::new, |name| name.as_str().to_owned())
    }

    #[route("/slow")]
    async fn slow(&self) -> &'static str {
        tokio::time::sleep(Duration::from_secs(60)).await;
        "at last"
    }

    #[route("/broken")]
    fn broken(&self) -> String {
        let pages: Vec<String> = Vec::new();
        pages[pages.len()].clone()
    }
}

/// What the environment says.
#[derive(Default)]
struct Settings {
    old_site: Option<String>,
    proxies: usize,
    timeout: Option<Duration>,
}

/// The site with everything around it: read from the bottom up, as a request comes in.
fn app(settings: Settings) -> Result<impl IntoApplication> {
    let Settings {
        old_site,
        proxies,
        timeout,
    } = settings;
    let mut policy = ContentSecurityPolicy::new();
    policy.set_default_src("'self'");
    let fields = SecurityHeaders::new()
        .content_security_policy(&policy)?
        .permissions_policy("camera=(), microphone=()")?;
    let cors = Cors::new()
        .origin("http://localhost:3000")
        .methods([Method::GET, Method::DELETE])
        .max_age(Duration::from_secs(600));
    let old = old_site.as_deref().map(ProxyTarget::new).transpose()?;
    let old = old.map(|target| HttpProxy::new().target("/old", target.remove_prefix()));
    let timeout = timeout.unwrap_or(Duration::from_secs(30));
    Ok(Site
        .with(MethodOverride::new())
        .with(Timeout::new(timeout))
        .with(cfg!(debug_assertions).then(Lint::new))
        .with(CatchPanic::new())
        .with(old)
        .with(SharedData::new().embedded("/about", rustzeug::embed!("src")))
        .with(Compress::new())
        .with(cors)
        .with(fields)
        .with(Stamp::new("x-took"))
        .with(Profiler::new().serve_at("/-/times"))
        .with(RequestId::new())
        .with((proxies > 0).then(|| ProxyFix::new().x_for(proxies).x_proto(proxies))))
}

#[rustzeug::main]
async fn main() -> Result<impl IntoApplication> {
    let proxies = std::env::var("PROXIES").unwrap_or_default();
    app(Settings {
        old_site: std::env::var("OLD_SITE").ok(),
        proxies: proxies.parse().unwrap_or(0),
        timeout: None,
    })
}
