//! A URL shortener, as in Werkzeug's tutorial: a form, pages, a database, error pages.
//!
//! Run with `cargo run -p shortly` and open <http://127.0.0.1:8000/>. The links are kept in the
//! file `shortly.db`, or where the variable `SHORTLY_DB` says.

mod links;
#[cfg(test)]
mod tests;

use std::error::Error;

use minijinja::Environment;
use minijinja::context;
use rustzeug::grammar::url::split_url;
use rustzeug::prelude::*;
use serde::Deserialize;

use crate::links::Links;

/// Everything a handler needs is a field: there is nothing to register.
struct Shortly {
    links: Links,
    pages: Environment<'static>,
}

#[derive(Deserialize)]
struct NewUrl {
    url: String,
}

// The handlers are plain functions, because the database blocks: they run on worker threads. The
// folder `static` is served below `/static/`; it needs no line here.
#[application]
impl Shortly {
    #[route("/", methods = ["GET", "POST"])]
    fn new_url(&self, request: &Request, form: Option<Form<NewUrl>>) -> Result<Response> {
        let Some(Form(new)) = form else {
            return self.page("new_url.html", context! {});
        };
        let url = new.url.trim();
        if !is_valid_url(url) {
            let error = "Please enter a valid URL, such as https://example.com/page.";
            let page = self.page("new_url.html", context! { error, url })?;
            return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY));
        }
        let short_id = self.links.insert(url)?;
        let details = request.url_for(&url_for!(Shortly::details {
            short_id: &short_id
        }))?;
        Ok(redirect(details).see_other().into_response())
    }

    #[route("/<short_id>")]
    fn follow(&self, short_id: &str) -> Result<Redirect> {
        let target = self.links.click(short_id)?.or_404()?;
        Ok(redirect(target))
    }

    #[route("/<short_id>+")]
    fn details(&self, request: &Request, short_id: &str) -> Result<Response> {
        let link = self.links.find(short_id)?.or_404()?;
        let short = request.url_for(&url_for!(Shortly::follow { short_id }).external())?;
        self.page(
            "details.html",
            context! { short, target => link.target, clicks => link.clicks },
        )
    }

    #[errorhandler(HttpException)]
    fn error_page(&self, error: &HttpException) -> Result<Response> {
        let (code, name, text) = (error.code(), error.name(), error.description());
        let mut page = self.page("error.html", context! { code, name, text })?;
        page.set_status(error.status());
        page.headers_mut().extend(error.headers().clone()); // such as Allow
        Ok(page)
    }
}

impl Shortly {
    fn page(&self, name: &str, values: minijinja::Value) -> Result<Response> {
        let text = self.pages.get_template(name)?.render(values)?;
        Ok(Html(text).into_response())
    }
}

fn is_valid_url(url: &str) -> bool {
    split_url(url).is_ok_and(|parts| {
        matches!(&*parts.scheme, "http" | "https")
            && parts
                .authority()
                .is_ok_and(|authority| authority.host.is_some())
    })
}

fn app(database: &str) -> Result<Shortly, Box<dyn Error>> {
    let mut pages = Environment::new();
    pages.add_template("layout.html", include_str!("../templates/layout.html"))?;
    pages.add_template("new_url.html", include_str!("../templates/new_url.html"))?;
    pages.add_template("details.html", include_str!("../templates/details.html"))?;
    pages.add_template("error.html", include_str!("../templates/error.html"))?;
    Ok(Shortly {
        links: Links::open(database)?,
        pages,
    })
}

#[rustzeug::main]
async fn main() -> Result<Shortly, Box<dyn Error>> {
    let database = std::env::var("SHORTLY_DB");
    app(database.as_deref().unwrap_or("shortly.db"))
}
