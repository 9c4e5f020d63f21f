//! Sockets from and for other processes: service managers, restarts.
//!
//! A socket that another process opened is used instead of opening a second one at the same
//! address. That makes three things work alike: socket activation (systemd's `LISTEN_FDS`),
//! tests that hold the socket, and a restart that loses nothing: on SIGUSR2 the program starts
//! itself again with its sockets, waits until the new one is ready, and drains.

use std::io;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::sync::Mutex;
use std::sync::PoisonError;

use listenfd::ListenFd;

use super::listener::Listener;

/// What was inherited and is not used yet. Taken once for the whole process: a descriptor has
/// one owner.
static INHERITED: LazyLock<Mutex<Inherited>> = LazyLock::new(|| Mutex::new(Inherited::take()));

/// How this program came to run.
static ORIGIN: LazyLock<Origin> = LazyLock::new(Origin::read);

#[derive(Debug, Default, PartialEq, Eq)]
struct Origin {
    /// Where, among the inherited descriptors, the connection to the program that started this
    /// one is; it started itself.
    parent: Option<usize>,
    /// Whether that program looks after this one.
    is_child: bool,
    /// Whether the environment speaks of another process: a program that was started by one that
    /// had inherited sockets.
    is_stale: bool,
}

impl Origin {
    fn read() -> Self {
        #[cfg(unix)]
        if let Ok(text) = std::env::var(PARENT) {
            let is_child = std::env::var_os(CHILD).is_some();
            return Self::of(&text, is_child, std::os::unix::process::parent_id());
        }
        Self::default()
    }

    /// `text` is the place and the number of the process that wrote it.
    #[cfg(unix)]
    fn of(text: &str, is_child: bool, parent: u32) -> Self {
        let place = text.split_once(':').and_then(|(place, id)| {
            let is_ours = id.parse() == Ok(parent);
            place.parse().ok().filter(|_| is_ours)
        });
        Self {
            parent: place,
            is_child: is_child && place.is_some(),
            is_stale: place.is_none(),
        }
    }
}

struct Inherited {
    sockets: Vec<Option<Listener>>,
    /// Leads to the program that started this one.
    #[cfg(unix)]
    parent: Option<std::os::unix::net::UnixStream>,
}

impl Inherited {
    fn take() -> Self {
        let mut from = if ORIGIN.is_stale {
            ListenFd::empty()
        } else {
            ListenFd::from_env()
        };
        let places = 0..ORIGIN.parent.unwrap_or(from.len());
        let sockets = places
            .map(|place| take_listener(&mut from, place))
            .collect();
        Self {
            sockets,
            #[cfg(unix)]
            parent: take_parent(&mut from),
        }
    }
}

/// The connection to the program that started this one: the last that is handed over.
#[cfg(unix)]
fn take_parent(from: &mut ListenFd) -> Option<std::os::unix::net::UnixStream> {
    let place = ORIGIN.parent?;
    let (domain, kind) = (socket2::Domain::UNIX, socket2::Type::STREAM);
    from.take_custom(place, domain.into(), kind.into(), "unix stream socket")
        .ok()?
}

fn take_listener(from: &mut ListenFd, place: usize) -> Option<Listener> {
    #[cfg(unix)]
    if let Ok(Some(listener)) = from.take_unix_listener(place) {
        listener.set_nonblocking(true).ok()?;
        return Some(Listener::Unix(listener));
    }
    let listener = from.take_tcp_listener(place).ok()??;
    listener.set_nonblocking(true).ok()?;
    Some(Listener::Tcp(listener))
}

/// The inherited socket of a place, counted from 0.
pub(super) fn take_at(place: usize) -> Option<Listener> {
    if is_started_by_itself() {
        // The places are those of the sockets in use, in the order they were asked for.
        return take_if(|_| true);
    }
    let mut inherited = INHERITED.lock().unwrap_or_else(PoisonError::into_inner);
    inherited.sockets.get_mut(place)?.take()
}

/// The inherited socket that listens at an internet address.
pub(super) fn take_inet(address: SocketAddr) -> Option<Listener> {
    take_if(|listener| match listener {
        Listener::Tcp(listener) => listener.local_addr().is_ok_and(|local| {
            // A program that starts itself again keeps the port it was given.
            let is_any = address.port() == 0 && is_started_by_itself();
            local.ip() == address.ip() && (is_any || local.port() == address.port())
        }),
        #[cfg(unix)]
        Listener::Unix(_) => false,
    })
}

/// The inherited socket that listens at a path.
#[cfg(unix)]
pub(super) fn take_unix(path: &std::path::Path) -> Option<Listener> {
    take_if(|listener| match listener {
        Listener::Tcp(_) => false,
        Listener::Unix(listener) => listener
            .local_addr()
            .is_ok_and(|local| local.as_pathname() == Some(path)),
    })
}

