//! The codecs, with one face.

use std::io;
use std::io::Write;

use super::Coding;
use super::Effort;

/// A codec that writes into memory, from where the output is taken piece by piece.
pub(super) enum Encoder {
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    Gzip(flate2::write::GzEncoder<Vec<u8>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Encoder {
    pub(super) fn new(coding: Coding, effort: Effort) -> io::Result<Self> {
        Ok(match coding {
            Coding::Brotli => Self::Brotli(Box::new(brotli::CompressorWriter::new(
                Vec::new(),
                BUFFER,
                effort.of(1, 4, 9),
                WINDOW,
            ))),
            Coding::Gzip => {
                let level = flate2::Compression::new(effort.of(1, 6, 9));
                Self::Gzip(flate2::write::GzEncoder::new(Vec::new(), level))
            }
            Coding::Zstd => {
                let level = effort.of(1, 3, 12).cast_signed();
                let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), level)?;
                encoder.window_log(WINDOW)?;
                Self::Zstd(encoder)
            }
        })
    }

    /// All of it at once.
    pub(super) fn whole(coding: Coding, effort: Effort, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut encoder = Self::new(coding, effort)?;
        encoder.write(bytes)?;
        encoder.finish()
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Brotli(encoder) => encoder.write_all(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes),
            Self::Zstd(encoder) => encoder.write_all(bytes),
        }
    }

    /// Makes all that was written readable at the other end.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Brotli(encoder) => encoder.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }

    /// Takes what came out so far.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(match self {
            Self::Brotli(encoder) => encoder.get_mut(),
            Self::Gzip(encoder) => encoder.get_mut(),
            Self::Zstd(encoder) => encoder.get_mut(),
        })
    }

    /// How much came out and was not taken.
    pub(super) fn ready(&self) -> usize {
        match self {
            Self::Brotli(encoder) => encoder.get_ref().len(),
            Self::Gzip(encoder) => encoder.get_ref().len(),
            Self::Zstd(encoder) => encoder.get_ref().len(),
        }
    }

    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Brotli(encoder) => Ok(encoder.into_inner()),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl Effort {
    fn of(self, fast: u32, balanced: u32, small: u32) -> u32 {
        match self {
            Self::Fast => fast,
            Self::Balanced => balanced,
            Self::Small => small,
        }
    }
}

/// Bytes that brotli gathers before it gives them on.
const BUFFER: usize = 4 * 1024;

/// Codecs look back a mebibyte: more would cost each connection several of them.
const WINDOW: u32 = 20;
