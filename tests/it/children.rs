#![allow(clippy::exit, reason = "one handler ends its process as asked")]
#![allow(
    clippy::print_stdout,
    reason = "how a process talks to the test that started it"
)]

use std::cell::RefCell;
use std::io::BufRead;
use std::io::BufReader;
use std::net::SocketAddr;
use std::process::Child;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustzeug::Reply;
use rustzeug::Request;
use rustzeug::Response;
use rustzeug::Server;
use rustzeug::server::Builder;
use rustzeug::server::LogFormat;
use rustzeug_tests::raw::Raw;
use rustzeug_tests::server::app;

/// Names what the process does that a test starts: settings, separated by spaces.
const SETTINGS: &str = "RUSTZEUG_IT_CHILD";

/// Not a test by itself: the server that other tests start as a process of its own.
#[test]
fn child() {
    let Ok(settings) = std::env::var(SETTINGS) else {
        return;
    };
    let mut builder = Server::builder().workers(2);
    let mut addresses = Vec::new();
    for setting in settings.split(' ') {
        match setting.split_once('=').expect("key=value") {
            ("bind", address) => addresses.push(address.to_owned()),
            (key, value) => builder = set(builder, key, value),
        }
    }
    let builder = builder
        .on_start(|| async {
            println!("started={}", std::process::id());
            Ok::<_, std::io::Error>(())
        })
        .background(|server| async move {
            server.draining().await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            println!("tidied={}", std::process::id());
        })
        .on_shutdown(|| async { println!("shut={}", std::process::id()) });
    let first = addresses.first().expect("an address");
    let mut server = builder.bind(first).expect("an address that is free");
    for address in &addresses[1..] {
        server = server.bind_also(address).expect("another one");
    }
    // Of several processes the one that looks after the others says it.
    if std::env::var_os("RUSTZEUG_CHILD").is_none() {
        if let Ok(address) = server.local_addr() {
            println!("address={address}");
        }
        println!("program={}", std::process::id());
    }
    match server.run(app(answer)) {
        Ok(()) => println!("ended={}", std::process::id()),
        Err(error) => {
            println!("error={error}");
            std::process::exit(1);
        }
    }
}

/// One setting of the server that is to be started.
fn set(builder: Builder, key: &str, value: &str) -> Builder {
    let number = || value.parse::<usize>().expect("a number");
    let millis = || Duration::from_millis(value.parse().expect("milliseconds"));
    match key {
        "workers" => builder.workers(number()),
        "processes" => builder.processes(number()),
        "grace" => builder.shutdown_timeout(millis()),
        "slow" => builder.slow_handler(Some(millis())),
        "log" => builder.access_log(value.parse::<LogFormat>().expect("a format")),
        // Only a program that another one started has this in its environment.
        "fragile" if std::env::var_os("RUSTZEUG_PARENT").is_none() => builder,
        "fragile" => match value {
            "fails" => builder.on_start(|| async { Err("as asked, once more") }),
            _ => builder.on_start(|| async {
                println!("hesitates={}", std::process::id());
                tokio::time::sleep(Duration::from_secs(100)).await;
                Ok::<_, std::io::Error>(())
            }),
        },
        "fails" => builder.on_start(|| async { Err("as asked") }),
        _ => unreachable!("{key}"),
    }
}

fn answer(request: &mut Request) -> Reply<'_> {
    match request.path() {
        "/pid" => Reply::Ready(Response::new(std::process::id().to_string())),
        "/exit" => std::process::exit(3),
        "/large" => Reply::Ready(Response::new(bytes::Bytes::from_static(&[b'x'; 64 * 1024]))),
        // This program: some ten megabytes.
        "/file" => {
            let program = std::env::current_exe().expect("this program");
            let answer = rustzeug::send_file(program).respond(request);
            Reply::Ready(answer.unwrap_or_else(rustzeug::IntoResponse::into_response))
        }
        "/echo" => Reply::future(async {
            std::future::poll_fn(|cx| request.poll_prepare(cx)).await;
            match request.bytes() {
                Ok(bytes) => Response::new(bytes.clone()),
                Err(error) => rustzeug::IntoResponse::into_response(error),
            }
        }),
        "/spin" => {
            // Some 50 µs: each step needs the one before.
            let steps = (0..std::hint::black_box(40_000u64)).fold(1, |n: u64, i| {
                std::hint::black_box(n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(i))
            });
            Reply::Ready(Response::new(if steps == 0 { "never" } else { "spun" }))
        }
        "/hold" => {
            thread::sleep(Duration::from_millis(50));
            Reply::Ready(Response::new("held"))
        }
        "/hold-later" => Reply::future(async {
            tokio::task::yield_now().await;
            thread::sleep(Duration::from_millis(50));
            tokio::task::yield_now().await;
            Response::new("held")
        }),
        "/hold-blocking" => Reply::blocking(|| {
            thread::sleep(Duration::from_millis(50));
            Response::new("held nobody")
        }),
        "/slow" => Reply::future(async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Response::new("slept")
        }),
        "/forever" => Reply::future(std::future::pending()),
        "/spawn" => {
            request.spawn(async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                println!("spawned={}", std::process::id());
            });
            Reply::Ready(Response::new("spawned"))
        }
        "/spawn-blocking" => Reply::blocking(|| {
            request.spawn(async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                println!("spawned={}", std::process::id());
            });
            Response::new("spawned")
        }),
        path => Reply::Ready(Response::new(path.to_owned())),
    }
}

