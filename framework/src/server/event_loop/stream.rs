//! What streams of the operating system offer.
//!
//! On Linux the calls go straight to the kernel: on their way through the C library they stop at what
//! cancels threads, at a hundred instructions a request.

use std::io;
use std::io::Read;
use std::io::Write;
use std::net::Shutdown;

use crate::body::FileSlice;

/// A connected stream that does not block.
pub(in crate::server) trait Stream:
    mio::event::Source + Read + Write + Descriptor + Unpin + 'static
{
    /// Sends no more.
    fn shutdown(&self) -> io::Result<()>;

    /// See [`Transport::abort`](crate::server::Transport::abort).
    fn abort(&self) {}

    /// Receives some bytes.
    #[inline]
    fn receive(&mut self, room: &mut [u8]) -> io::Result<usize> {
        #[cfg(target_os = "linux")]
        return Ok(rustix::io::read(&*self, room)?);
        #[cfg(not(target_os = "linux"))]
        self.read(room)
    }

    /// Sends some bytes. A peer that is gone is an error, not the end of the program.
    #[inline]
    fn send(&mut self, bytes: &[u8]) -> io::Result<usize> {
        #[cfg(target_os = "linux")]
        return Ok(rustix::net::send(
            &*self,
            bytes,
            rustix::net::SendFlags::NOSIGNAL,
        )?);
        #[cfg(not(target_os = "linux"))]
        self.write(bytes)
    }

    /// Receives into the room that a buffer has to spare, without making it zero first; `None`
    /// where that cannot be done.
    fn receive_into(&self, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        #[cfg(target_os = "linux")]
        return {
            let spare = rustix::buffer::spare_capacity(buffer);
            Ok(Some(rustix::io::read(self, spare)?))
        };
        #[cfg(not(target_os = "linux"))]
        {
            let _unused = buffer;
            Ok(None)
        }
    }

    /// Sends a piece of a file; `None` where that cannot be done.
    fn send_file(&self, file: &FileSlice, position: u64) -> io::Result<Option<usize>> {
        #[cfg(target_os = "linux")]
        return {
            let mut offset = file.offset + position;
            let left = usize::try_from(file.length - position).unwrap_or(usize::MAX);
            let count = left.min(LARGEST_SEND);
            match rustix::fs::sendfile(self, &*file.file, Some(&mut offset), count) {
                Ok(n) => Ok(Some(n)),
                // Not a file that can be mapped: a pipe, some network file systems.
                Err(rustix::io::Errno::INVAL) => Ok(None),
                Err(error) => Err(error.into()),
            }
        };
        #[cfg(not(target_os = "linux"))]
        {
            let _unused = (file, position);
            Ok(None)
        }
    }
}

impl Stream for mio::net::TcpStream {
    fn shutdown(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }

    fn abort(&self) {
        let socket = socket2::SockRef::from(self);
        let _closed_already = socket.set_linger(Some(std::time::Duration::ZERO));
    }
}

#[cfg(unix)]
impl Stream for mio::net::UnixStream {
    fn shutdown(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

/// What the calls of the system take.
#[cfg(target_os = "linux")]
pub(in crate::server) trait Descriptor: std::os::fd::AsFd {}

#[cfg(target_os = "linux")]
impl<T: std::os::fd::AsFd> Descriptor for T {}

#[cfg(not(target_os = "linux"))]
pub(in crate::server) trait Descriptor {}

#[cfg(not(target_os = "linux"))]
impl<T> Descriptor for T {}

/// One call sends no more, so that a fast reader of a large file does not keep the loop.
#[cfg(target_os = "linux")]
const LARGEST_SEND: usize = 512 * 1024;
