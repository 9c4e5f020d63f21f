//! Server-sent events: a response that goes on.

use std::fmt::Write as _;
use std::future::Future as _;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderValue;
use http::header;
use pin_project_lite::pin_project;
use tokio::time::Sleep;

use super::IntoResponse;
use super::Response;
use crate::body::Body;

/// One event of a `text/event-stream`.
///
/// # Examples
///
/// ```
/// use rustzeug::response::Event;
///
/// let event = Event::new("line 1\nline 2").name("log").id("7");
/// assert_eq!(event.to_string(), "event: log\nid: 7\ndata: line 1\ndata: line 2\n\n");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    data: Option<String>,
    name: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
    comment: Option<String>,
}

impl Event {
    /// An event with data; lines are kept.
    ///
    /// ```
    /// # use rustzeug::response::Event;
    /// let _event = Event::new("two\nlines");
    /// ```
    pub fn new(data: impl Into<String>) -> Self {
        Self {
            data: Some(data.into()),
            ..Self::default()
        }
    }

    /// An event with a value as JSON.
    ///
    /// ```
    /// # use rustzeug::response::Event;
    /// let _event = Event::json(&[1, 2])?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A value that JSON cannot carry.
    pub fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(Self::new)
    }

    /// A comment, which clients drop: it keeps proxies from closing a silent connection.
    ///
    /// ```
    /// # use rustzeug::response::Event;
    /// let _nothing_but_a_sign_of_life = Event::comment("still here");
    /// ```
    pub fn comment(text: impl Into<String>) -> Self {
        Self {
            comment: Some(text.into()),
            ..Self::default()
        }
    }

    /// Sets the name that listeners are registered under; `message` where there is none.
    ///
    /// ```
    /// # use rustzeug::response::Event;
    /// let _event = Event::new("42").name("price");
    /// ```
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets what the client sends as `Last-Event-ID` when it comes back.
    ///
    /// ```
    /// # use rustzeug::response::Event;
    /// let _event = Event::new("42").id("7");
    /// ```
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets how long the client waits before it comes back.
    ///
    /// ```
    /// # use rustzeug::response::Event;
    /// let _event = Event::new("").retry(std::time::Duration::from_secs(5));
    /// ```
    #[must_use]
    pub fn retry(mut self, after: Duration) -> Self {
        self.retry = Some(after);
        self
    }
}

/// As it is sent. A line break inside a name or an id would begin another field; it becomes a
/// space.
impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = |text: &str| text.replace(['\r', '\n', '\0'], " ");
        for text in self.comment.iter().flat_map(|text| lines(text)) {
            writeln!(f, ": {text}")?;
        }
        if let Some(name) = &self.name {
            writeln!(f, "event: {}", line(name))?;
        }
        if let Some(id) = &self.id {
            writeln!(f, "id: {}", line(id))?;
        }
        if let Some(after) = self.retry {
            writeln!(f, "retry: {}", after.as_millis())?;
        }
        for text in self.data.iter().flat_map(|text| lines(text)) {
            writeln!(f, "data: {text}")?;
        }
        f.write_char('\n')
    }
}

/// The lines of a text as the format counts them: by LF, CR LF or CR.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (line, after) = match text.find(['\r', '\n']) {
            Some(at) => {
                let (line, after) = text.split_at(at);
                let after = after
                    .strip_prefix("\r\n")
                    .unwrap_or_else(|| after.get(1..).unwrap_or(""));
                (line, Some(after))
            }
            None => (text, None),
        };
        rest = after;
        Some(line)
    })
}

/// A stream of events, on its way to become a response; made by [`events`].
///
/// # Examples
///
/// ```
/// use rustzeug::prelude::*;
/// use rustzeug::response::{Event, events};
/// # use std::{pin::Pin, task::{Context, Poll}};
/// # struct Ticks(usize);
/// # impl futures_core::Stream for Ticks {
/// #     type Item = Result<Event, std::io::Error>;
/// #     fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>)
/// #         -> Poll<Option<Self::Item>> {
/// #         let Some(left) = self.0.checked_sub(1) else { return Poll::Ready(None) };
/// #         self.0 = left;
/// #         Poll::Ready(Some(Ok(Event::new("tick"))))
/// #     }
/// # }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let mut response = events(Ticks(2)).into_response();
/// assert_eq!(response.headers().get("content-type"), Some("text/event-stream"));
/// let sent = response.take_body().into_bytes().await?;
/// assert_eq!(sent, "data: tick\n\ndata: tick\n\n");
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Debug)]
pub struct EventStream<S> {
    stream: S,
    keep_alive: Option<Duration>,
}

