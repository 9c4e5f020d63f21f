//! A head cut anywhere is read like a whole one, and what was read holds together.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rustzeug::protocol::h1::Connection;
use rustzeug::protocol::h1::Head;
use rustzeug::protocol::h1::Limits;

fuzz_target!(|data: (u16, &[u8])| {
    let (cut, input) = data;
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
    let cut = usize::from(cut).min(input.len());
    let mut connection = Connection::new();
    let mut head = Head::new();
    match connection.read_head(&input[..cut], &mut head, &limits) {
        Ok(None) => {}
        first => {
            assert_eq!(first.map_err(|r| r.status()), want.map_err(|r| r.status()));
            return;
        }
    }
    match connection.read_head(input, &mut head, &limits) {
        // A connection may wait with its judgement for the end of the line.
        Ok(None) => assert!(!matches!(want, Ok(Some(_)))),
        second => assert_eq!(second.map_err(|r| r.status()), want.map_err(|r| r.status())),
    }
});
