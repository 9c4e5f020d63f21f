//! HTTP/1.1 heads and bodies.

use rustzeug::protocol::h1::ChunkedDecoder;
use rustzeug::protocol::h1::Connection;
use rustzeug::protocol::h1::Head;
use rustzeug::protocol::h1::Limits;

use super::cut;

/// A head cut anywhere is read like a whole one, and what was read holds together.
pub(super) fn h1_head(data: &[u8]) {
    let (input, [front, _]) = cut(data);
    let limits = Limits::default();
    let mut whole = Head::new();
    let want = whole.read(input, &limits);
    if let Ok(Some(length)) = want {
        assert!(length <= input.len());
        assert!(input[..length].ends_with(b"\r\n\r\n"));
        assert!(whole.path().starts_with('/') || whole.path() == "*");
        for (name, value) in whole.iter() {
            assert!(!name.is_empty());
            assert!(!value.iter().any(|b| matches!(b, b'\r' | b'\n' | 0)));
        }
    }
    let mut connection = Connection::new();
    let mut head = Head::new();
    match connection.read_head(front, &mut head, &limits) {
        Ok(None) => {}
        // A connection refuses a line that is not at its end yet.
        Err(_) if matches!(want, Ok(None)) => return,
        first => {
            assert_eq!(first.map_err(|r| r.status()), want.map_err(|r| r.status()));
            return;
        }
    }
    match connection.read_head(input, &mut head, &limits) {
        // A connection may wait with its judgement for the end of the line.
        Ok(None) => assert!(!matches!(want, Ok(Some(_)))),
        Err(_) if matches!(want, Ok(None)) => {}
        second => assert_eq!(second.map_err(|r| r.status()), want.map_err(|r| r.status())),
    }
}

/// Chunks cut anywhere decode like whole ones.
pub(super) fn h1_body(data: &[u8]) {
    let (input, halves) = cut(data);
    let room = input.first().map_or(1, |byte| usize::from(*byte) + 1);
    let whole = decode([input, b""], usize::MAX);
    assert_eq!(whole, decode(halves, usize::MAX));
    assert_eq!(whole, decode(halves, room));
}

/// The data, the trailers and how much was used, or the status of the refusal.
type Outcome = Result<(Vec<u8>, Option<Vec<u8>>, usize), u16>;

fn decode(pieces: [&[u8]; 2], room: usize) -> Outcome {
    let limits = Limits::default();
    let mut decoder = ChunkedDecoder::new();
    let mut out = Vec::new();
    let mut used = 0;
    for mut piece in pieces {
        while !piece.is_empty() && !decoder.is_done() {
            let n = decoder
                .decode(piece, &mut out, room, &limits)
                .map_err(|r| r.status())?;
            assert!(n > 0, "neither progress nor a refusal");
            used += n;
            piece = &piece[n..];
        }
    }
    let trailers = decoder.is_done().then(|| decoder.take_trailers());
    Ok((out, trailers, used))
}
