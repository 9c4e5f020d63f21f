//! What a client sees, through real sockets on free ports.

/// Those who send much and take nothing.
#[cfg(target_os = "linux")]
mod abuse;
/// How long a body is and where it ends: lengths and chunks.
mod bodies;
/// Servers that are processes of their own.
#[cfg(unix)]
mod children;
/// Requests with a chunked body.
mod chunked;
/// curl, wrk, ab, Chromium.
mod clients;
/// What the server tells of itself.
mod events;
/// `Expect: 100-continue`.
mod expect;
/// No connection takes more than its turn.
mod fairness;
/// What must hold whatever comes: every fuzz target, with the same random input each time.
mod fuzz;
/// Single requests and their answers, to the byte.
mod http1;
/// When a connection stays and when it ends.
mod keep_alive;
/// From the first connection of a program to its last: signals, sockets, processes, hooks.
#[cfg(unix)]
mod life;
/// What is too long, too many, too large.
mod limits;
/// How much at a time, and how soon.
#[cfg(target_os = "linux")]
mod load;
/// A line for each request.
mod logs;
/// What stands around an application: packed bodies, shared files, panics.
mod middleware;
/// Handlers that panic, and those for which there is no thread.
mod panics;
/// Several requests in one go.
mod pipelining;
/// The application that most of these tests ask.
mod probe;
/// Requests that another server answers.
mod proxy;
/// What Werkzeug's middleware answered, asked of ours; no sockets.
mod recorded;
/// Programs that start themselves again.
#[cfg(unix)]
mod restarts;
/// Options of rules, mounts and applications.
mod routing;
/// Random connections, always the same.
mod seeded;
/// Ending in order.
mod shutdown;
/// What two servers in a row might read differently.
mod smuggling;
/// Files of a folder, whole, in part, or not at all.
mod static_files;
/// Responses that are streams or files.
mod streams;
/// Those who wait too long.
mod timeouts;
/// Uploads by curl and from a page in Chromium.
mod upload_clients;
/// Multipart forms, small and large.
mod uploads;
/// Clients that are gone in the middle.
mod vanish;
