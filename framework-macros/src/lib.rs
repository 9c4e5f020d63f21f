//! The attribute macros of rustzeug.
//!
//! Use them through the crate `rustzeug`, whose documentation explains them with examples; this
//! crate is only where the compiler wants macros to live.
//!
//! ```text
//! attribute + item ─ args, items ─→ model ─ handler, check, table ─→ expand ─→ tokens
//!                                     └── something wrong: all errors + fallback ─→ tokens
//! ```

mod args;
mod check;
mod diag;
mod embed;
mod entry;
mod expand;
mod fallback;
mod handler;
mod inject;
mod items;
mod model;
mod needs;
mod overlap;
mod paths;
mod span;
mod static_folder;
mod table;

use proc_macro::TokenStream;

/// Makes an application of an `impl` block, a module or a function.
///
/// On an `impl` block the state is `self`: nothing to register, nothing to forget. Functions with
/// [`macro@route`] become handlers and stay ordinary methods. On a module, `App` is the
/// application; on a function, the function is, and answers every path.
///
/// | argument | meaning |
/// |---|---|
/// | `converters(hex = Hex)` | `<hex:key>` uses the converter `Hex` |
/// | `state = T` | modules and functions: the application holds a `T`, see `State` |
/// | `strict_slashes = false` | a missing slash at the end makes no difference |
/// | `merge_slashes = false` | several slashes do not count as one |
/// | `host_matching` | rules are found by their host |
/// | `default_subdomain = "www"` | the subdomain of rules that name none |
/// | `redirect_defaults = false` | a URL whose values are defaults is answered where it is |
/// | `sort_parameters` | the query of URLs that are built is sorted by name |
/// | `static_folder = "assets"` | files of this folder are answered below `/assets/`, not those of `static`; `None`: of no folder; see below |
/// | `static_url_path = "/files"` | below `/files/` instead |
/// | `limits(max_content_length = 1_000_000)` | the most bytes of a body; also `max_form_memory_size`, `max_form_parts`; `None`: no limit |
///
/// # Parameters
///
/// A parameter that has the name of a variable of the rule is filled from the URL; `&Request` is
/// the request; every other type is an extractor. `async fn` runs on the event loop, a plain `fn`
/// may block and runs on a worker thread, unless it says `inline`.
///
/// # Static files
///
/// Where there is a folder `static` beside `Cargo.toml`, an application on an `impl` block or a
/// module has a rule `/static/<path:filename>` of the endpoint `static`, without a word:
/// `url_for!(Blog::static { filename: "page.css" })`. The folder is looked for where the program
/// runs, then where it was built. Browsers ask each time whether a file has changed, which a 304
/// answers.
///
/// - `static_folder = "assets"` names another folder, which need not be there yet; then the rule is
///   `/assets/<path:filename>`, unless `static_url_path` says otherwise.
/// - `static_folder = None` is no folder at all.
/// - A rule of the application that is the same, or an endpoint or function `static` of its own, goes
///   before the folder that nobody named; so does `host_matching`, where each rule has its host.
/// - A mounted application has the files of its site, and `url_for!(Admin::static { … })` is their
///   URL. It has a folder of its own, below its prefix, where it names one, or where it is of another
///   crate that has a folder `static`.
/// - Whether there is a folder is seen when the crate is compiled. Make the first one and nothing
///   else, and cargo has nothing to compile: save a source file.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Blog {
///     title: String,
/// }
///
/// #[application]
/// impl Blog {
///     #[route("/")]
///     async fn index(&self) -> String {
///         self.title.clone()
///     }
///
///     #[route("/<int:year>/<slug>", methods = ["GET", "POST"])]
///     fn post(&self, request: &Request, year: u16, slug: &str) -> String {
///         format!("{} {year} {slug}", request.method())
///     }
/// }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn application(attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::application(attr.into(), item.into()).into()
}

/// Gives a handler a rule; several may stand on one handler. Within [`macro@application`].
///
/// | option | meaning |
/// |---|---|
/// | `methods = ["GET"]` | the methods it takes, else `GET`; `HEAD` comes with `GET` |
/// | `any_method` | it takes every method |
/// | `defaults(page = 1)` | values of parameters that the rule has no variables for |
/// | `endpoint = "name"` | the name for URLs, else that of the function |
/// | `inline` | the plain `fn` does not block and runs on the event loop |
/// | `strict_slashes = false` | a missing slash at the end makes no difference |
/// | `merge_slashes = false` | several slashes do not count as one |
/// | `subdomain = "api"`, `host = "…"` | only there; may have variables, for parameters |
/// | `websocket` | for WebSocket requests only |
/// | `redirect_to = "/new/<id>"` | redirects instead of calling the handler; or a function, `fn(&MapAdapter<'_>, &[(String, Value)]) -> String` |
/// | `allow_overlap` | no warning that only the order decides between this rule and another |
/// | `alias` | another URL of the endpoint, redirects to the proper one |
/// | `limits(max_content_length = 1_000_000)` | as for the application, for this rule alone |
/// | `build_only` | URLs are built from it, it never matches |
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Shop;
///
/// #[application]
/// impl Shop {
///     #[route("/items/", defaults(page = 1))]
///     #[route("/items/page/<int:page>")]
///     async fn items(&self, page: u32) -> String {
///         format!("page {page}")
///     }
/// }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn route(_attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::alone("route", &item.into()).into()
}