/// A server in a process of its own.
pub(crate) struct Program {
    process: Child,
    lines: mpsc::Receiver<String>,
    /// Those that were waited for, and those before them.
    seen: RefCell<Vec<String>>,
}

/// Starts one; see `child` for the settings.
pub(crate) fn start(settings: &str) -> Program {
    start_with(settings, |_| {})
}

/// Starts one after a last word to its command.
pub(crate) fn start_with(settings: &str, set: impl FnOnce(&mut Command)) -> Program {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["--exact", "children::child", "--nocapture"])
        .env(SETTINGS, settings)
        .stdout(Stdio::piped());
    set(&mut command);
    run(&mut command)
}

/// The command line of a server, for those that start it by another program.
pub(crate) fn command_line(settings: &str) -> (String, Vec<String>) {
    let program = std::env::current_exe().expect("this program");
    let args = [
        "-c".to_owned(),
        format!(
            "{SETTINGS}='{settings}' exec {} --exact children::child --nocapture",
            program.display()
        ),
    ];
    ("sh".to_owned(), args.into())
}

/// Starts a command and listens to what it prints.
pub(crate) fn run(command: &mut Command) -> Program {
    let mut process = command.stdout(Stdio::piped()).spawn().expect("a process");
    let output = BufReader::new(process.stdout.take().expect("its output"));
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            // Read on in any case: a process that cannot print would not end in order.
            let _nobody_listens = sender.send(line);
        }
    });
    let seen = RefCell::default();
    Program {
        process,
        lines,
        seen,
    }
}

impl Program {
    /// Waits for a line `key=value`, wherever it stands in what is printed.
    pub(crate) fn next(&self, key: &str) -> String {
        let pattern = format!("{key}=");
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(20));
            let line = line.unwrap_or_else(|_| unreachable!("no {key} within twenty seconds"));
            self.seen.borrow_mut().push(line.clone());
            // The test harness writes before the first line without a line feed.
            if let Some((_, value)) = line.split_once(&pattern) {
                return value.to_owned();
            }
        }
    }

    /// What it still prints, to the end.
    pub(crate) fn rest(&self) -> Vec<String> {
        self.lines.iter().collect()
    }

    /// All that it, and those that it started, printed, to the end of the last of them.
    pub(crate) fn everything(&self) -> Vec<String> {
        let mut all = self.seen.take();
        all.extend(self.rest());
        all
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.next("address").parse().expect("an address")
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends it a signal, by its name.
    pub(crate) fn signal(&self, name: &str) {
        signal(self.id(), name);
    }

    /// What it says to standard error, to the end.
    pub(crate) fn standard_error(&mut self) -> String {
        let mut text = String::new();
        let pipe = self.process.stderr.as_mut().expect("a pipe");
        std::io::Read::read_to_string(pipe, &mut text).expect("text");
        text
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.process.wait().expect("its end")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already, most times.
        let _ended = self.process.kill();
        let _ended = self.process.wait();
    }
}

/// Sends a process a signal, by its name.
pub(crate) fn signal(process: u32, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), process.to_string()])
        .status();
    assert!(sent.expect("the command `kill`").success(), "{name}");
}

/// The answer to one GET request.
pub(crate) fn get(address: SocketAddr, path: &str) -> String {
    let mut client = Raw::connect(address);
    client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
    client.read_response().text()
}
