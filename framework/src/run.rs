//! The command line, and the one place where everything is plugged together.

use std::fmt::Display;
use std::future::Future;
use std::io::Write;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;

use crate::application::Application;
use crate::application::Description;
use crate::application::IntoApplication;
use crate::application::StartError;
use crate::server::Builder;
use crate::server::LogFormat;
use crate::server::ServeError;
use crate::server::Server;
use crate::server::is_child;

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
    run_made(host, port, app.into_shared());
}

fn run_made(host: &str, port: u16, app: Result<Arc<dyn Application>, StartError>) {
    let builder = Server::builder().access_log(LogFormat::Werkzeug);
    if let Err(error) = serve(builder, host, port, app) {
        fail(&error);
    }
}

fn serve(
    builder: Builder,
    host: &str,
    port: u16,
    app: Result<Arc<dyn Application>, StartError>,
) -> Result<(), ServeError> {
    // What is wrong with the rules is told before anybody can connect.
    let app = app?;
    bind(builder, host, port)?.run_shared(app)
}

/// Listens at a host and a port, and says so.
fn bind(builder: Builder, host: &str, port: u16) -> Result<Server, ServeError> {
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
    announce(&format!("http://{shown}/"));
    Ok(server)
}

/// Listens at addresses of any kind, and says so.
fn bind_all(builder: Builder, first: &str, others: &[String]) -> Result<Server, ServeError> {
    let mut server = builder.bind(first)?;
    for address in others {
        server = server.bind_also(address)?;
    }
    for address in server.local_addrs().unwrap_or_default() {
        announce(&address.to_string());
    }
    Ok(server)
}

/// What `#[rustzeug::main]` accepts from the function it stands on: an application, a pair of the
/// settings of its server and the application, or the error that kept them from being made.
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
///
/// use rustzeug::prelude::*;
/// use rustzeug::server::Builder;
///
/// #[application]
/// fn application(request: &Request) -> String {
///     format!("you asked {}", request.path())
/// }
///
/// #[rustzeug::main]
/// async fn main() -> (Builder, application) {
///     let server = Server::builder().header_timeout(Duration::from_secs(5));
///     (server, application)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be served",
    label = "not an application",
    note = "return a type that carries `#[application]`, or a `Result` of one"
)]
pub trait Start {
    /// The application.
    type App: IntoApplication;

    /// The application and the settings of its server, or one line for the operator.
    ///
    /// # Errors
    ///
    /// Why there is no application.
    fn start(self) -> Result<(Builder, Self::App), String>;
}

impl<A: IntoApplication> Start for A {
    type App = A;

    fn start(self) -> Result<(Builder, A), String> {
        Ok((Server::builder().access_log(LogFormat::Werkzeug), self))
    }
}

/// With settings of its own, which the command line may override.
impl<A: IntoApplication> Start for (Builder, A) {
    type App = A;

    fn start(self) -> Result<Self, String> {
        Ok(self)
    }
}

impl<S: Start, E: Display> Start for Result<S, E> {
    type App = S::App;

    fn start(self) -> Result<(Builder, S::App), String> {
        self.map_err(|error| error.to_string())?.start()
    }
}

/// What `#[rustzeug::main]` calls: reads the command line, makes the application, runs the
/// command.
pub fn main<S: Start, F: Future<Output = S>>(make: impl FnOnce() -> F) -> ExitCode {
    main_made(Box::pin(async {
        let (builder, app) = make().await.start()?;
        let app = app.into_shared().map_err(|error| error.to_string())?;
        Ok((builder, app))
    }))
}

type Made = Result<(Builder, Arc<dyn Application>), String>;

fn main_made(made: Pin<Box<dyn Future<Output = Made> + '_>>) -> ExitCode {
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
    let (builder, app) = match runtime.block_on(made) {
        Ok(made) => made,
        Err(text) => return finish(Err(text)),
    };
    finish(match command {
        Command::Help => Ok(()),
        Command::Check(deny) => check(&app.describe(), deny),
        Command::Routes(json) => routes(&app.describe(), json),
        // In the same runtime: what the application spawned while it was made goes on.
        Command::Run(options) => options
            .bind(builder)
            .and_then(|server| runtime.block_on(server.serve_shared(app)))
            .map_err(|error| error.to_string()),
    })
}

