//! A body that is packed while it is sent.

use std::io;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;

use bytes::Bytes;
use futures_core::Stream;

use super::Coding;
use super::Effort;
use super::encoder::Encoder;
use crate::body::Body;
use crate::body::BodyError;
use crate::body::FileSlice;
use crate::body::Kind;

/// A body on its way through a codec.
///
/// Whenever the source has nothing more to give for the moment, what was given so far is made
/// readable for the client: an event must not wait for the next one.
pub(super) struct Packed {
    source: Source,
    /// A piece of the source that was not written yet.
    rest: Bytes,
    /// `None` when the end was sent.
    encoder: Option<Encoder>,
    /// Whether something was written that the client cannot read yet.
    is_unflushed: bool,
}

enum Source {
    Memory(Bytes),
    File { file: FileSlice, position: u64 },
    Stream(Body),
}

impl Packed {
    pub(super) fn new(body: Body, coding: Coding, effort: Effort) -> io::Result<Self> {
        let source = match body.into_kind() {
            Kind::Empty => Source::Memory(Bytes::new()),
            Kind::Static(bytes) => Source::Memory(Bytes::from_static(bytes)),
            Kind::Bytes(bytes) => Source::Memory(bytes),
            Kind::Vec(bytes) => Source::Memory(bytes.into()),
            Kind::File(file) => Source::File { file, position: 0 },
            Kind::Stream(stream) => Source::Stream(Body::from_stream(stream)),
        };
        Ok(Self {
            source,
            rest: Bytes::new(),
            encoder: Some(Encoder::new(coding, effort)?),
            is_unflushed: false,
        })
    }

    fn poll_source(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        if !self.rest.is_empty() {
            return Poll::Ready(Some(Ok(split(&mut self.rest))));
        }
        match &mut self.source {
            Source::Memory(bytes) if bytes.is_empty() => Poll::Ready(None),
            Source::Memory(bytes) => Poll::Ready(Some(Ok(split(bytes)))),
            Source::File { file, position } => {
                if *position == file.len() {
                    return Poll::Ready(None);
                }
                // A block from the page cache is not worth a trip to another thread.
                let mut block = vec![0; BLOCK];
                Poll::Ready(Some(match file.read_at(&mut block, *position) {
                    Ok(n) => {
                        *position += n as u64;
                        block.truncate(n);
                        Ok(block.into())
                    }
                    Err(error) => Err(BodyError::other(error)),
                }))
            }
            Source::Stream(body) => {
                let piece = std::task::ready!(body.poll_piece(cx));
                Poll::Ready(piece.map(|piece| {
                    self.rest = piece?;
                    Ok(split(&mut self.rest))
                }))
            }
        }
    }

    fn poll_packed(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let mut taken = 0;
        loop {
            let polled = self.poll_source(cx);
            let Some(encoder) = &mut self.encoder else {
                return Poll::Ready(None);
            };
            match polled {
                Poll::Ready(Some(Ok(piece))) => {
                    encoder.write(&piece)?;
                    self.is_unflushed = true;
                    taken += piece.len();
                    if encoder.ready() >= ENOUGH {
                        return Poll::Ready(Some(Ok(encoder.take().into())));
                    }
                    if taken >= AT_ONCE {
                        // Other connections want their turn, too.
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(Some(Err(io::Error::other(error))));
                }
                Poll::Ready(None) => {
                    let last = self.encoder.take().map(Encoder::finish).transpose()?;
                    let last = last.filter(|last| !last.is_empty());
                    return Poll::Ready(last.map(|last| Ok(last.into())));
                }
                Poll::Pending => {
                    if std::mem::take(&mut self.is_unflushed) {
                        encoder.flush()?;
                    }
                    if encoder.ready() > 0 {
                        return Poll::Ready(Some(Ok(encoder.take().into())));
                    }
                    return Poll::Pending;
                }
            }
        }
    }
}

impl Stream for Packed {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.encoder.is_none() {
            return Poll::Ready(None);
        }
        let polled = this.poll_packed(cx);
        if let Poll::Ready(Some(Err(_))) = polled {
            this.encoder = None;
        }
        polled
    }
}

/// Takes a piece that a codec is done with in a moment.
fn split(bytes: &mut Bytes) -> Bytes {
    bytes.split_to(bytes.len().min(BLOCK))
}

/// Bytes given to a codec at a time.
const BLOCK: usize = 32 * 1024;

/// Output that is worth a chunk of its own.
const ENOUGH: usize = 8 * 1024;

/// Input after which others have a turn, where it packs so well that nothing comes out.
const AT_ONCE: usize = 256 * 1024;
