//! Chunks cut anywhere decode like whole ones.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use rustzeug::protocol::h1::ChunkedDecoder;
use rustzeug::protocol::h1::Limits;

/// The data, the trailers and how much was used, or the status of the refusal.
type Outcome = Result<(BytesMut, Option<Vec<u8>>, usize), u16>;

fn decode(pieces: [&[u8]; 2], room: usize) -> Outcome {
    let limits = Limits::default();
    let mut decoder = ChunkedDecoder::new();
    let mut out = BytesMut::new();
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

fuzz_target!(|data: (u16, u8, &[u8])| {
    let (cut, room, input) = data;
    let (front, back) = input.split_at(usize::from(cut).min(input.len()));
    let whole = decode([input, b""], usize::MAX);
    assert_eq!(whole, decode([front, back], usize::MAX));
    assert_eq!(whole, decode([front, back], usize::from(room) + 1));
});