/// Prints the routing table.
fn routes(description: &Description, json: bool) -> Result<(), String> {
    print(&if json {
        serde_json::to_string_pretty(&description.routes).map_err(|error| error.to_string())?
    } else {
        description.to_string()
    })
}

/// Tells of rules that are in each other's way. Those that can never match keep the application
/// from being made; the others are worth a look.
fn check(description: &Description, deny_overlaps: bool) -> Result<(), String> {
    print(&description.report())?;
    match description.overlaps.len() {
        1.. if deny_overlaps => Err("rules overlap, and --deny-overlaps is given".to_owned()),
        _ => Ok(()),
    }
}

/// Text for whoever reads the output; that nobody does is no mistake.
fn print(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Command {
    /// Whether overlaps are an error.
    Check(bool),
    Help,
    /// Whether for machines.
    Routes(bool),
    Run(RunOptions),
}

#[derive(Debug, PartialEq, Eq)]
struct RunOptions {
    host: String,
    port: u16,
    /// In place of host and port.
    addresses: Vec<String>,
    workers: Option<usize>,
    processes: Option<usize>,
    access_log: Option<LogFormat>,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8000,
            addresses: Vec::new(),
            workers: None,
            processes: None,
            access_log: None,
        }
    }
}

impl RunOptions {
    const NAMES: &[&str] = &[
        "--host",
        "--port",
        "--bind",
        "--workers",
        "--processes",
        "--access-log",
    ];

    fn set(&mut self, name: &str, value: String) -> Result<(), String> {
        let wrong = || format!("{name} needs a number, not `{value}`");
        match name {
            "--host" => self.host = value,
            "--port" => self.port = value.parse().map_err(|_| wrong())?,
            "--bind" => self.addresses.push(value),
            "--workers" => self.workers = Some(value.parse().map_err(|_| wrong())?),
            "--processes" => self.processes = Some(value.parse().map_err(|_| wrong())?),
            _ => {
                let format = value.parse::<LogFormat>();
                let format = format.map_err(|e| format!("{name}: {e}, not `{value}`"))?;
                self.access_log = Some(format);
            }
        }
        Ok(())
    }

    /// Listens as the command line says; what it does not say is as the application set it.
    fn bind(&self, mut builder: Builder) -> Result<Server, ServeError> {
        if let Some(workers) = self.workers {
            builder = builder.workers(workers);
        }
        if let Some(processes) = self.processes {
            builder = builder.processes(processes);
        }
        if let Some(format) = self.access_log {
            builder = builder.access_log(format);
        }
        match self.addresses.as_slice() {
            [] => bind(builder, &self.host, self.port),
            [first, others @ ..] => bind_all(builder, first, others),
        }
    }
}

