use std::thread;
use std::time::Duration;

use rustzeug_tests::raw::End;
use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::serve;
use rustzeug_tests::server::serve_with;
use rustzeug_tests::server::wait_until;

use crate::probe::Probe;

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

#[test]
fn what_is_in_flight_is_finished_and_says_close() {
    for path in ["/wait", "/block"] {
        let probe = Probe::default();
        let mut server = serve(probe.clone());
        let mut client = server.connect();
        client.send(get(path));
        wait_until("entered", || probe.entered() == 1);
        server.handle().shutdown();
        wait_until("refused", || {
            std::net::TcpStream::connect(server.address()).is_err()
        });
        probe.open(1);
        let text = client.read_to_end();
        assert_eq!(statuses(&text), [200]);
        assert!(text.contains("\r\nconnection: close\r\n"), "{text:?}");
        drop(client);
        server.join();
    }
}

#[test]
fn idle_connections_are_closed_soon() {
    let mut server = serve(Probe::default());
    let mut used = server.connect();
    used.send(get("/ignore"));
    assert_eq!(used.read_response().status(), 200);
    server.handle().shutdown();
    assert_eq!(used.read_to_its_end(), (String::new(), End::Closed));
    server.join();
}

#[test]
fn a_connection_that_was_just_opened_may_ask_once() {
    let mut server = serve(Probe::default());
    let mut fresh = server.connect();
    let mut silent = server.connect();
    // Both are accepted: a later one was served.
    assert_eq!(statuses(&server.raw(get("/ignore"))), [200]);
    server.handle().shutdown();
    wait_until("refused", || {
        std::net::TcpStream::connect(server.address()).is_err()
    });
    let text = fresh.send(get("/ignore")).read_to_end();
    assert_eq!(statuses(&text), [200]);
    assert!(text.contains("\r\nconnection: close\r\n"), "{text:?}");
    drop(fresh);
    // The silent one does not hold the server for long.
    assert_eq!(silent.read_to_end(), "");
    server.join();
}

#[test]
fn the_accept_queue_is_emptied() {
    let probe = Probe::default();
    let mut server = serve_with(probe.clone(), |builder| builder.max_connections(1));
    let mut first = server.connect();
    first.send(get("/wait"));
    wait_until("entered", || probe.entered() == 1);
    // These wait in the kernel's queue; nobody has accepted them.
    let mut queued = Vec::new();
    for _ in 0..20 {
        let mut client = server.connect();
        client.send(get("/ignore"));
        queued.push(client);
    }
    server.handle().shutdown();
    for client in &mut queued {
        let text = client.read_to_end();
        assert_eq!(statuses(&text), [200], "{text:?}");
    }
    drop(queued);
    probe.open(1);
    assert_eq!(statuses(&first.read_to_end()), [200]);
    drop(first);
    server.join();
}

#[test]
fn a_pipelining_client_gets_its_answers_up_to_close() {
    let mut server = serve(Probe::default());
    let address = server.address();
    let client = thread::spawn(move || {
        let mut client = rustzeug_tests::raw::Raw::connect(address);
        loop {
            if !client.try_send(get("/ignore").repeat(50)) {
                return Err("the server closed without a word");
            }
            for _ in 0..50 {
                let response = client.read_response();
                if response.field("connection") == Some("close") {
                    return match client.read_to_its_end() {
                        (rest, End::Closed) if rest.is_empty() => Ok(()),
                        _ => Err("more came"),
                    };
                }
            }
        }
    });
    thread::sleep(Duration::from_millis(50));
    server.handle().shutdown();
    assert_eq!(client.join().expect("the client ends"), Ok(()));
    server.join();
}

#[test]
fn what_does_not_end_in_time_is_dropped() {
    let probe = Probe::default();
    let mut server = serve_with(probe.clone(), |builder| {
        builder.shutdown_timeout(Duration::from_millis(200))
    });
    let mut client = server.connect();
    client.send(get("/wait"));
    wait_until("entered", || probe.entered() == 1);
    server.handle().shutdown();
    assert_eq!(client.read_to_its_end().0, "");
    server.join();
    assert_eq!(probe.dropped(), 1);
}

#[test]
fn a_second_call_ends_at_once() {
    let probe = Probe::default();
    let mut server = serve(probe.clone());
    let mut client = server.connect();
    client.send(get("/wait"));
    wait_until("entered", || probe.entered() == 1);
    server.handle().shutdown();
    server.handle().shutdown();
    server.join();
    assert_eq!(client.read_to_its_end().0, "");
    assert_eq!(probe.dropped(), 1);
}

#[test]
fn several_workers_end_together() {
    let probe = Probe::default();
    let mut server = serve_with(probe.clone(), |builder| builder.workers(3));
    let mut clients = Vec::new();
    for _ in 0..12 {
        let mut client = server.connect();
        client.send(get("/wait"));
        clients.push(client);
    }
    wait_until("entered", || probe.entered() == 12);
    server.handle().shutdown();
    probe.open(12);
    for client in &mut clients {
        assert_eq!(statuses(&client.read_to_end()), [200]);
    }
    drop(clients);
    server.join();
}

#[test]
fn a_server_that_is_dropped_is_gone() {
    let probe = Probe::default();
    let server = rustzeug::Server::builder().workers(2).handle_signals(false);
    let server = server.bind("127.0.0.1:0").expect("a free port");
    let address = server.local_addr().expect("an address");
    let app = probe.clone();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    let mut client = rustzeug_tests::raw::Raw::connect(address);
    client.send(get("/wait"));
    runtime.block_on(async {
        let entered = async {
            while probe.entered() == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            _ended = server.serve(app) => unreachable!("nobody ends it"),
            () = entered => {}
        }
    });
    assert_eq!(client.read_to_its_end().0, "");
    wait_until("refused", || std::net::TcpStream::connect(address).is_err());
    wait_until("dropped", || probe.dropped() == 1);
}
