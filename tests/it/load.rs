//! Figures that need a quiet machine and a release build, and so are asked for:
//!
//!     cargo test --release -p rustzeug-tests --test it -- --ignored --nocapture load::
#![allow(clippy::print_stdout, reason = "figures for who asks with --nocapture")]
#![allow(
    clippy::disallowed_methods,
    reason = "spans of time are what is measured here"
)]

use std::fs;
use std::net::SocketAddr;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use rustzeug_tests::raw::Raw;

use crate::children;

/// Clients with eight connections ask for what costs 50 µs of CPU; they pipeline, so that they
/// cost little themselves where they share the CPUs with the server.
#[test]
#[ignore = "needs two free CPUs; run with --release"]
fn two_workers_do_the_work_of_two() {
    const PIPELINED: usize = 16;
    let mut best = [0.0f64; 2];
    // What a request costs the server, whoever else used the CPUs meanwhile.
    let mut cost = [f64::MAX; 2];
    let mut shares = Vec::new();
    for _ in 0..5 {
        for workers in [1, 2] {
            let server = children::start(&format!("bind=127.0.0.1:0 workers={workers}"));
            let address = server.address();
            let served = AtomicUsize::new(0);
            let begun = Instant::now();
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        let request = "GET /spin HTTP/1.1\r\nHost: a\r\n\r\n".repeat(PIPELINED);
                        let mut client = Raw::connect(address);
                        while begun.elapsed() < Duration::from_secs(2) {
                            client.send(&request);
                            for _ in 0..PIPELINED {
                                client.read_until("\r\n\r\nspun");
                            }
                            served.fetch_add(PIPELINED, Ordering::Relaxed);
                        }
                    });
                }
            });
            let served = served.load(Ordering::Relaxed) as f64;
            let rate = served / begun.elapsed().as_secs_f64();
            let cost = &mut cost[workers - 1];
            *cost = cost.min(cpu_seconds(server.id()) * 1e6 / served);
            let best = &mut best[workers - 1];
            *best = best.max(rate);
            if workers == 2 {
                shares.push(share_of_first(server.id()));
            }
        }
    }
    let ratio = best[1] / best[0];
    println!(
        "one worker {:.0} requests/s, two {:.0}, ratio {ratio:.2}; CPU of the server a request: \
         {:.1} µs, {:.1} µs; share of the first of two: {shares:.2?}; load of the machine: {}",
        best[0],
        best[1],
        cost[0],
        cost[1],
        fs::read_to_string("/proc/loadavg")
            .unwrap_or_default()
            .trim()
    );
    assert!(ratio >= 1.8, "{ratio:.2}");
}

/// What a process has used so far.
fn cpu_seconds(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a process");
    let (_, fields) = stat.rsplit_once(") ").expect("fields");
    let ticks = fields.split(' ').skip(11).take(2);
    let ticks: f64 = ticks.map(|t| t.parse::<f64>().expect("ticks")).sum();
    // Linux tells a hundred a second, whatever its own clock is.
    ticks / 100.0
}

/// How much of the workers' CPU time the first one used.
fn share_of_first(process: u32) -> f64 {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).expect("threads");
    let mut times = Vec::new();
    for task in tasks {
        let stat = fs::read_to_string(task.expect("a thread").path().join("stat"));
        let stat = stat.expect("its figures");
        if ["(rustzeug-0)", "(rustzeug-1)"]
            .iter()
            .any(|n| stat.contains(n))
        {
            let (_, fields) = stat.rsplit_once(") ").expect("fields");
            let ticks = fields.split(' ').skip(11).take(2);
            times.push(ticks.map(|t| t.parse::<f64>().expect("ticks")).sum::<f64>());
        }
    }
    times[0] / times.iter().sum::<f64>()
}

#[test]
#[ignore = "needs 10,000 descriptors and a quiet machine; run with --release"]
fn ten_thousand_idle_connections_disturb_nobody() {
    const IDLE: usize = 10_000;
    let server = children::start("bind=127.0.0.1:0 workers=1");
    let address = server.address();
    let request = "GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n";
    let ask = |client: &mut Raw| {
        client.send(request);
        client.read_until("\r\n\r\n/plaintext");
    };
    ask(&mut Raw::connect(address));
    let before = memory(server.id());
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        let mut client = Raw::connect(address);
        ask(&mut client);
        idle.push(client);
    }
    let each = (memory(server.id()) - before) * 1024 / IDLE;
    let mut times = latencies(address, &ask);
    times.sort();
    let at = |share: usize| times[times.len() * share / 1000];
    println!(
        "{IDLE} idle connections, {each} bytes each; /plaintext: median {:?}, p99 {:?}, p99.9 {:?} \
         of {}; load of the machine: {}",
        at(500),
        at(990),
        at(999),
        times.len(),
        fs::read_to_string("/proc/loadavg")
            .unwrap_or_default()
            .trim()
    );
    for client in &mut idle[..10] {
        ask(client);
    }
    assert!(at(990) < Duration::from_millis(5), "{:?}", at(990));
}

/// Four clients, each with a pause between two requests.
fn latencies(address: SocketAddr, ask: &(impl Fn(&mut Raw) + Sync)) -> Vec<Duration> {
    thread::scope(|scope| {
        let clients = (0..4).map(|_| {
            scope.spawn(|| {
                let mut client = Raw::connect(address);
                let mut times = Vec::new();
                for _ in 0..5_000 {
                    let begun = Instant::now();
                    ask(&mut client);
                    times.push(begun.elapsed());
                    thread::sleep(Duration::from_micros(200));
                }
                times
            })
        });
        let clients: Vec<_> = clients.collect();
        let times = clients
            .into_iter()
            .map(|client| client.join().expect("no panic"));
        times.flatten().collect()
    })
}

/// Kilobytes of memory that a process holds.
fn memory(process: u32) -> usize {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|n| n.parse().ok()).expect("a number")
}
