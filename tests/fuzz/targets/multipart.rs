//! A form cut anywhere gives the same parts.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use rustzeug::protocol::multipart::Decoder;
use rustzeug::protocol::multipart::DecoderLimits;
use rustzeug::protocol::multipart::Event;

/// Every event in words, pieces of data joined.
fn decode(pieces: &[&[u8]]) -> Vec<String> {
    let mut told = Vec::new();
    let mut data = Vec::new();
    let Ok(mut decoder) = Decoder::new(b"b", DecoderLimits::default()) else {
        return told;
    };
    let mut pieces = pieces.iter();
    loop {
        match decoder.next_event() {
            Ok(Event::NeedData) => match pieces.next() {
                Some(piece) => decoder.receive(Bytes::copy_from_slice(piece)),
                None => decoder.finish(),
            },
            Ok(Event::Data { data: piece, more }) => {
                data.extend_from_slice(&piece);
                if !more {
                    told.push(format!("{data:?}"));
                    data.clear();
                }
            }
            Ok(Event::Epilogue(text)) => {
                told.push(format!("{text:?}"));
                return told;
            }
            Ok(event) => told.push(format!("{event:?}")),
            Err(error) => {
                told.push(format!("{error}"));
                return told;
            }
        }
    }
}

fuzz_target!(|data: (u16, &[u8])| {
    let (cut, input) = data;
    let (front, back) = input.split_at(usize::from(cut).min(input.len()));
    assert_eq!(decode(&[input]), decode(&[front, back]));
});
