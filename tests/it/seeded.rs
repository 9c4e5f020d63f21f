use std::net::TcpStream;

use rustzeug_tests::raw::Raw;
use rustzeug_tests::raw::statuses;
use rustzeug_tests::server::serve;

use crate::probe::Probe;

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n as u64).expect("smaller than n")
    }
}

/// A valid request and the statuses that answer it; `100` where the client has to be told.
fn request(random: &mut Random) -> (String, Vec<u16>) {
    let n = [0, 1, 5, 100, 20_000][random.below(5)];
    let data = "d".repeat(n);
    match random.below(8) {
        0 => (
            "GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            vec![200],
        ),
        1 => (
            "HEAD /ignore HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            vec![200],
        ),
        2 => (
            "GET /panic HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            vec![500],
        ),
        3 => (
            "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            vec![200],
        ),
        4 => (
            "\r\nGET /no-content HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            vec![204],
        ),
        5 => {
            let head = format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {n}\r\n\r\n");
            (head + &data, vec![200])
        }
        6 => {
            let head = format!("POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: {n}\r\n\r\n");
            (head + &data, vec![200])
        }
        _ => {
            let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
            let chunk = if n == 0 {
                String::new()
            } else {
                format!("{n:x}\r\n{data}\r\n")
            };
            (format!("{head}{chunk}0\r\n\r\n"), vec![200])
        }
    }
}

/// Valid requests in pieces of any size: each is answered, in order.
#[test]
fn any_pieces_of_any_requests_are_answered() {
    let server = serve(Probe::default());
    let mut random = Random(1);
    for round in 0..150 {
        let mut wire = String::new();
        let mut want = Vec::new();
        for _ in 0..=random.below(6) {
            let (text, statuses) = request(&mut random);
            wire.push_str(&text);
            want.extend(statuses);
        }
        let mut client = server.connect();
        let mut rest = wire.as_bytes();
        while !rest.is_empty() {
            let most = [3, 40, 1_000, 70_000][random.below(4)];
            let (piece, after) = rest.split_at(rest.len().min(random.below(most) + 1));
            client.send(piece);
            rest = after;
        }
        let text = client.finish().read_to_end();
        assert_eq!(statuses(&text), want, "round {round}: {wire:?}");
    }
}

/// Broken requests: whatever comes, the server answers the next client.
#[test]
fn no_nonsense_harms_the_server() {
    let server = serve(Probe::default());
    let mut random = Random(2);
    for round in 0..400 {
        let (text, _) = request(&mut random);
        let mut wire = text.into_bytes();
        for _ in 0..=random.below(4) {
            if wire.is_empty() {
                break;
            }
            let at = random.below(wire.len());
            match random.below(4) {
                0 => wire[at] = u8::try_from(random.below(256)).expect("a byte"),
                1 => drop(wire.remove(at)),
                2 => wire.truncate(at + 1),
                _ => wire.insert(at, b"\r\n \t:;,\0\x7f0"[random.below(10)]),
            }
        }
        let mut client = Raw::connect(server.address());
        client.try_send(&wire);
        if random.below(4) == 0 {
            // Gone without a word.
            continue;
        }
        if TcpStream::shutdown(client.stream(), std::net::Shutdown::Write).is_ok() {
            let text = client.read_to_its_end().0;
            let known = [200, 204, 400, 404, 408, 413, 414, 417, 431, 500, 501, 505];
            for status in statuses(&text) {
                assert!(
                    known.contains(&status),
                    "round {round}: {status} to {wire:?}"
                );
            }
        }
    }
    assert_eq!(
        statuses(&server.raw("GET /ignore HTTP/1.1\r\nHost: a\r\n\r\n")),
        [200]
    );
}
