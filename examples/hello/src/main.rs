//! Werkzeug's ten lines.
use rustzeug::prelude::*;

struct Hello;

impl Application for Hello {
    fn call<'a>(&'a self, request: &'a mut Request) -> Reply<'a> {
        match request.path() {
            "/plaintext" => Reply::Ready(Response::new("Hello, World!")),
            "/async" => Reply::future(async { Response::new("Hello, World!") }),
            "/blocking" => {
                let request = &*request;
                Reply::blocking(move || Response::new(format!("blocked {}", request.path())))
            }
            "/panic" => panic!("no"),
            "/echo" => Reply::future(async move {
                std::future::poll_fn(|cx| request.poll_prepare(cx)).await;
                match request.bytes() {
                    Ok(b) => b.clone().into_response(),
                    Err(e) => e.into_response(),
                }
            }),
            _ => Reply::Ready(NotFound.into_response()),
        }
    }
}

fn main() {
    let port = std::env::var("PORT")
        .ok()
        .and_then(|p| p.parse().ok())
        .unwrap_or(4000);
    let server = Server::builder()
        .workers(1)
        .bind(format!("127.0.0.1:{port}"));
    match server.and_then(|s| s.run(Hello)) {
        Ok(()) => {}
        Err(e) => println!("{e}"),
    }
}