impl Command {
    fn parse(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args = args.peekable();
        match args.peek().map(String::as_str) {
            Some("help" | "--help" | "-h") => return Ok(Self::Help),
            Some("check") => {
                return flag(args.skip(1), "check", "--deny-overlaps")
                    .map(|deny| deny.map_or(Self::Help, Self::Check));
            }
            Some("routes") => {
                return flag(args.skip(1), "routes", "--json")
                    .map(|json| json.map_or(Self::Help, Self::Routes));
            }
            Some("run") => {
                args.next();
            }
            Some(word) if !word.starts_with('-') => {
                return Err(format!(
                    "there is no command `{word}`; commands are: run, routes, check"
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
            if !RunOptions::NAMES.contains(&name.as_str()) {
                return Err(unknown(&arg, "run", RunOptions::NAMES));
            }
            let value = inline.or_else(|| args.next());
            let value = value.ok_or_else(|| format!("{name} needs a value"))?;
            options.set(&name, value)?;
        }
        Ok(Self::Run(options))
    }
}

/// Reads the one option that a command has; `None` if help is asked for.
fn flag(
    args: impl Iterator<Item = String>,
    command: &str,
    name: &str,
) -> Result<Option<bool>, String> {
    let mut is_set = false;
    for arg in args {
        match &*arg {
            "--help" | "-h" => return Ok(None),
            arg if arg == name => is_set = true,
            arg => return Err(unknown(arg, command, &[name])),
        }
    }
    Ok(Some(is_set))
}

fn unknown(arg: &str, command: &str, known: &[&str]) -> String {
    format!(
        "`{command}` has no option `{arg}`; it takes: {}",
        known.join(", ")
    )
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

/// Says where it listens; of several processes the one that looks after the others does.
fn announce(address: &str) {
    if !is_child() {
        say(&format!(" * Running on {address} (Press CTRL+C to quit)"));
    }
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
             --bind ADDRESS   in place of both, again for each: 127.0.0.1:8000, [::]:8000,
                              unix:/run/app.sock, fd://3 (socket activation)
             --workers N      event loops, one for each CPU unless told
             --processes N    processes with their own event loops, 1 unless told
             --access-log F   off, werkzeug, common, combined or json
  routes   print the routing table
             --json           for programs
  check    tell of rules that can never match, and of those that only their order decides between
             --deny-overlaps  fail on the latter as well
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
                ..RunOptions::default()
            }))
        };
        assert_eq!(parse(""), run("127.0.0.1", 8000, None));
        assert_eq!(parse("run"), run("127.0.0.1", 8000, None));
        assert_eq!(parse("--port 80"), run("127.0.0.1", 80, None));
        assert_eq!(
            parse("run --host=0.0.0.0 --workers=2"),
            run("0.0.0.0", 8000, Some(2))
        );
        assert_eq!(parse("routes"), Ok(Command::Routes(false)));
        assert_eq!(parse("routes --json"), Ok(Command::Routes(true)));
        assert_eq!(parse("check"), Ok(Command::Check(false)));
        assert_eq!(parse("check --deny-overlaps"), Ok(Command::Check(true)));
        assert_eq!(parse("check --help"), Ok(Command::Help));
        assert_eq!(parse("run --help"), Ok(Command::Help));
        let args = "--bind fd://3 --bind=unix:/a --processes 3 --access-log=json";
        let options = RunOptions {
            addresses: vec!["fd://3".to_owned(), "unix:/a".to_owned()],
            processes: Some(3),
            access_log: Some(LogFormat::Json),
            ..RunOptions::default()
        };
        assert_eq!(parse(args), Ok(Command::Run(options)));
    }

    #[test]
    fn rules_are_looked_at_before_a_socket_is_opened() {
        let refused = Err(StartError::new("`/a` can never match"));
        // Nobody can listen there, which would be said first.
        let error = serve(Server::builder(), "256.0.0.1", 0, refused).unwrap_err();
        assert_eq!(error.to_string(), "`/a` can never match");
    }

    #[test]
    fn mistakes_are_named() {
        let table = [
            (
                "serve",
                "there is no command `serve`; commands are: run, routes, check",
            ),
            (
                "--prot 80",
                "`run` has no option `--prot`; it takes: --host, --port, --bind, --workers, \
                 --processes, --access-log",
            ),
            ("--port", "--port needs a value"),
            ("--port eighty", "--port needs a number, not `eighty`"),
            (
                "--access-log apache",
                "--access-log: expected one of off, werkzeug, common, combined, json, not `apache`",
            ),
            ("--port 70000", "--port needs a number, not `70000`"),
            (
                "routes --all",
                "`routes` has no option `--all`; it takes: --json",
            ),
            (
                "check --strict",
                "`check` has no option `--strict`; it takes: --deny-overlaps",
            ),
        ];
        for (args, text) in table {
            assert_eq!(parse(args), Err(text.to_owned()), "{args}");
        }
    }
}
