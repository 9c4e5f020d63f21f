//! A mount, as its application tells the site of it.

use std::marker::PhantomData;

use super::Routes;
use super::Site;
use super::site::AppType;

/// The mount of an `S`.
#[derive(Debug)]
pub struct Mounted<S: ?Sized> {
    number: usize,
    prefix: &'static str,
    name: &'static str,
    /// Its subdomain and its host.
    place: [Option<&'static str>; 2],
    app: PhantomData<fn(&S)>,
}

impl<S: ?Sized> Mounted<S> {
    /// What stands in `#[mount]`.
    #[must_use]
    pub const fn new(
        number: usize,
        prefix: &'static str,
        name: &'static str,
        place: [Option<&'static str>; 2],
    ) -> Self {
        Self {
            number,
            prefix,
            name,
            place,
            app: PhantomData,
        }
    }
}

/// The mount of an application.
pub trait MountedApplication {
    /// Adds its rules.
    fn describe(&self, site: &mut Site<'_>);
}

impl<S: Routes> MountedApplication for Mounted<S> {
    fn describe(&self, site: &mut Site<'_>) {
        let app = AppType::of::<S>();
        site.mount(app, self.number, self.prefix, self.name, self.place);
    }
}

/// The mount of what is no application: the compiler has said so where it is entered, and once is
/// enough.
pub trait MountedOther {
    /// Adds nothing.
    fn describe(&self, site: &mut Site<'_>);
}

impl<S: ?Sized> MountedOther for &Mounted<S> {
    fn describe(&self, _: &mut Site<'_>) {}
}
