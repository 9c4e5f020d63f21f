//! The part for the author: a password before everything, posts as JSON.

use rustzeug::prelude::*;

use crate::Blog;
use crate::posts::Post;
use crate::posts::Posts;

/// The part for the author; mounted under `/admin`.
pub(crate) struct Admin {
    pub(crate) posts: Posts,
    pub(crate) password: String,
}

#[application]
impl Admin {
    /// Stands before every handler of this application, and before nobody else's.
    #[before_request]
    async fn login(&self, request: &Request) -> Option<HttpException> {
        let sent = request.authorization();
        let password = sent.as_ref().and_then(|sent| sent.password());
        if password == Some(&self.password) {
            return None;
        }
        let exception = HttpException::new(StatusCode::UNAUTHORIZED);
        Some(exception.with_header("www-authenticate", "Basic realm=\"blog\""))
    }

    #[route("/")]
    async fn index(&self) -> String {
        format!("{} posts", self.posts.all().len())
    }

    #[route("/posts", methods = ["POST"])]
    async fn add(&self, request: &Request, Json(post): Json<Post>) -> Result<Response> {
        let Post {
            year,
            month,
            day,
            ref slug,
            ..
        } = post;
        let url = request.url_for(&url_for!(Blog::post {
            year,
            month,
            day,
            slug
        }))?;
        self.posts.add(post);
        let mut response = StatusCode::CREATED.into_response();
        response.headers_mut().try_set("location", url)?;
        Ok(response)
    }

    // Also for what is not found below `/admin`. The blog has a handler for `NotFound`, and a more
    // specific handler goes before a nearer one, so this one names it, too.
    #[errorhandler(HttpException, NotFound)]
    async fn error(&self, error: &HttpException) -> Response {
        let text = format!("{} {}", error.code(), error.name());
        let mut response = Response::new(text).with_status(error.status());
        response.headers_mut().extend(error.headers().clone());
        response
    }
}
