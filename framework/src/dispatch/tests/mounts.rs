//! Applications within applications.

use super::check;
use crate::prelude::*;
use crate::routing::Converter;
use crate::routing::Value;

#[derive(Debug, Default)]
struct Hex;

impl Converter for Hex {
    fn matches(&self, text: &str) -> bool {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    fn parse(&self, text: &str) -> Option<Value> {
        i128::from_str_radix(text, 16).ok().map(Value::Int)
    }
}

#[derive(Debug, PartialEq)]
struct Key(u64);

impl crate::dispatch::FromUrl<'_, Hex> for Key {
    fn from_url(text: &str) -> Option<Self> {
        u64::from_str_radix(text, 16).ok().map(Self)
    }
}

impl crate::dispatch::ToUrl<Hex> for Key {
    fn to_url(&self) -> Value {
        format!("{:x}", self.0).into()
    }
}

struct Users {
    names: Vec<&'static str>,
}

#[application(converters(hex = Hex))]
impl Users {
    #[route("/")]
    async fn list(&self) -> String {
        self.names.join(" ")
    }

    #[route("/", methods = ["POST", "PUT"])]
    async fn save(&self) {}

    #[route("/<int:id>")]
    fn show(&self, id: usize) -> Result<String> {
        self.names
            .get(id)
            .map(|name| (*name).to_owned())
            .ok_or(NotFound.into())
    }

    #[route("/key/<hex:key>")]
    async fn key(&self, key: Key) -> String {
        format!("{key:?}")
    }

    #[route("/key/<name>")]
    async fn name(&self, name: &str) -> String {
        name.to_owned()
    }
}

/// A view that borrows.
struct Tenant<'s> {
    site: &'s Site,
    name: String,
}

#[application]
impl<'s> Tenant<'s> {
    #[route("/hello/<word>")]
    async fn hello(&self, word: &str) -> String {
        super::pause().await;
        format!("{} {} {word}", self.site.users.names.len(), self.name)
    }
}

struct Site {
    users: Users,
}

#[application]
impl Site {
    #[route("/")]
    async fn index(&self) -> &'static str {
        "index"
    }

    #[mount("/users")]
    fn users(&self) -> &Users {
        &self.users
    }

    #[mount("/t/<tenant>")]
    fn tenant(&self, tenant: &str) -> Tenant<'_> {
        Tenant {
            site: self,
            name: tenant.to_owned(),
        }
    }

    #[mount("/n/<int:number>")]
    fn numbered(&self, number: u8) -> &Users {
        let _ = number;
        &self.users
    }
}

#[test]
fn a_mount_answers_below_its_prefix() {
    let app = Site {
        users: Users {
            names: vec!["ada", "bob"],
        },
    }
    .into_application()
    .unwrap();
    check(
        &app,
        &[
            ("GET /", "200 index"),
            ("GET /users/", "200 ada bob"),
            ("GET /users", "308 http://localhost/users/"),
            ("GET /users/1", "200 bob"),
            ("GET /users/9", "404"),
            ("GET /users/key/ff", "200 Key(255)"),
            ("GET /users/key/zz", "200 zz"),
            ("GET /t/acme/hello/you", "200 2 acme you"),
            ("GET /n/7/0", "200 ada"),
            ("GET /n/700/0", "404"),
            ("GET /nothing", "404"),
        ],
    );
}

struct Twice {
    users: Users,
}

#[application]
impl Twice {
    #[route("/a/<int:n>")]
    async fn number(&self, n: u32) -> String {
        n.to_string()
    }

    #[route("/a/", methods = ["PUT"])]
    async fn put(&self) {}

    #[mount("/a")]
    fn users(&self) -> &Users {
        &self.users
    }
}

#[test]
fn a_rule_that_a_mount_hides_is_told_before_the_start() {
    let error = Twice {
        users: Users { names: vec![] },
    }
    .into_application()
    .unwrap_err();
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let [part, total] = lines.as_slice() else {
        panic!("{text}")
    };
    // Both rules, both handlers, both places.
    assert!(
        total.starts_with("`/a/<int:id>` of `Users::show` ("),
        "{total}"
    );
    assert!(
        total.contains(") can never match: `/a/<int:n>` of `Twice::number` ("),
        "{total}"
    );
    assert_eq!(total.matches(file!()).count(), 2, "{total}");
    assert!(part.contains("`Users::save` ("), "{part}");
    assert!(part.contains(") never gets PUT: "), "{part}");
}