fn take_if(matches: impl Fn(&Listener) -> bool) -> Option<Listener> {
    let mut inherited = INHERITED.lock().unwrap_or_else(PoisonError::into_inner);
    let mut sockets = inherited.sockets.iter_mut();
    sockets
        .find(|socket| socket.as_ref().is_some_and(&matches))?
        .take()
}

/// Whether this program was started by itself, for a restart or as one of several processes.
fn is_started_by_itself() -> bool {
    ORIGIN.parent.is_some()
}

/// Whether this is one of several processes that another one looks after.
pub(crate) fn is_child() -> bool {
    ORIGIN.is_child
}

/// Resolves when the process that looks after this one is gone or wants it to end; never for
/// one that nobody looks after.
pub(super) async fn parent_gone() {
    #[cfg(unix)]
    if is_child()
        && let Some(parent) = parent_link()
    {
        let mut byte = [0];
        loop {
            match parent.try_read(&mut byte) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if parent.readable().await.is_err() {
                        return;
                    }
                }
                Err(_) => return,
            }
        }
    }
    std::future::pending::<()>().await;
}

#[cfg(unix)]
fn parent_link() -> Option<tokio::net::UnixStream> {
    let inherited = INHERITED.lock().unwrap_or_else(PoisonError::into_inner);
    let parent = inherited.parent.as_ref()?.try_clone().ok()?;
    parent.set_nonblocking(true).ok()?;
    tokio::net::UnixStream::from_std(parent).ok()
}

/// Tells whoever waits for it that connections are accepted: the program that started this one,
/// and the service manager (`sd_notify(3)`).
pub(super) fn announce_ready() {
    #[cfg(unix)]
    {
        let inherited = INHERITED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut parent) = inherited.parent.as_ref() {
            // A parent that is gone needs no answer.
            let _gone = io::Write::write_all(&mut parent, READY);
        }
        drop(inherited);
        if !is_child() {
            let text = format!("READY=1\nMAINPID={}", std::process::id());
            let _absent = notify_manager(text.as_bytes());
        }
    }
}

/// Tells the service manager that the end has begun.
pub(super) fn announce_stopping() {
    #[cfg(unix)]
    {
        // Of a program that was restarted the new one speaks.
        if !is_child() && !*HANDED_OVER.lock().unwrap_or_else(PoisonError::into_inner) {
            let _absent = notify_manager(b"STOPPING=1");
        }
    }
}

#[cfg(unix)]
fn notify_manager(text: &[u8]) -> io::Result<()> {
    use std::os::unix::ffi::OsStrExt;

    let Some(path) = std::env::var_os("NOTIFY_SOCKET") else {
        return Ok(());
    };
    let socket = std::os::unix::net::UnixDatagram::unbound()?;
    #[cfg(target_os = "linux")]
    if let Some(name) = path.as_bytes().strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt;
        let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
        return socket.send_to_addr(text, &address).map(|_| ());
    }
    socket.send_to(text, path).map(|_| ())
}

/// Starts this program again with its sockets and waits until it is ready.
///
/// # Errors
///
/// A program that cannot be started, or ends or stays silent instead of being ready; then
/// nothing has changed.
#[cfg(unix)]
pub(super) async fn restart(listeners: &[Listener]) -> io::Result<()> {
    launch(listeners, false)?.ready().await?;
    *HANDED_OVER.lock().unwrap_or_else(PoisonError::into_inner) = true;
    Ok(())
}

#[cfg(not(unix))]
#[allow(clippy::unused_async, reason = "elsewhere it waits")]
pub(super) async fn restart(_listeners: &[Listener]) -> io::Result<()> {
    Err(io::Error::other("only Unix hands sockets over"))
}

/// A new program took the sockets over.
#[cfg(unix)]
static HANDED_OVER: Mutex<bool> = Mutex::new(false);

/// This program, started again with its sockets.
#[cfg(unix)]
pub(super) struct Launched {
    child: std::process::Child,
    /// Its other end is the child's alone: when it closes, the child is gone.
    link: tokio::net::UnixStream,
    is_ready: bool,
}

