//! Puts a multipart form together while it arrives.

use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::task::ready;

use bytes::Bytes;
use futures_core::Stream;

use super::FileStorage;
use super::FormData;
use super::FormError;
use crate::body::BodyError;
use crate::body::Spool;
use crate::datastructures::Headers;
use crate::grammar::media_type;
use crate::grammar::options::parse_options_header;
use crate::protocol::multipart::Decoder;
use crate::protocol::multipart::DecoderLimits;
use crate::protocol::multipart::Event;
use crate::protocol::multipart::MultipartError;
use crate::request::RequestLimits;

/// Puts a multipart form together while it arrives: fields in memory, files in memory while they
/// are small and on disk when they are not.
#[derive(Debug)]
pub(in crate::request) struct Collector {
    /// Or why there can be none.
    decoder: Result<Decoder, MultipartError>,
    form: FormData,
    part: Option<Part>,
    spool: Spool,
    max_field: Option<u64>,
}

/// The part that is being read.
#[derive(Debug)]
enum Part {
    Field {
        name: String,
        charset: Charset,
        value: Vec<u8>,
    },
    File {
        name: String,
        filename: String,
        headers: Headers,
        /// All of it was given to the spool.
        whole: bool,
    },
}

/// The charsets that a part may name; every other counts as UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Charset {
    Ascii,
    Latin1,
    Utf8,
}

impl Collector {
    /// Whether a Content-Type is a multipart form.
    pub(in crate::request) fn is_for(content_type: &str) -> bool {
        media_type::is_of(content_type, "multipart/form-data")
    }

    pub(in crate::request) fn new(content_type: &str, limits: &RequestLimits) -> Self {
        Self {
            decoder: decoder(content_type, limits),
            form: FormData::default(),
            part: None,
            spool: Spool::new(SPOOL_THRESHOLD, SPOOL_ROOM),
            max_field: limits.max_form_memory_size,
        }
    }

    /// Goes on until the form is whole.
    pub(super) fn poll<S>(
        &mut self,
        body: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<Result<FormData, FormError>>
    where
        S: Stream<Item = Result<Bytes, BodyError>> + Unpin,
    {
        loop {
            // What was given to the disk must be there before more is read: that is what keeps
            // memory bounded.
            ready!(self.poll_part(cx))?;
            let decoder = self.decoder.as_mut().map_err(|error| *error)?;
            match decoder.next_event()? {
                Event::NeedData => match ready!(Pin::new(&mut *body).poll_next(cx)) {
                    Some(piece) => decoder.receive(piece?),
                    None => decoder.finish(),
                },
                Event::Field { name, headers } => {
                    self.part = Some(Part::Field {
                        name,
                        charset: Charset::of(&headers),
                        value: Vec::new(),
                    });
                }
                Event::File {
                    name,
                    filename,
                    headers,
                } => {
                    self.part = Some(Part::File {
                        name,
                        filename,
                        headers,
                        whole: false,
                    });
                }
                Event::Data { data, more } => self.data(&data, more)?,
                Event::Preamble(_) | Event::Epilogue(_) => {}
                Event::End => return Poll::Ready(Ok(std::mem::take(&mut self.form))),
            }
        }
    }

    fn data(&mut self, data: &[u8], more: bool) -> Result<(), FormError> {
        match &mut self.part {
            Some(Part::Field { value, .. }) => {
                value.extend_from_slice(data);
                if let Some(limit) = self.max_field.filter(|limit| value.len() as u64 > *limit) {
                    return Err(FormError::field_too_large(limit));
                }
                if !more
                    && let Some(Part::Field {
                        name,
                        charset,
                        value,
                    }) = self.part.take()
                {
                    self.form.fields.add(name, charset.decode(value));
                }
            }
            Some(Part::File { whole, .. }) => {
                self.spool.push(data);
                *whole = !more;
            }
            None => debug_assert!(false, "a decoder gives data of parts only"),
        }
        Ok(())
    }

    /// Waits for the disk; keeps a file that is whole.
    fn poll_part(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), FormError>> {
        let Some(Part::File { whole, .. }) = &self.part else {
            return Poll::Ready(Ok(()));
        };
        if !*whole {
            return self.spool.poll_ready(cx).map_err(FormError::from);
        }
        let content = ready!(self.spool.poll_finish(cx))?;
        if let Some(Part::File {
            name,
            filename,
            headers,
            ..
        }) = self.part.take()
        {
            let file = FileStorage::new(name.clone(), filename, headers, content);
            self.form.files.add(name, file);
        }
        Poll::Ready(Ok(()))
    }
}

/// The decoder for the boundary that a Content-Type names.
pub(super) fn decoder(
    content_type: &str,
    limits: &RequestLimits,
) -> Result<Decoder, MultipartError> {
    let (_, params) = parse_options_header(content_type);
    let boundary = params.get("boundary").unwrap_or_default();
    let limits = DecoderLimits {
        max_parts: limits.max_form_parts,
        ..DecoderLimits::default()
    };
    Decoder::new(boundary.as_bytes(), limits)
}

impl Charset {
    fn of(headers: &Headers) -> Self {
        let content_type = headers.get("content-type").unwrap_or_default();
        let (_, params) = parse_options_header(content_type);
        let charset = params.get("charset").unwrap_or_default();
        match charset.to_ascii_lowercase().as_str() {
            "ascii" | "us-ascii" => Self::Ascii,
            "iso-8859-1" => Self::Latin1,
            _ => Self::Utf8,
        }
    }

    /// The text; bytes that are none become U+FFFD.
    fn decode(self, bytes: Vec<u8>) -> String {
        match self {
            Self::Ascii => {
                let char = |byte: u8| {
                    if byte.is_ascii() {
                        char::from(byte)
                    } else {
                        '\u{fffd}'
                    }
                };
                bytes.into_iter().map(char).collect()
            }
            Self::Latin1 => bytes.into_iter().map(char::from).collect(),
            Self::Utf8 => String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        }
    }
}

/// Bytes of a file that are kept in memory: Werkzeug's 500 KiB.
const SPOOL_THRESHOLD: usize = 500 * 1024;

/// Bytes of all files of a form together that are kept in memory.
const SPOOL_ROOM: usize = 4 * 1024 * 1024;
