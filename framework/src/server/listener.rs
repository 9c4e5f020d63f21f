//! Listening sockets: TCP, Unix, inherited.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::ToSocketAddrs;

use socket2::Domain;
use socket2::Protocol;
use socket2::Socket;
use socket2::Type;

use super::ServeError;
use super::config::Config;
use super::handover;

/// A socket that listens; shared by all workers.
///
/// One socket for all: a busy port is an error, and nothing that waits in its queue is lost when
/// a worker ends. (With `SO_REUSEPORT` two programs could share a port without knowing, and
/// closing one of two sockets resets what waits in its queue.)
#[derive(Debug)]
pub(super) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixListener),
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListenAddr {
    /// An internet address.
    Inet(SocketAddr),
    /// A path in the file system; empty where the system does not tell it.
    Unix(std::path::PathBuf),
}

impl fmt::Display for ListenAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(address) => write!(f, "http://{address}/"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Listens at the first address that a text names:
///
/// - `127.0.0.1:8000`, `localhost:8000`, `[::1]:8000`; port 0 takes a free one;
/// - `unix:/run/app.sock` or `unix:///run/app.sock`, replacing a socket that nobody answers;
/// - `fd://3`: a socket inherited from a service manager (`LISTEN_FDS`).
///
/// A socket that was inherited and listens at the address already is used as it is.
pub(super) fn bind(address: &str, config: &Config) -> Result<Listener, ServeError> {
    if let Some(number) = address.strip_prefix("fd://") {
        return inherited(address, number);
    }
    if let Some(path) = address.strip_prefix("unix:") {
        let path = if path.starts_with("//") {
            path.trim_start_matches("//")
        } else {
            path
        };
        return bind_unix(address, path, config);
    }
    let addresses = address.to_socket_addrs();
    let addresses: Vec<_> = addresses
        .map_err(|e| ServeError::address(address, e))?
        .collect();
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for candidate in prefer_v4(addresses) {
        if let Some(listener) = handover::take_inet(candidate) {
            return Ok(listener);
        }
        match listen(candidate, config.backlog) {
            Ok(listener) => return Ok(Listener::Tcp(listener)),
            Err(error) => last = error,
        }
    }
    Err(ServeError::listen(address, last))
}

/// `localhost` names two addresses on most systems; Werkzeug listens on the IPv4 one.
fn prefer_v4(mut addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    addresses.sort_by_key(SocketAddr::is_ipv6);
    addresses
}

fn listen(address: SocketAddr, backlog: i32) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    // Connections of an earlier run that are still closing must not keep the port; on Windows the
    // option means something else, that another program may take it.
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    // Linux hands it down to accepted sockets, which saves a call for each.
    socket.set_tcp_nodelay(true)?;
    socket.bind(&address.into())?;
    socket.listen(backlog)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

#[cfg(unix)]
fn bind_unix(address: &str, path: &str, config: &Config) -> Result<Listener, ServeError> {
    use std::os::unix::net::UnixStream;

    if let Some(listener) = handover::take_unix(std::path::Path::new(path)) {
        return Ok(listener);
    }
    let failed = |error| ServeError::listen(address, error);
    let listener = match listen_unix(path, config) {
        // A socket that an earlier run left behind is in the way; one that is answered is not.
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            if UnixStream::connect(path).is_ok() {
                return Err(failed(error));
            }
            std::fs::remove_file(path).map_err(failed)?;
            listen_unix(path, config).map_err(failed)?
        }
        result => result.map_err(failed)?,
    };
    Ok(Listener::Unix(listener))
}

#[cfg(unix)]
fn listen_unix(path: &str, config: &Config) -> io::Result<std::os::unix::net::UnixListener> {
    use std::os::unix::fs::PermissionsExt;

    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.bind(&socket2::SockAddr::unix(path)?)?;
    if let Some(mode) = config.unix_mode {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    }
    socket.listen(config.backlog)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

#[cfg(not(unix))]
fn bind_unix(address: &str, _path: &str, _config: &Config) -> Result<Listener, ServeError> {
    Err(ServeError::listen(
        address,
        io::ErrorKind::Unsupported.into(),
    ))
}

/// A socket of the service manager; the first one has the number 3.
fn inherited(address: &str, number: &str) -> Result<Listener, ServeError> {
    let place = number
        .parse::<usize>()
        .ok()
        .and_then(|n| n.checked_sub(FIRST_INHERITED));
    let place = place.ok_or_else(|| {
        ServeError::address(
            address,
            io::Error::other("write `fd://3`, or a higher number"),
        )
    })?;
    handover::take_at(place).ok_or_else(|| {
        let text = "no such socket was inherited (LISTEN_FDS names too few, or it is taken)";
        ServeError::listen(address, io::Error::other(text))
    })
}

/// The first descriptor that a service manager hands over (`sd_listen_fds(3)`).
const FIRST_INHERITED: usize = 3;

impl Listener {
    /// Another handle of the same socket.
    pub(super) fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Tcp(listener) => Self::Tcp(listener.try_clone()?),
            #[cfg(unix)]
            Self::Unix(listener) => Self::Unix(listener.try_clone()?),
        })
    }

    pub(super) fn local_addr(&self) -> io::Result<ListenAddr> {
        Ok(match self {
            Self::Tcp(listener) => ListenAddr::Inet(listener.local_addr()?),
            #[cfg(unix)]
            Self::Unix(listener) => {
                let path = listener.local_addr()?;
                ListenAddr::Unix(path.as_pathname().map(Into::into).unwrap_or_default())
            }
        })
    }
}
