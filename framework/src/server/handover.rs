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

struct Inherited {
    sockets: Vec<Option<Listener>>,
    #[cfg(unix)]
    parent: Option<std::os::unix::net::UnixDatagram>,
}

impl Inherited {
    fn take() -> Self {
        let mut from = ListenFd::from_env();
        let sockets = (0..from.len())
            .map(|place| take_listener(&mut from, place))
            .collect();
        Self {
            sockets,
            #[cfg(unix)]
            parent: std::env::var(PARENT)
                .ok()
                .and_then(|place| from.take_unix_datagram(place.parse().ok()?).ok()?),
        }
    }
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
    let mut inherited = INHERITED.lock().unwrap_or_else(PoisonError::into_inner);
    inherited.sockets.get_mut(place)?.take()
}

/// The inherited socket that listens at an internet address.
pub(super) fn take_inet(address: SocketAddr) -> Option<Listener> {
    take_if(|listener| match listener {
        Listener::Tcp(listener) => listener.local_addr().is_ok_and(|local| local == address),
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

/// Tells whoever waits for it that connections are accepted: the program that started this one,
/// and the service manager (`sd_notify(3)`).
pub(super) fn announce_ready() {
    #[cfg(unix)]
    {
        let text = format!("READY=1\nMAINPID={}", std::process::id());
        let inherited = INHERITED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(parent) = &inherited.parent {
            // A parent that is gone needs no answer.
            let _gone = parent.send(text.as_bytes());
        }
        drop(inherited);
        let _absent = notify_manager(text.as_bytes());
    }
}

/// Tells the service manager that the end has begun.
pub(super) fn announce_stopping() {
    #[cfg(unix)]
    {
        let _absent = notify_manager(b"STOPPING=1");
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
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixDatagram;
    use std::process::Command;

    use command_fds::CommandFdExt;
    use command_fds::FdMapping;

    let (ours, theirs) = UnixDatagram::pair()?;
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
    command.env(PARENT, (count - 1).to_string());
    command
        .fd_mappings(mappings.collect())
        .map_err(io::Error::other)?;
    let mut child = command.spawn()?;
    // The command holds the child's end, too: only when it is gone does a silent child's end
    // show.
    drop(command);
    ours.set_nonblocking(true)?;
    let ours = tokio::net::UnixDatagram::from_std(ours)?;
    let mut word = [0; 64];
    let ready = tokio::time::timeout(PATIENCE, async {
        loop {
            tokio::select! {
                received = ours.recv(&mut word) => return received.map(|n| n > 0),
                () = tokio::time::sleep(LOOK) => {
                    if child.try_wait()?.is_some() {
                        return Ok(false);
                    }
                }
            }
        }
    });
    match ready.await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(io::Error::other(
            "the new program ended before it was ready",
        )),
        Ok(Err(error)) => Err(error),
        Err(_late) => {
            child.kill()?;
            Err(io::Error::other("the new program was not ready in time"))
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

/// Says which inherited descriptor leads to the program that started this one.
const PARENT: &str = "RUSTZEUG_PARENT";

/// The first descriptor that is handed over (`sd_listen_fds(3)`).
#[cfg(unix)]
const FIRST: i32 = 3;

/// How long a new program may take until it is ready.
#[cfg(unix)]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
/// How often it is looked whether it still lives.
#[cfg(unix)]
const LOOK: std::time::Duration = std::time::Duration::from_millis(50);

#[cfg(all(test, unix))]
mod tests {
    use super::newest;

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
