//! The part for the author: a password before everything, posts as JSON.

use rustzeug::datastructures::Authorization;
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
        let sent = request
            .header("authorization")
            .map(Authorization::from_header);
        let sent = sent.and_then(Result::ok);
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

    /// Also for what is not found below `/admin`.
    #[errorhandler(HttpException)]
    async fn error(&self, error: &HttpException) -> (StatusCode, String) {
        (error.status(), format!("{} {}", error.code(), error.name()))
    }
}