/// Starts this program again with its sockets.
#[cfg(unix)]
pub(super) fn launch(listeners: &[Listener], is_child: bool) -> io::Result<Launched> {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::process::Command;

    use command_fds::CommandFdExt;
    use command_fds::FdMapping;

    let (ours, theirs) = UnixStream::pair()?;
    let mut given = Vec::<OwnedFd>::new();
    for listener in listeners {
        given.push(match listener.try_clone()? {
            Listener::Tcp(listener) => listener.into(),
            Listener::Unix(listener) => listener.into(),
        });
    }
    given.push(theirs.into());
    let count = given.len();
    let mappings = (FIRST..).zip(given);
    let mappings = mappings.map(|(child_fd, parent_fd)| FdMapping {
        parent_fd,
        child_fd,
    });
    let mut command = Command::new(newest(std::env::current_exe()?));
    command.args(std::env::args_os().skip(1));
    command
        .env("LISTEN_FDS", count.to_string())
        .env_remove("LISTEN_PID");
    command.env(PARENT, format!("{}:{}", count - 1, std::process::id()));
    if is_child {
        command.env(CHILD, "1");
    } else {
        command.env_remove(CHILD);
    }
    command
        .fd_mappings(mappings.collect())
        .map_err(io::Error::other)?;
    let child = command.spawn()?;
    // The command holds the child's end, too: only when it is gone does the child's end show.
    drop(command);
    ours.set_nonblocking(true)?;
    let link = tokio::net::UnixStream::from_std(ours)?;
    Ok(Launched {
        child,
        link,
        is_ready: false,
    })
}

#[cfg(unix)]
impl Launched {
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it accepts connections. One that is not ready in time is killed.
    pub(super) async fn ready(&mut self) -> io::Result<()> {
        let mut word = [0; READY.len()];
        let read = tokio::io::AsyncReadExt::read_exact(&mut self.link, &mut word);
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(_)) => {
                self.is_ready = true;
                Ok(())
            }
            Ok(Err(_)) => {
                let status = self.child.wait()?;
                let text = format!("the new program ended before it was ready ({status})");
                Err(io::Error::other(text))
            }
            Err(_late) => {
                self.kill()?;
                Err(io::Error::other("the new program was not ready in time"))
            }
        }
    }

    /// Waits for its end.
    pub(super) async fn ended(&mut self) -> io::Result<std::process::ExitStatus> {
        let mut byte = [0];
        while matches!(
            tokio::io::AsyncReadExt::read(&mut self.link, &mut byte).await,
            Ok(1..)
        ) {}
        // It closes its end by ending, so this does not block.
        self.child.wait()
    }

    /// Asks it to end in order.
    pub(super) async fn drain(&mut self) {
        // Gone already: nothing to be asked.
        let _gone = tokio::io::AsyncWriteExt::shutdown(&mut self.link).await;
    }

    pub(super) fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(|_| ())
    }
}

#[cfg(unix)]
impl Drop for Launched {
    fn drop(&mut self) {
        // Given up before it was ready: it must not come to life later.
        if !self.is_ready {
            let _ended_already = self.kill();
        }
    }
}

/// Where a program is now: a new version that took its place is what a restart is for.
#[cfg(unix)]
fn newest(path: std::path::PathBuf) -> std::path::PathBuf {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    // What Linux says of a file whose name now belongs to another one (proc(5)).
    let place = path.as_os_str().as_bytes().strip_suffix(b" (deleted)");
    match place {
        Some(place) if !path.exists() => OsStr::from_bytes(place).into(),
        _ => path,
    }
}

/// Says which inherited descriptor leads to the program that started this one, and the number of
/// that program.
#[cfg(unix)]
const PARENT: &str = "RUSTZEUG_PARENT";

/// Says that the program that started this one looks after it.
#[cfg(unix)]
const CHILD: &str = "RUSTZEUG_CHILD";

/// What a program says to the one that started it.
#[cfg(unix)]
const READY: &[u8] = b"READY=1\n";

/// The first descriptor that is handed over (`sd_listen_fds(3)`).
#[cfg(unix)]
const FIRST: i32 = 3;

/// How long a new program may take until it is ready.
#[cfg(unix)]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

#[cfg(all(test, unix))]
mod tests {
    use super::Origin;
    use super::newest;

    #[test]
    fn only_the_direct_child_inherits() {
        let of = |text, is_child| Origin::of(text, is_child, 42);
        let ours = Origin {
            parent: Some(2),
            is_child: true,
            is_stale: false,
        };
        assert_eq!(of("2:42", true), ours);
        // A program that a handler starts has the same environment, but another parent.
        for text in ["2:41", "2", "", ":42", "x:42"] {
            let stale = Origin {
                parent: None,
                is_child: false,
                is_stale: true,
            };
            assert_eq!(of(text, true), stale, "{text}");
        }
    }

    #[test]
    fn a_program_that_was_replaced_is_found_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        let replaced = folder.path().join("program (deleted)");
        assert_eq!(newest(program.clone()), program);
        assert_eq!(newest(replaced.clone()), program);
        // A program may have such a name itself.
        std::fs::write(&replaced, "").unwrap();
        assert_eq!(newest(replaced.clone()), replaced);
    }
}
