//! What conformance tools and benchmarks talk to; run with
//!
//! ```text
//! PORT=8080 WORKERS=1 cargo run --release -p testbed -- --body-limit 1048576
//! ```
//!
//! The public API and the default settings only, as a user would write it. `--plain` serves the
//! same routes by plain `fn` handlers, which run on worker threads.

mod blocking;
mod pages;

use std::process::ExitCode;
use std::time::Duration;

use rustzeug::ServeError;
use rustzeug::Server;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Of the environment, and of flags that override it.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    port: u16,
    workers: usize,
    header_timeout: Option<u64>,
    body_limit: Option<u64>,
    is_plain: bool,
}

impl Options {
    fn read(
        variable: impl Fn(&str) -> Option<String>,
        mut flags: impl Iterator<Item = String>,
    ) -> Result<Self, String> {
        let number = |name: &str, text: String| {
            text.parse::<u64>()
                .map_err(|_| format!("{name} needs a number, not `{text}`"))
        };
        let of_variable = |name: &str, default| match variable(name) {
            Some(text) => number(name, text),
            None => Ok(default),
        };
        let mut port = of_variable("PORT", 8080)?;
        let mut workers = of_variable("WORKERS", 1)?;
        let (mut header_timeout, mut body_limit, mut is_plain) = (None, None, false);
        while let Some(flag) = flags.next() {
            if flag == "--plain" {
                is_plain = true;
                continue;
            }
            let mut value = || {
                let text = flags
                    .next()
                    .ok_or_else(|| format!("{flag} needs a value"))?;
                number(&flag, text)
            };
            match flag.as_str() {
                "--port" => port = value()?,
                "--workers" => workers = value()?,
                "--header-timeout" => header_timeout = Some(value()?),
                "--body-limit" => body_limit = Some(value()?),
                _ => return Err(format!("there is no flag `{flag}`")),
            }
        }
        let port = u16::try_from(port).map_err(|_| format!("{port} is no port"))?;
        let workers = usize::try_from(workers).map_err(|_| format!("{workers} are too many"))?;
        Ok(Self {
            port,
            workers,
            header_timeout,
            body_limit,
            is_plain,
        })
    }

    fn serve(self) -> Result<(), ServeError> {
        let mut builder = Server::builder().workers(self.workers);
        if let Some(seconds) = self.header_timeout {
            builder = builder.header_timeout(Duration::from_secs(seconds));
        }
        if let Some(bytes) = self.body_limit {
            builder = builder.max_content_length(bytes);
        }
        let server = builder.bind(format!("127.0.0.1:{}", self.port))?;
        let file = std::env::var_os("STATIC_FILE").map(Into::into);
        if self.is_plain {
            server.run(blocking::Plain {
                pages: pages::Testbed { file },
            })
        } else {
            server.run(pages::Testbed { file })
        }
    }
}

#[allow(
    clippy::print_stderr,
    reason = "a program tells its user why it cannot start"
)]
fn main() -> ExitCode {
    let options = Options::read(|name| std::env::var(name).ok(), std::env::args().skip(1));
    let result = options.and_then(|options| options.serve().map_err(|error| error.to_string()));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("error: {text}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests;
