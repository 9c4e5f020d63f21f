//! The folder that nobody named: whose rule stays, and what its URL is.
//!
//! This crate has no folder `static`, so what a macro makes where there is one is put together
//! here; `examples/middleware` has a folder.

use crate::dispatch::Args;
use crate::dispatch::Definition;
use crate::dispatch::Level;
use crate::dispatch::Routes;
use crate::dispatch::Site;
use crate::dispatch::Trip;
use crate::prelude::*;
use crate::testing::Client;

/// An application of the crate whose sources are at `$source`, answering like `$inner`.
macro_rules! by_default {
    ($name:ident, $inner:ty, $source:literal) => {
        struct $name($inner);

        impl Level for $name {
            fn route<'r>(&'r self, rule: usize, request: &'r Request, args: Args<'r>) -> Reply<'r> {
                self.0.route(rule, request, args)
            }

            fn enter<'r>(&'r self, mount: usize, trip: Trip<'r>) -> Reply<'r> {
                self.0.enter(mount, trip)
            }
        }

        impl Routes for $name {
            const DEFINITION: Definition =
                Definition::new(<$inner as Routes>::DEFINITION.routes, Some($source))
                    .default_folder();

            fn describe(site: &mut Site<'_>) {
                <$inner as Routes>::describe(site);
            }
        }
    };
}

struct Pages;

#[application]
impl Pages {
    #[route("/")]
    async fn index(&self, request: &Request) -> Result<String> {
        let file = crate::UrlFor::<Ours>::new(&[], "static").args(&File);
        Ok(request.url_for(&file)?)
    }

    #[route("/static/<path:filename>", endpoint = "static")]
    async fn r#static(&self, filename: &str) -> String {
        format!("{filename} of the mount")
    }
}

struct File;

impl crate::dispatch::UrlArgs for File {
    fn values(&self, values: &mut crate::dispatch::UrlValues) {
        values.push("filename", "a.css".into());
    }
}

by_default!(Ours, Pages, "/ours");
by_default!(Theirs, Pages, "/theirs");

struct Mounts {
    ours: Ours,
    theirs: Theirs,
    also: Theirs,
}

#[application]
impl Mounts {
    #[mount("/ours")]
    fn ours(&self) -> &Ours {
        &self.ours
    }

    #[mount("/theirs")]
    fn theirs(&self) -> &Theirs {
        &self.theirs
    }

    #[mount("/")]
    fn also(&self) -> &Theirs {
        &self.also
    }

    #[route("/static/<path:filename>", endpoint = "static")]
    async fn r#static(&self, filename: &str) -> String {
        format!("{filename} of the site")
    }
}

by_default!(Whole, Mounts, "/ours");

fn client() -> Client {
    let bound = crate::dispatch::Bound::new(Whole(Mounts {
        ours: Ours(Pages),
        theirs: Theirs(Pages),
        also: Theirs(Pages),
    }));
    Client::new(bound.unwrap()).unwrap()
}

#[test]
fn what_is_mounted_has_the_files_of_the_site() {
    let client = client();
    let text = |path: &str| client.get(path).send().text().to_owned();
    assert_eq!(text("/static/a.css"), "a.css of the site");
    // The same crate: there is one folder, and one URL of it.
    assert_eq!(client.get("/ours/static/a.css").send().status(), 404);
    assert_eq!(text("/ours/"), "/static/a.css");
}

#[test]
fn what_is_mounted_from_another_crate_keeps_its_own() {
    let client = client();
    let text = |path: &str| client.get(path).send().text().to_owned();
    assert_eq!(text("/theirs/static/b.css"), "b.css of the mount");
    // Where both would be at the same place, the site's stays, and nothing is wrong.
    assert_eq!(text("/static/b.css"), "b.css of the site");
}

struct Written;

#[application]
impl Written {
    #[route("/static/<path:name>")]
    async fn file(&self, name: &str) -> String {
        format!("{name} of a rule that was written")
    }
}

struct Both {
    theirs: Theirs,
    written: Written,
}

#[application]
impl Both {
    #[mount("/")]
    fn theirs(&self) -> &Theirs {
        &self.theirs
    }

    #[mount("/")]
    fn written(&self) -> &Written {
        &self.written
    }

    #[route("/static/<path:filename>", endpoint = "static")]
    async fn r#static(&self, filename: &str) -> String {
        format!("{filename} of the site")
    }
}

by_default!(All, Both, "/ours");

#[test]
fn what_is_written_takes_the_place_of_every_default_folder() {
    let bound = crate::dispatch::Bound::new(All(Both {
        theirs: Theirs(Pages),
        written: Written,
    }));
    let client = Client::new(bound.unwrap()).unwrap();
    let answer = client.get("/static/c.css").send();
    assert_eq!(answer.text(), "c.css of a rule that was written");
}
