use std::future::Future as _;
use std::pin::pin;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;

use serde::Deserialize;

use super::Form;
use super::FromRequest;
use super::Query;
use crate::exceptions::HttpException;
use crate::request::Request;
use crate::response::Json;
use crate::testing::EnvironBuilder;

#[derive(Debug, Deserialize, PartialEq)]
struct Person {
    name: String,
    age: u8,
    #[serde(default)]
    tag: Vec<u32>,
    nick: Option<String>,
}

fn extract<'r, X: FromRequest<'r, ()>>(request: &'r Request) -> Result<X, X::Error> {
    let mut future = pin!(X::from_request(request, &()));
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing to wait for"),
    }
}

fn told(error: &HttpException) -> String {
    format!("{} {}", error.code(), error.description())
}

#[test]
fn fields_become_values() {
    let pairs = [("name", "Ü b"), ("tag", "1"), ("age", "36"), ("tag", "2")];
    let want = Person {
        name: "Ü b".to_owned(),
        age: 36,
        tag: vec![1, 2],
        nick: None,
    };
    let form = EnvironBuilder::new("/").form(pairs).build().unwrap();
    assert_eq!(extract::<Form<Person>>(&form).unwrap().0, want);
    let multipart = EnvironBuilder::new("/").form(pairs).file("f", "f", "x");
    let multipart = multipart.build().unwrap();
    assert_eq!(extract::<Form<Person>>(&multipart).unwrap().0, want);
    let query = EnvironBuilder::new("/").query(pairs).build().unwrap();
    assert_eq!(extract::<Query<Person>>(&query).unwrap().0, want);
}

#[test]
fn what_does_not_fit_is_named() {
    for (query, want) in [
        ("age=1", "400 The field 'name' is missing."),
        (
            "name=a&age=old",
            "400 The field 'age' does not fit: invalid digit found in string.",
        ),
        (
            "name=a&age=1&tag=2&tag=x",
            "400 The field 'tag[1]' does not fit: invalid digit found in string.",
        ),
    ] {
        let request = EnvironBuilder::new("/")
            .query_string(query)
            .build()
            .unwrap();
        let error = extract::<Query<Person>>(&request).unwrap_err();
        assert_eq!(told(&error), want, "{query}");
        let form = EnvironBuilder::new("/")
            .content_type("application/x-www-form-urlencoded")
            .body(query.to_owned());
        let error = extract::<Form<Person>>(&form.build().unwrap()).unwrap_err();
        assert_eq!(told(&error), want, "{query}");
    }
}

#[test]
fn the_way_to_a_value_of_a_document_is_named() {
    #[derive(Debug, Deserialize)]
    struct Group {
        #[expect(dead_code, reason = "only read")]
        people: Vec<Person>,
    }
    for (document, want) in [
        (
            r#"{"people": [{"name": "a", "age": "x"}]}"#,
            "400 The field 'people[0].age' does not fit: invalid type: string \"x\", expected u8 at \
             line 1 column 36.",
        ),
        (
            r#"{"people": [{"age": 1}]}"#,
            "400 The field 'people[0].name' is missing.",
        ),
        (
            "{",
            "400 Failed to decode JSON object: EOF while parsing an object at line 1 column 1",
        ),
    ] {
        let request = EnvironBuilder::new("/")
            .content_type("application/json")
            .body(document.to_owned())
            .build()
            .unwrap();
        let error = extract::<Json<Group>>(&request).unwrap_err();
        assert_eq!(told(&error), want, "{document}");
    }
}

#[test]
fn other_bodies_are_no_forms() {
    let json = EnvironBuilder::new("/").json(&1).build().unwrap();
    let error = extract::<Form<Person>>(&json).unwrap_err();
    assert_eq!(error.code(), 415);
    let kind = "multipart/form-data; boundary=b";
    let cut = EnvironBuilder::new("/").content_type(kind).body("--b\r\n");
    let cut = cut.build().unwrap();
    assert_eq!(extract::<Form<Person>>(&cut).unwrap_err().code(), 400);
    assert_eq!(extract::<super::Files<'_>>(&cut).unwrap_err().code(), 400);
    assert_eq!(extract::<super::Files<'_>>(&json).unwrap_err().code(), 415);
    let nothing = EnvironBuilder::new("/").build().unwrap();
    assert!(extract::<Option<Form<Person>>>(&nothing).unwrap().is_none());
    assert!(
        extract::<Option<super::Files<'_>>>(&nothing)
            .unwrap()
            .is_none()
    );
}