/// Answers with events as they come: `text/event-stream`.
///
/// The next event is asked for when the client took the last one, or most of it: a slow client
/// slows the stream down. The stream is dropped when the client leaves.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use rustzeug::prelude::*;
/// use rustzeug::response::{Event, events};
/// # use futures_core::Stream;
/// # fn ticks() -> impl Stream<Item = Result<Event, std::io::Error>> + Send { Empty }
/// # struct Empty;
/// # impl Stream for Empty {
/// #     type Item = Result<Event, std::io::Error>;
/// #     fn poll_next(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>)
/// #         -> std::task::Poll<Option<Self::Item>> { None.into() }
/// # }
///
/// #[application]
/// async fn clock() -> Response {
///     events(ticks()).keep_alive(Duration::from_secs(15)).into_response()
/// }
/// # fn main() {}
/// ```
pub fn events<S, E>(stream: S) -> EventStream<S>
where
    S: Stream<Item = Result<Event, E>> + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    EventStream {
        stream,
        keep_alive: None,
    }
}

impl<S> EventStream<S> {
    /// Sends an empty comment when there was no event for so long. Needs a tokio runtime, such as
    /// that of the server.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use rustzeug::prelude::*;
    /// use rustzeug::response::{Event, events};
    /// # use std::{pin::Pin, task::{Context, Poll}};
    /// # struct Ticks(usize);
    /// # impl futures_core::Stream for Ticks {
    /// #     type Item = Result<Event, std::io::Error>;
    /// #     fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>)
    /// #         -> Poll<Option<Self::Item>> {
    /// #         let Some(left) = self.0.checked_sub(1) else { return Poll::Ready(None) };
    /// #         self.0 = left;
    /// #         Poll::Pending // a silent stream
    /// #     }
    /// # }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let silent = events(Ticks(10)).keep_alive(Duration::from_millis(1));
    /// let sent = silent.into_response().take_body().into_bytes().await?;
    /// assert!(sent.starts_with(b":\n\n"));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn keep_alive(mut self, every: Duration) -> Self {
        self.keep_alive = Some(every);
        self
    }
}

impl<S, E> IntoResponse for EventStream<S>
where
    S: Stream<Item = Result<Event, E>> + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn into_response(self) -> Response {
        let body = Body::stream(Texts {
            stream: self.stream,
            keep_alive: self.keep_alive,
            sleep: None,
        });
        let mut response = Response::typed(HeaderValue::from_static("text/event-stream"), body);
        let headers = response.headers_mut();
        headers.set(header::CACHE_CONTROL, "no-cache");
        // nginx collects answers before it sends them on, unless it is told.
        headers.set("x-accel-buffering", "no");
        response
    }
}

pin_project! {
    struct Texts<S> {
        #[pin]
        stream: S,
        keep_alive: Option<Duration>,
        // Made when it is first waited for: there may be no runtime before.
        sleep: Option<Pin<Box<Sleep>>>,
    }
}

impl<S: Stream<Item = Result<Event, E>>, E> Stream for Texts<S> {
    type Item = Result<Bytes, E>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        if let Poll::Ready(event) = this.stream.poll_next(cx) {
            *this.sleep = None;
            let text = event.map(|event| event.map(|event| Bytes::from(event.to_string())));
            return Poll::Ready(text);
        }
        let Some(every) = *this.keep_alive else {
            return Poll::Pending;
        };
        let sleep = this
            .sleep
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(every)));
        std::task::ready!(sleep.as_mut().poll(cx));
        *this.sleep = None;
        // Not asked again before the next poll, which must come: the timer is new then.
        Poll::Ready(Some(Ok(Bytes::from_static(b":\n\n"))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_written() {
        for (event, want) in [
            (Event::new(""), "data: \n\n"),
            (
                Event::new("a\r\nb\rc\nd"),
                "data: a\ndata: b\ndata: c\ndata: d\n\n",
            ),
            (
                Event::new("ü").name("a\nb").id("1\r2"),
                "event: a b\nid: 1 2\ndata: ü\n\n",
            ),
            (
                Event::comment("x").retry(Duration::from_secs(3)),
                ": x\nretry: 3000\n\n",
            ),
            (Event::new("a\n"), "data: a\ndata: \n\n"),
        ] {
            assert_eq!(event.to_string(), want);
        }
    }
}
