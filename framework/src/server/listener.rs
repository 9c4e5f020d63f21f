//! Listening sockets.

use std::io;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::ToSocketAddrs;

use socket2::Domain;
use socket2::Protocol;
use socket2::Socket;
use socket2::Type;

use super::ServeError;

/// Binds the first address that a text like `127.0.0.1:8000` or `localhost:8000` names.
///
/// One socket, shared by all workers: a busy port is an error, and nothing that waits in its
/// queue is lost when a worker ends. (With `SO_REUSEPORT` two programs could share a port without
/// knowing, and closing one of two sockets resets what waits in its queue.)
pub(super) fn bind(address: &str, backlog: i32) -> Result<TcpListener, ServeError> {
    let addresses = address.to_socket_addrs();
    let addresses: Vec<_> = addresses
        .map_err(|e| ServeError::address(address, e))?
        .collect();
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for candidate in prefer_v4(addresses) {
        match listen(candidate, backlog) {
            Ok(listener) => return Ok(listener),
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
