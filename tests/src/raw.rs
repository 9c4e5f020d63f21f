//! A client that knows no HTTP: it writes bytes and shows what came back.
#![allow(clippy::panic, reason = "a test that cannot go on")]

use std::io::ErrorKind;
use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::net::SocketAddr;
use std::net::TcpStream;
use std::time::Duration;

/// A connection as bytes.
#[derive(Debug)]
pub struct Raw {
    stream: TcpStream,
    /// Received and not yet given to the test.
    buffer: Vec<u8>,
}

/// One response: its head as text and its body as it was on the wire, chunks included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawResponse {
    /// From the status line to the last field, lines separated by `\r\n`; the date is `DATE`.
    pub head: String,
    /// What followed the head, chunks joined.
    pub body: Vec<u8>,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// In order.
    Closed,
    /// By a reset.
    Reset,
}

impl Raw {
    /// Connects.
    ///
    /// # Panics
    ///
    /// When that fails, as everything here: it is for tests.
    #[must_use]
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server accepts");
        let patience = Some(Duration::from_secs(20));
        stream.set_read_timeout(patience).expect("a timeout");
        stream.set_write_timeout(patience).expect("a timeout");
        stream.set_nodelay(true).expect("an option");
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// Sends bytes.
    ///
    /// # Panics
    ///
    /// When the server does not take them.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.stream
            .write_all(bytes.as_ref())
            .expect("the server takes bytes");
        self
    }

    /// Sends bytes; says whether the server took them.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Sends a byte at a time, each in a segment of its own.
    ///
    /// # Panics
    ///
    /// When the server does not take them.
    pub fn drip(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        for byte in bytes.as_ref() {
            self.send([*byte]);
        }
        self
    }

    /// Says that nothing more will be sent.
    ///
    /// # Panics
    ///
    /// When the connection is gone.
    pub fn finish(&mut self) -> &mut Self {
        self.stream.shutdown(Shutdown::Write).expect("a half-close");
        self
    }

    /// The socket, for what this does not offer.
    #[must_use]
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Reads until the server closes in order; the date is `DATE`.
    ///
    /// # Panics
    ///
    /// When it resets the connection instead.
    #[must_use]
    pub fn read_to_end(&mut self) -> String {
        let (text, end) = self.read_to_its_end();
        assert_eq!(end, End::Closed, "after {text:?}");
        text
    }

    /// Reads until the server closes, and says how it did.
    ///
    /// # Panics
    ///
    /// When it does not close.
    #[must_use]
    pub fn read_to_its_end(&mut self) -> (String, End) {
        let end = loop {
            match self.receive() {
                Ok(0) => break End::Closed,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => break End::Reset,
                Err(error) => panic!("not closed ({error}) after {:?}", self.text()),
            }
        };
        let text = without_date(&self.text());
        self.buffer.clear();
        (text, end)
    }

    /// Reads up to and including some text; gives all that came before.
    ///
    /// # Panics
    ///
    /// When the connection ends first.
    pub fn read_until(&mut self, end: &str) -> String {
        loop {
            if let Some(at) = find(&self.buffer, end.as_bytes()) {
                let rest = self.buffer.split_off(at + end.len());
                let text = without_date(&self.text());
                self.buffer = rest;
                return text;
            }
            match self.receive() {
                Ok(0) => panic!("closed before {end:?}, after {:?}", self.text()),
                Ok(_) => {}
                Err(error) => panic!("{error} before {end:?}, after {:?}", self.text()),
            }
        }
    }

    /// Reads and forgets up to so many bytes; `None` where the connection ended.
    pub fn try_read(&mut self, most: usize) -> Option<usize> {
        match self.stream.read(&mut vec![0; most]) {
            Ok(0) | Err(_) => None,
            Ok(n) => Some(n),
        }
    }

    /// Reads exactly so many bytes.
    ///
    /// # Panics
    ///
    /// When the connection ends first.
    pub fn read_exact(&mut self, n: usize) -> Vec<u8> {
        while self.buffer.len() < n {
            match self.receive() {
                Ok(0) => panic!("closed after {:?}", self.text()),
                Ok(_) => {}
                Err(error) => panic!("{error} after {:?}", self.text()),
            }
        }
        let rest = self.buffer.split_off(n);
        std::mem::replace(&mut self.buffer, rest)
    }

    /// Reads a head without a body: the answer to HEAD, or an interim one.
    pub fn read_head(&mut self) -> String {
        let head = self.read_until("\r\n\r\n");
        head.trim_end().to_owned()
    }

    /// Reads one response as its head frames it.
    ///
    /// # Panics
    ///
    /// When it is cut off, or framed by the end of the connection.
    pub fn read_response(&mut self) -> RawResponse {
        let head = self.read_head();
        let body = if let Some(length) = field(&head, "content-length") {
            self.read_exact(length.parse().expect("a length"))
        } else if field(&head, "transfer-encoding").is_some() {
            self.read_chunks()
        } else {
            Vec::new()
        };
        RawResponse { head, body }
    }

    fn read_chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let line = self.read_until("\r\n");
            let size = usize::from_str_radix(line.trim_end(), 16).expect("a chunk size");
            body.extend(self.read_exact(size));
            assert_eq!(self.read_exact(2), b"\r\n", "the end of a chunk");
            if size == 0 {
                return body;
            }
        }
    }

    fn receive(&mut self) -> std::io::Result<usize> {
        let mut block = [0; 64 * 1024];
        loop {
            match self.stream.read(&mut block) {
                Ok(n) => {
                    self.buffer.extend_from_slice(&block[..n]);
                    return Ok(n);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.buffer).into_owned()
    }
}

impl RawResponse {
    /// The status code.
    ///
    /// # Panics
    ///
    /// Without one.
    #[must_use]
    pub fn status(&self) -> u16 {
        status(&self.head)
    }

    /// The first field of a name in lower case.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        field(&self.head, name)
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The status code of a head.
///
/// # Panics
///
/// Without one.
#[must_use]
pub fn status(head: &str) -> u16 {
    let code = head.get(9..12).and_then(|code| code.parse().ok());
    code.unwrap_or_else(|| panic!("no status in {head:?}"))
}

/// The first field of a name in lower case, of a head.
#[must_use]
pub fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The status codes of the heads in a text, in order.
#[must_use]
pub fn statuses(text: &str) -> Vec<u16> {
    let heads = text.match_indices("HTTP/1.1 ");
    heads
        .filter_map(|(at, _)| text.get(at + 9..at + 12)?.parse().ok())
        .collect()
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// Dates change; everything else is compared to the byte.
fn without_date(text: &str) -> String {
    let mut parts = text.split("\r\ndate: ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("\r\ndate: DATE");
        out.push_str(part.get(29..).unwrap_or_default());
    }
    out
}
