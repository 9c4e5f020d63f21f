//! Error handlers.

use std::fmt;

use super::check;
use crate::prelude::*;

#[derive(Debug)]
struct DbError(u32);

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "database error {}", self.0)
    }
}

impl std::error::Error for DbError {}

struct Api;

#[application]
impl Api {
    #[errorhandler(NotFound)]
    async fn lost(&self, error: &HttpException) -> (StatusCode, String) {
        (error.status(), "no such thing".to_owned())
    }

    #[route("/fail/<int:code>")]
    async fn fail(&self, code: u16) -> Result<String> {
        match code {
            1 => Err(DbError(1))?,
            2 => Err(std::io::Error::other("disk"))?,
            _ => abort(code)?,
        }
        Ok(String::new())
    }

    #[route("/only", methods = ["POST"])]
    fn only(&self) {}
}

struct Site {
    api: Api,
}

#[application]
impl Site {
    #[errorhandler(404, 410)]
    fn gone(&self, request: &Request, error: &HttpException) -> (StatusCode, String) {
        (
            error.status(),
            format!("{} {}", request.path(), error.code()),
        )
    }

    #[errorhandler(DbError)]
    async fn database(&self, error: &DbError) -> (u16, String) {
        (503, error.to_string())
    }

    #[errorhandler(HttpException, inline)]
    fn any(error: &HttpException) -> (StatusCode, String) {
        (error.status(), format!("any {}", error.code()))
    }

    #[mount("/api")]
    fn api(&self) -> &Api {
        &self.api
    }
}

#[test]
fn the_closest_handler_answers() {
    let app = Site { api: Api }.into_application().unwrap();
    check(
        &app,
        &[
            ("GET /nope", "404 /nope 404"),
            ("GET /api/nope", "404 no such thing"),
            ("GET /api/fail/404", "404 no such thing"),
            ("GET /api/fail/410", "410 /api/fail/410 410"),
            ("GET /api/fail/1", "503 database error 1"),
            ("GET /api/fail/2", "500 any 500"),
            ("GET /api/fail/403", "403 any 403"),
            ("GET /api/only", "405 any 405"),
            ("OPTIONS /api/only", "200"),
        ],
    );
}
