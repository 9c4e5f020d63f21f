//! The command line, and the one place where everything is plugged together.

use std::fmt::Display;
use std::future::Future;
use std::io::Write;
use std::process::ExitCode;

use crate::application::IntoApplication;
use crate::server::Builder;
use crate::server::ServeError;
use crate::server::Server;

/// Serves an application at an address, with a line for each request: Werkzeug's `run_simple`.
///
/// Ends on SIGINT or SIGTERM when what is in flight is finished. What keeps it from starting is
/// said in one line, and the program ends with exit code 1.
///
/// # Examples
///
/// ```no_run
/// use rustzeug::prelude::*;
///
/// #[application]
/// fn application(request: &Request) -> String {
///     format!("you asked {}", request.path())
/// }
///
/// fn main() {
///     run_simple("localhost", 4000, application)
/// }
/// ```
pub fn run_simple(host: &str, port: u16, app: impl IntoApplication) {
    let result = serve(Server::builder().access_log(true), host, port, app);
    if let Err(error) = result {
        fail(&error);
    }
}

fn serve(
    builder: Builder,
    host: &str,
    port: u16,
    app: impl IntoApplication,
) -> Result<(), ServeError> {
    let address = if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    let server = builder.bind(&address)?;
    let shown = match server.local_addr() {
        Ok(local) if port == 0 => format!("{host}:{}", local.port()),
        _ => address,
    };
    say(&format!(
        " * Running on http://{shown}/ (Press CTRL+C to quit)"
    ));
    server.run(app)
}

/// What `#[rustzeug::main]` accepts from the function it stands on: an application, or the error
/// that kept it from being made.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be served",
    label = "not an application",
    note = "return a type that carries `#[application]`, or a `Result` of one"
)]
pub trait Start {
    /// The application.
    type App: IntoApplication;

    /// The application, or one line for the operator.
    ///
    /// # Errors
    ///
    /// Why there is no application.
    fn start(self) -> Result<Self::App, String>;
}

impl<A: IntoApplication> Start for A {
    type App = A;

    fn start(self) -> Result<A, String> {
        Ok(self)
    }
}

impl<A: IntoApplication, E: Display> Start for Result<A, E> {
    type App = A;

    fn start(self) -> Result<A, String> {
        self.map_err(|error| error.to_string())
    }
}

/// What `#[rustzeug::main]` calls: reads the command line, makes the application, runs the
/// command.
pub fn main<S: Start, F: Future<Output = S>>(make: impl FnOnce() -> F) -> ExitCode {
    let command = match Command::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(text) => return finish(Err(text)),
    };
    if let Command::Help = command {
        say(HELP);
        return ExitCode::SUCCESS;
    }
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = match runtime.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return finish(Err(format!("cannot start: {error}"))),
    };
    let app = match runtime.block_on(make()).start() {
        Ok(app) => app,
        Err(text) => return finish(Err(text)),
    };
    finish(match command {
        Command::Help => Ok(()),
        Command::Routes => routes(app),
        Command::Run(options) => {
            let mut builder = Server::builder().access_log(true);
            if let Some(workers) = options.workers {
                builder = builder.workers(workers);
            }
            serve(builder, &options.host, options.port, app).map_err(|error| error.to_string())
        }
    })
}

/// Prints the routing table.
fn routes(app: impl IntoApplication) -> Result<(), String> {
    let app = app.into_application().map_err(|error| error.to_string())?;
    let text = crate::application::Application::describe(&app);
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Command {
    Help,
    Routes,
    Run(RunOptions),
}

#[derive(Debug, PartialEq, Eq)]
struct RunOptions {
    host: String,
    port: u16,
    workers: Option<usize>,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8000,
            workers: None,
        }
    }
}

impl Command {
    fn parse(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args = args.peekable();
        match args.peek().map(String::as_str) {
            Some("help" | "--help" | "-h") => return Ok(Self::Help),
            Some("routes") => {
                return match args.nth(1) {
                    None => Ok(Self::Routes),
                    Some(arg) => Err(unknown(&arg, "routes", &[])),
                };
            }
            Some("run") => {
                args.next();
            }
            Some(word) if !word.starts_with('-') => {
                return Err(format!(
                    "there is no command `{word}`; commands are: run, routes"
                ));
            }
            _ => {}
        }
        let mut options = RunOptions::default();
        while let Some(arg) = args.next() {
            let (name, inline) = match arg.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (arg.clone(), None),
            };
            if name == "--help" || name == "-h" {
                return Ok(Self::Help);
            }
            if !["--host", "--port", "--workers"].contains(&name.as_str()) {
                return Err(unknown(&arg, "run", &["--host", "--port", "--workers"]));
            }
            let value = inline.or_else(|| args.next());
            let value = value.ok_or_else(|| format!("{name} needs a value"))?;
            let wrong = || format!("{name} needs a number, not `{value}`");
            match name.as_str() {
                "--host" => options.host = value,
                "--port" => options.port = value.parse().map_err(|_| wrong())?,
                _ => options.workers = Some(value.parse().map_err(|_| wrong())?),
            }
        }
        Ok(Self::Run(options))
    }
}

fn unknown(arg: &str, command: &str, known: &[&str]) -> String {
    match known {
        [] => format!("`{command}` takes no option `{arg}`"),
        known => format!(
            "`{command}` has no option `{arg}`; it takes: {}",
            known.join(", ")
        ),
    }
}

fn finish(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            say(&format!("error: {text}"));
            ExitCode::FAILURE
        }
    }
}

/// Ends the program: `run_simple` returns nothing, as Werkzeug's.
#[allow(
    clippy::exit,
    reason = "the documented end of run_simple where it cannot start"
)]
fn fail(error: &ServeError) -> ! {
    say(&format!("error: {error}"));
    std::process::exit(1)
}

/// A line for the operator; a closed standard error is nobody's concern.
fn say(text: &str) {
    let _closed = writeln!(std::io::stderr(), "{text}");
}

const HELP: &str = "\
Commands:
  run      serve the application (the default)
             --host ADDRESS   where to listen, 127.0.0.1 unless told
             --port NUMBER    8000 unless told
             --workers N      event loops, one for each CPU unless told
  routes   print the routing table
  help     print this";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Command, String> {
        Command::parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn commands() {
        let run = |host: &str, port, workers| {
            Ok(Command::Run(RunOptions {
                host: host.to_owned(),
                port,
                workers,
            }))
        };
        assert_eq!(parse(""), run("127.0.0.1", 8000, None));
        assert_eq!(parse("run"), run("127.0.0.1", 8000, None));
        assert_eq!(parse("--port 80"), run("127.0.0.1", 80, None));
        assert_eq!(
            parse("run --host=0.0.0.0 --workers=2"),
            run("0.0.0.0", 8000, Some(2))
        );
        assert_eq!(parse("routes"), Ok(Command::Routes));
        assert_eq!(parse("run --help"), Ok(Command::Help));
    }

    #[test]
    fn mistakes_are_named() {
        let table = [
            (
                "serve",
                "there is no command `serve`; commands are: run, routes",
            ),
            (
                "--prot 80",
                "`run` has no option `--prot`; it takes: --host, --port, --workers",
            ),
            ("--port", "--port needs a value"),
            ("--port eighty", "--port needs a number, not `eighty`"),
            ("--port 70000", "--port needs a number, not `70000`"),
            ("routes --all", "`routes` takes no option `--all`"),
        ];
        for (args, text) in table {
            assert_eq!(parse(args), Err(text.to_owned()), "{args}");
        }
    }
}
