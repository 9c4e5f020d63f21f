//! Sends a response body that does not fit the output buffer.

use std::io;
use std::io::IoSlice;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use bytes::Bytes;

use super::Transport;
use crate::body::Body;
use crate::body::FileSlice;
use crate::body::Kind;
use crate::protocol::h1::Outgoing;
use crate::protocol::h1::encode_chunk_end;
use crate::protocol::h1::encode_chunk_head;
use crate::protocol::h1::encode_last_chunk;

/// A response body on its way out.
#[derive(Debug)]
pub(super) struct Writer {
    source: Source,
    framing: Outgoing,
    /// Bytes sent so far; for [`Outgoing::Length`], they must come to the announced length.
    sent: u64,
}

#[derive(Debug)]
enum Source {
    Bytes {
        bytes: Bytes,
        position: usize,
    },
    File {
        file: FileSlice,
        position: u64,
        can_send: bool,
    },
    Stream(Body),
}

/// Why a body could not be sent to its end.
#[derive(Debug)]
pub(super) enum WriteError {
    /// The socket failed: the client is gone.
    Socket,
    /// The application's stream or file failed; said in the log.
    Source(crate::body::BodyError),
}

/// What one step did.
pub(super) enum Step {
    /// All is sent or in the output buffer.
    Finished,
    /// More steps are needed.
    Again,
}

impl Writer {
    /// A writer for what is not in memory, or too large to be copied.
    pub(super) fn new(body: Body, framing: Outgoing) -> Self {
        let source = match body.into_kind() {
            Kind::Empty => Source::Bytes {
                bytes: Bytes::new(),
                position: 0,
            },
            Kind::Static(bytes) => Source::Bytes {
                bytes: Bytes::from_static(bytes),
                position: 0,
            },
            Kind::Bytes(bytes) => Source::Bytes { bytes, position: 0 },
            Kind::Vec(bytes) => Source::Bytes {
                bytes: bytes.into(),
                position: 0,
            },
            Kind::File(file) => Source::File {
                file,
                position: 0,
                can_send: true,
            },
            Kind::Stream(stream) => Source::Stream(Body::from_stream(stream)),
        };
        Self {
            source,
            framing,
            sent: 0,
        }
    }

    /// How many bytes of the body are on their way so far.
    pub(super) fn moved(&self) -> u64 {
        match &self.source {
            Source::Bytes { position, .. } => *position as u64,
            Source::File { position, .. } => *position,
            Source::Stream(_) => self.sent,
        }
    }

    /// Whether it waits for the application, not for the client.
    pub(super) fn waits_for_source(&self) -> bool {
        matches!(self.source, Source::Stream(_))
    }

    /// Whether the end of the connection is the end of the body, so that a cut looks like an end.
    pub(super) fn ends_by_close(&self) -> bool {
        self.framing == Outgoing::UntilClose
    }

