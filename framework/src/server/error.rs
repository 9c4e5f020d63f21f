//! Why a server could not start or go on.

use std::error::Error;
use std::fmt;
use std::io;

use super::hooks::BoxError;
use crate::application::StartError;

/// Why a server could not start or go on. The text is one line for an operator.
#[derive(Debug)]
pub struct ServeError {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Address { address: String, source: io::Error },
    Listen { address: String, source: io::Error },
    Start(StartError),
    Hook(BoxError),
    Process(io::Error),
    Thread(io::Error),
    WorkerDied,
}

impl ServeError {
    pub(super) fn address(address: &str, source: io::Error) -> Self {
        Self {
            kind: Kind::Address {
                address: address.to_owned(),
                source,
            },
        }
    }

    pub(super) fn listen(address: &str, source: io::Error) -> Self {
        Self {
            kind: Kind::Listen {
                address: address.to_owned(),
                source,
            },
        }
    }

    pub(super) fn thread(source: io::Error) -> Self {
        Self {
            kind: Kind::Thread(source),
        }
    }

    pub(super) fn hook(source: BoxError) -> Self {
        Self {
            kind: Kind::Hook(source),
        }
    }

    pub(super) fn process(source: io::Error) -> Self {
        Self {
            kind: Kind::Process(source),
        }
    }

    pub(super) fn worker_died() -> Self {
        Self {
            kind: Kind::WorkerDied,
        }
    }

    /// Whether another program listens at the address already.
    #[must_use]
    pub fn is_address_in_use(&self) -> bool {
        matches!(&self.kind, Kind::Listen { source, .. }
            if source.kind() == io::ErrorKind::AddrInUse)
    }
}

impl From<StartError> for ServeError {
    fn from(error: StartError) -> Self {
        Self {
            kind: Kind::Start(error),
        }
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Address { address, source } => {
                write!(f, "cannot understand the address {address}: {source}")
            }
            Kind::Listen { address, source } => match source.kind() {
                io::ErrorKind::AddrInUse => write!(
                    f,
                    "cannot listen on {address}: another program already does; stop it or choose \
                     another port"
                ),
                io::ErrorKind::PermissionDenied => write!(
                    f,
                    "cannot listen on {address}: permission denied; ports below 1024 need \
                     privileges"
                ),
                _ => write!(f, "cannot listen on {address}: {source}"),
            },
            Kind::Start(error) => write!(f, "{error}"),
            Kind::Hook(source) => write!(f, "the application cannot start: {source}"),
            Kind::Process(source) => write!(f, "cannot start a process: {source}"),
            Kind::Thread(source) => write!(f, "cannot start a worker: {source}"),
            Kind::WorkerDied => f.write_str("a worker thread ended by a panic"),
        }
    }
}

impl Error for ServeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            Kind::Address { source, .. }
            | Kind::Listen { source, .. }
            | Kind::Process(source)
            | Kind::Thread(source) => Some(source),
            Kind::Hook(source) => Some(&**source),
            Kind::Start(error) => Some(error),
            Kind::WorkerDied => None,
        }
    }
}
