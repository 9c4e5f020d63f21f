//! A blog with the rules of Werkzeug's routing guide: converters, a mount, hooks, error handlers
//! and URLs that the compiler checks.
//!
//! Run with `cargo run -p blog` and open <http://127.0.0.1:8000/>; `cargo run -p blog routes`
//! prints the table.
#![allow(clippy::use_self, reason = "`url_for!` names the application")]

mod admin;
mod posts;
#[cfg(test)]
mod tests;

use rustzeug::http::header::CONTENT_TYPE;
use rustzeug::prelude::*;

use crate::admin::Admin;
use crate::posts::Post;
use crate::posts::Posts;

struct Blog {
    posts: Posts,
    admin: Admin,
}

#[application]
impl Blog {
    #[route("/")]
    async fn index(&self, request: &Request) -> Result<Html<String>> {
        self.list(request, "All posts", |_| true)
    }

    #[route("/<int:year>/")]
    async fn year(&self, request: &Request, year: u16) -> Result<Html<String>> {
        self.list(request, &format!("Posts of {year}"), |post| {
            post.year == year
        })
    }

    #[route("/<int:year>/<int(max=12):month>/")]
    async fn month(&self, request: &Request, year: u16, month: u8) -> Result<Html<String>> {
        let is_then = |post: &Post| (post.year, post.month) == (year, month);
        self.list(request, &format!("Posts of {year}-{month:02}"), is_then)
    }

    #[route("/<int:year>/<int:month>/<int:day>/")]
    async fn day(&self, request: &Request, year: u16, month: u8, day: u8) -> Result<Html<String>> {
        let is_then = |post: &Post| (post.year, post.month, post.day) == (year, month, day);
        let title = format!("Posts of {year}-{month:02}-{day:02}");
        self.list(request, &title, is_then)
    }

    #[route("/<int:year>/<int:month>/<int:day>/<slug>")]
    async fn post(&self, year: u16, month: u8, day: u8, slug: &str) -> Result<Html<String>> {
        let post = self.posts.find(year, month, day, slug).or_404()?;
        let text = format!("<p>{}</p>", escape_html(&post.text));
        Ok(page(&post.title, &text))
    }

    #[route("/about")]
    async fn about(&self) -> Html<String> {
        page("About", "<p>The rules of Werkzeug's routing guide.</p>")
    }

    #[route("/feeds/")]
    async fn feeds(&self, request: &Request) -> Result<Html<String>> {
        let main = request.url_for(&url_for!(Blog::feed { feed_name: "main" }))?;
        let link = format!("<p><a href=\"{main}\">All posts</a></p>");
        Ok(page("Feeds", &link))
    }

    #[route("/feeds/<feed_name>.rss")]
    async fn feed(&self, feed_name: &str) -> Result<impl IntoResponse> {
        if feed_name != "main" {
            return Err(NotFound.with_description(format!("There is no feed `{feed_name}`.")));
        }
        let rss = [(CONTENT_TYPE, "application/rss+xml; charset=utf-8")];
        Ok((rss, posts::rss(&self.posts.all())))
    }

    /// Another application, with hooks and errors of its own: Flask's blueprint.
    #[mount("/admin")]
    fn admin(&self) -> &Admin {
        &self.admin
    }

    #[after_request]
    fn stamp(response: &mut Response) {
        response.headers_mut().set("x-blog", "rustzeug");
    }

    #[errorhandler(NotFound)]
    async fn lost(&self, error: &HttpException) -> (StatusCode, Html<String>) {
        let text = format!("<p>{}</p>", escape_html(error.description()));
        (StatusCode::NOT_FOUND, page("Nothing here", &text))
    }

    // No attribute: an ordinary method.
    fn list(
        &self,
        request: &Request,
        title: &str,
        is_listed: impl Fn(&Post) -> bool,
    ) -> Result<Html<String>> {
        let mut list = String::new();
        for post in self.posts.all().iter().filter(|post| is_listed(post)) {
            let Post {
                year,
                month,
                day,
                ref slug,
                ..
            } = *post;
            let url = request.url_for(&url_for!(Blog::post {
                year,
                month,
                day,
                slug
            }))?;
            let title = escape_html(&post.title);
            list.push_str(&format!("<li><a href=\"{url}\">{title}</a></li>\n"));
        }
        if list.is_empty() {
            return Err(NotFound.with_description("Nothing was written then."));
        }
        Ok(page(title, &format!("<ul>\n{list}</ul>")))
    }
}

fn page(title: &str, body: &str) -> Html<String> {
    let title = escape_html(title);
    Html(format!(
        "<!doctype html>\n<html lang=en>\n<meta name=viewport content=\"width=device-width\">\n\
         <title>{title}</title>\n<h1>{title}</h1>\n{body}\n"
    ))
}

fn app() -> Blog {
    let posts = Posts::new();
    let admin = Admin {
        posts: posts.clone(),
        password: "werkzeug".to_owned(),
    };
    Blog { posts, admin }
}

#[rustzeug::main]
async fn main() -> Blog {
    app()
}