/// Mounts another application under a prefix: Flask's blueprint. Within [`macro@application`].
///
/// The function lends the other application, `&Sub`, or makes one that borrows, `Sub<'_>`. The
/// prefix may have variables, which the function takes. With `subdomain = "…"` or `host = "…"`,
/// which may have variables as well, the other application is only there.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Admin;
///
/// #[application]
/// impl Admin {
///     #[route("/")]
///     async fn index(&self) -> &'static str {
///         "admin"
///     }
/// }
///
/// struct Site {
///     admin: Admin,
/// }
///
/// #[application]
/// impl Site {
///     #[mount("/admin")]
///     fn admin(&self) -> &Admin {
///         &self.admin
///     }
/// }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn mount(_attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::alone("mount", &item.into()).into()
}

/// Runs a function before the handlers of its application and its mounts. Within
/// [`macro@application`].
///
/// It may return nothing, `Option<Response>` to answer instead, or a `Result` of these. A plain
/// `fn` may block; `#[before_request(inline)]` says that it does not.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Site;
///
/// #[application]
/// impl Site {
///     #[before_request]
///     async fn login(&self, request: &Request) -> Result<()> {
///         match request.header("authorization") {
///             Some(_) => Ok(()),
///             None => Err(Unauthorized::default().into()),
///         }
///     }
/// }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn before_request(_attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::alone("before_request", &item.into()).into()
}

/// Runs a function on every response of its application and its mounts, 404 and 405 included.
/// Within [`macro@application`].
///
/// It changes `&mut Response`, or takes the `Response` and gives another.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Site;
///
/// #[application]
/// impl Site {
///     #[after_request(inline)]
///     fn stamp(&self, response: &mut Response) {
///         response.headers_mut().set("x-site", "one");
///     }
/// }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn after_request(_attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::alone("after_request", &item.into()).into()
}

/// Runs a plain function when a request is done, however it ended: also when the client has left
/// or a handler panicked. Within [`macro@application`].
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Site;
///
/// #[application]
/// impl Site {
///     #[teardown_request]
///     fn done(&self, request: &Request) {
///         let _ = request.path();
///     }
/// }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn teardown_request(_attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::alone("teardown_request", &item.into()).into()
}

/// Answers errors of its application and its mounts. Within [`macro@application`].
///
/// Its arguments are statuses (`404`), kinds (`NotFound`), types of errors that handlers failed
/// with (`DbError`), or `HttpException` for all. The closest one is asked: types, then kinds and
/// statuses, then all; of equal ones that of the innermost mount. What it returns is the answer,
/// status included.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Site;
///
/// #[application]
/// impl Site {
///     #[errorhandler(NotFound)]
///     async fn lost(&self, error: &HttpException) -> (StatusCode, String) {
///         (error.status(), "nothing here".to_owned())
///     }
///
///     #[errorhandler(std::io::Error)]
///     async fn disk(&self, error: &std::io::Error) -> (StatusCode, String) {
///         (StatusCode::SERVICE_UNAVAILABLE, error.to_string())
///     }
/// }
/// # fn main() {}
/// ```
#[proc_macro_attribute]
pub fn errorhandler(_attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::alone("errorhandler", &item.into()).into()
}

/// Makes the URL of an endpoint, checked by the compiler: missing, surplus and ill-typed variables
/// do not compile.
///
/// Variables stand in braces, arguments of the query behind them (a list repeats the name), mounts
/// between the application and the endpoint, with the variables of their prefixes:
/// `url_for!(Site::shelf { room: 3 }::book { slug: "emma" }, page = 2)`. The result is a `UrlFor`,
/// which can be given an anchor or asked for its scheme and host; `Request::url_for` makes text of
/// it, with the prefix under which the application is mounted. What is known only by name when the
/// program runs is built by `Request::url_for_endpoint`.
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
///
/// struct Blog;
///
/// #[application]
/// impl Blog {
///     #[route("/<int:year>")]
///     async fn archive(&self, year: u16, request: &Request) -> Result<Redirect> {
///         let next = url_for!(Blog::archive { year: year + 1 }, page = 2);
///         Ok(redirect(request.url_for(&next)?))
///     }
/// }
/// # fn main() {}
/// ```
#[proc_macro]
pub fn url_for(input: TokenStream) -> TokenStream {
    entry::url_for(input.into()).into()
}

/// Makes an `async fn` that returns an application (or a `Result` of one) the program: command
/// line, runtime, server.
///
/// # Examples
///
/// ```no_run
/// use rustzeug::prelude::*;
///
/// struct Blog;
///
/// #[application]
/// impl Blog {
///     #[route("/")]
///     async fn index(&self) -> &'static str {
///         "hello"
///     }
/// }
///
/// #[rustzeug::main]
/// async fn main() -> Result<Blog> {
///     Ok(Blog)
/// }
/// ```
#[proc_macro_attribute]
pub fn main(attr: TokenStream, item: TokenStream) -> TokenStream {
    entry::main(&attr.into(), &item.into()).into()
}

/// Makes the files of a directory part of the program: an `EmbeddedDir`.
///
/// The directory is looked for beside the `Cargo.toml`. Names that begin with a dot are left out.
/// A file that changes is compiled in anew; one that is added is seen when the crate is compiled
/// the next time for another reason.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::EmbeddedDir;
///
/// static SOURCES: EmbeddedDir = rustzeug::embed!("src");
///
/// assert!(SOURCES.get("lib.rs").is_some());
/// ```
#[proc_macro]
pub fn embed(input: TokenStream) -> TokenStream {
    embed::embed(input.into()).into()
}
