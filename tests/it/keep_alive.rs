use rustzeug_tests::raw::End;
use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::serve;

use crate::probe::Probe;

/// A request by its version and its Connection field.
fn request(version: &str, connection: &str) -> String {
    let field = match connection {
        "" => String::new(),
        connection => format!("Connection: {connection}\r\n"),
    };
    format!("GET /ignore HTTP/{version}\r\nHost: a\r\n{field}\r\n")
}

#[test]
fn who_stays_and_what_is_said() {
    let server = serve(Probe::default());
    let cases = [
        ("1.1", "", None, true),
        ("1.1", "keep-alive", None, true),
        ("1.1", "close", Some("close"), false),
        ("1.1", "CLOSE", Some("close"), false),
        ("1.1", "keep-alive, close", Some("close"), false),
        ("1.1", "close, keep-alive", Some("close"), false),
        ("1.1", "x, ,close", Some("close"), false),
        ("1.1", "closed", None, true),
        ("1.0", "", Some("close"), false),
        ("1.0", "keep-alive", Some("keep-alive"), true),
        ("1.0", "Keep-Alive, close", Some("close"), false),
    ];
    for (version, connection, want, stays) in cases {
        let mut client = server.connect();
        client.send(request(version, connection));
        let response = client.read_response();
        assert_eq!(
            response.field("connection"),
            want,
            "{version} {connection:?}"
        );
        if stays {
            client.send(request("1.1", ""));
            assert_eq!(
                client.read_response().status(),
                200,
                "{version} {connection:?}"
            );
        } else {
            assert_eq!(client.read_to_end(), "", "{version} {connection:?}");
        }
    }
}

#[test]
fn nothing_is_answered_after_close() {
    let server = serve(Probe::default());
    let text = server.raw_open(format!("{}{}", request("1.1", "close"), request("1.1", "")));
    assert_eq!(statuses(&text), [200]);
    let text = server.raw_open(format!("{}{}", request("1.0", ""), request("1.1", "")));
    assert_eq!(statuses(&text), [200]);
}

#[test]
fn a_server_that_closes_lets_the_client_read_first() {
    let server = serve(Probe::default());
    for _ in 0..20 {
        let mut client = server.connect();
        client.send("GET /close HTTP/1.1\r\nHost: a\r\n\r\n");
        // The answer is there, but the client does not look and goes on: a socket that is closed
        // with bytes unread resets the connection.
        client.stream().peek(&mut [0]).expect("an answer");
        for _ in 0..5 {
            client.send(request("1.1", "").repeat(50));
        }
        let (text, end) = client.finish().read_to_its_end();
        assert_eq!(statuses(&text), [200]);
        assert!(text.ends_with("bye"), "{text:?}");
        assert_eq!(end, End::Closed);
    }
}

#[test]
fn a_client_that_says_close_and_sends_more_gets_the_whole_answer() {
    let server = serve(Probe::default());
    // More than the server reads at a time, and an answer that does not fit the socket.
    for n in [1, 500, 10_000] {
        let mut client = server.connect();
        client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        client.send(request("1.1", "").repeat(n));
        std::thread::sleep(std::time::Duration::from_millis(50));
        let (text, end) = client.finish().read_to_its_end();
        assert_eq!(statuses(&text), [200]);
        assert!(text.len() > 1024 * 1024, "{n}: {}", text.len());
        assert_eq!(end, End::Closed, "{n}");
    }
}

#[test]
fn many_requests_on_one_connection() {
    let server = serve(Probe::default());
    let mut client = server.connect();
    for _ in 0..500 {
        client.send(request("1.1", ""));
        assert_eq!(client.read_response().text(), "ignored");
    }
}

/// Eight connections to two workers: each serves four, whoever was first to accept them.
#[test]
fn connections_are_shared_out_among_the_workers() {
    let app = rustzeug_tests::server::app(|_| {
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        rustzeug::Reply::Ready(rustzeug::Response::new(name))
    });
    let server = rustzeug_tests::server::serve_with(app, |builder| builder.workers(2));
    let mut clients = Vec::new();
    let mut counts = [0, 0];
    for _ in 0..8 {
        let mut client = server.connect();
        client.send(request("1.1", ""));
        match client.read_response().text().as_str() {
            "rustzeug-0" => counts[0] += 1,
            "rustzeug-1" => counts[1] += 1,
            name => unreachable!("{name}"),
        }
        clients.push(client);
    }
    assert!(counts.iter().all(|n| (3..=5).contains(n)), "{counts:?}");
    // A connection stays with its worker.
    let again = clients.iter_mut().map(|client| {
        client.send(request("1.1", ""));
        usize::from(client.read_response().text() == "rustzeug-1")
    });
    assert_eq!(again.sum::<usize>(), counts[1]);
}