    /// Goes on. `output` holds what was encoded before; its first `written` bytes are sent.
    pub(super) fn poll_step<I: Transport>(
        &mut self,
        io: &mut I,
        output: &mut Vec<u8>,
        written: &mut usize,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Step, WriteError>> {
        match &mut self.source {
            Source::Bytes { bytes, position } => {
                let rest = bytes.get(*position..).unwrap_or_default();
                if rest.is_empty() {
                    return Poll::Ready(Ok(Step::Finished));
                }
                let head = output.get(*written..).unwrap_or_default();
                let slices = [IoSlice::new(head), IoSlice::new(rest)];
                let slices = if head.is_empty() {
                    &slices[1..]
                } else {
                    &slices[..]
                };
                let n = ready!(poll_write_slices(io, cx, slices)).map_err(socket)?;
                let of_head = n.min(head.len());
                *written += of_head;
                *position += n - of_head;
                if *written == output.len() {
                    output.clear();
                    *written = 0;
                }
                Poll::Ready(Ok(Step::Again))
            }
            Source::File { .. } => self.poll_file(io, output, written, cx),
            Source::Stream(_) => self.poll_stream(io, output, written, cx),
        }
    }

    fn poll_file<I: Transport>(
        &mut self,
        io: &mut I,
        output: &mut Vec<u8>,
        written: &mut usize,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Step, WriteError>> {
        // The head goes first; the kernel sends both in one segment where it can.
        ready!(poll_flush(io, output, written, cx)).map_err(socket)?;
        let Source::File {
            file,
            position,
            can_send,
        } = &mut self.source
        else {
            return Poll::Ready(Ok(Step::Finished));
        };
        if *position == file.length {
            return Poll::Ready(Ok(Step::Finished));
        }
        if *can_send {
            match ready!(io.poll_send_file(cx, file, *position)).map_err(socket)? {
                Some(0) => return Poll::Ready(Err(cut_file())),
                Some(n) => {
                    *position += n as u64;
                    return Poll::Ready(Ok(Step::Again));
                }
                None => *can_send = false,
            }
        }
        let start = output.len();
        output.resize(start + FILE_BLOCK, 0);
        let room = output.get_mut(start..).unwrap_or_default();
        let n = match file.read_at(room, *position) {
            Ok(n) => n,
            Err(error) => return Poll::Ready(Err(file_error(error))),
        };
        output.truncate(start + n);
        *position += n as u64;
        Poll::Ready(Ok(Step::Again))
    }

    fn poll_stream<I: Transport>(
        &mut self,
        io: &mut I,
        output: &mut Vec<u8>,
        written: &mut usize,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Step, WriteError>> {
        // Back-pressure: the next piece is asked for when the last one is mostly gone.
        if output.len() - *written >= STREAM_AHEAD {
            ready!(poll_flush(io, output, written, cx)).map_err(socket)?;
        }
        let Source::Stream(body) = &mut self.source else {
            return Poll::Ready(Ok(Step::Finished));
        };
        // A stream that panics must not pass for one that ended.
        let polled = panic::catch_unwind(AssertUnwindSafe(|| body.poll_piece(cx)));
        let piece = match polled {
            Err(_) => Some(Err(crate::body::BodyError::other("the stream panicked"))),
            Ok(Poll::Ready(piece)) => piece,
            Ok(Poll::Pending) => {
                // What is there goes out while the producer thinks.
                ready!(poll_flush(io, output, written, cx)).map_err(socket)?;
                return Poll::Pending;
            }
        };
        match piece {
            Some(Ok(bytes)) => {
                self.encode_piece(&bytes, output)?;
                Poll::Ready(Ok(Step::Again))
            }
            Some(Err(error)) => Poll::Ready(Err(WriteError::Source(error))),
            None => Poll::Ready(self.encode_end(output).map(|()| Step::Finished)),
        }
    }

    fn encode_piece(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Result<(), WriteError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.sent += bytes.len() as u64;
        match self.framing {
            Outgoing::Chunked => {
                encode_chunk_head(output, bytes.len());
                output.extend_from_slice(bytes);
                encode_chunk_end(output);
            }
            Outgoing::Length(length) if self.sent > length => {
                return Err(WriteError::Source(crate::body::BodyError::other(
                    "the stream gave more bytes than its announced length",
                )));
            }
            _ => output.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn encode_end(&self, output: &mut Vec<u8>) -> Result<(), WriteError> {
        match self.framing {
            Outgoing::Chunked => encode_last_chunk(output),
            Outgoing::Length(length) if self.sent < length => {
                return Err(WriteError::Source(crate::body::BodyError::other(
                    "the stream gave fewer bytes than its announced length",
                )));
            }
            _ => {}
        }
        Ok(())
    }
}

fn socket(_: io::Error) -> WriteError {
    WriteError::Socket
}

fn file_error(error: io::Error) -> WriteError {
    WriteError::Source(crate::body::BodyError::other(error))
}

fn cut_file() -> WriteError {
    file_error(io::ErrorKind::UnexpectedEof.into())
}

/// Writes all of `output`.
#[inline]
pub(super) fn poll_flush<I: Transport>(
    io: &mut I,
    output: &mut Vec<u8>,
    written: &mut usize,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    while *written < output.len() {
        let rest = output.get(*written..).unwrap_or_default();
        let n = ready!(Pin::new(&mut *io).poll_write(cx, rest))?;
        if n == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        *written += n;
    }
    output.clear();
    *written = 0;
    Poll::Ready(Ok(()))
}

fn poll_write_slices<I: Transport>(
    io: &mut I,
    cx: &mut Context<'_>,
    slices: &[IoSlice<'_>],
) -> Poll<io::Result<usize>> {
    let n = match slices {
        [one] => ready!(Pin::new(io).poll_write(cx, one))?,
        many => ready!(Pin::new(io).poll_write_vectored(cx, many))?,
    };
    if n == 0 {
        return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
    }
    Poll::Ready(Ok(n))
}

/// Bytes read from a file at a time, where the kernel cannot send it by itself.
const FILE_BLOCK: usize = 64 * 1024;

/// Bytes of a stream gathered before they must go out.
const STREAM_AHEAD: usize = 16 * 1024;
