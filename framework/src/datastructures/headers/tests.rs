use http::header::CONTENT_TYPE;
use http::header::SET_COOKIE;

use super::*;
use crate::grammar::fuzz::Random;

fn headers(fields: &[(&'static str, &'static str)]) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in fields {
        headers.add(*name, *value);
    }
    headers
}

#[test]
fn set_keeps_the_first_place() {
    let mut list = headers(&[("a", "1"), ("B", "2"), ("A", "3"), ("c", "4")]);
    list.set("A", "5");
    assert_eq!(list.to_string(), "a: 5\r\nb: 2\r\nc: 4\r\n\r\n");
    list.try_set_list("b", ["6", "7"]).unwrap();
    assert_eq!(list.get_list("B").collect::<Vec<_>>(), ["6", "7"]);
    assert_eq!(list.remove("b").unwrap(), "6");
    assert_eq!(list.len(), 2);
    list.update(headers(&[("a", "8"), ("a", "9")]));
    assert_eq!(list, headers(&[("c", "4"), ("a", "8"), ("a", "9")]));
}

#[test]
fn bad_text_is_refused() {
    let mut list = Headers::new();
    for value in ["a\r\nb", "a\nb", "a\0", "\u{7f}"] {
        assert!(list.try_add("a", value).is_err(), "{value:?}");
        assert!(list.try_set("a", value).is_err(), "{value:?}");
    }
    for name in ["", "a b", "a\r", "ü", "a:"] {
        assert!(list.try_add(name, "a").is_err(), "{name:?}");
    }
    list.try_add("a", "ü").unwrap();
    assert_eq!(list.get("a"), Some("ü"));
    assert!(list.try_set_list("a", ["b", "\n"]).is_err());
    assert_eq!(list.get("a"), Some("ü"));
}

#[test]
#[should_panic(expected = "invalid header value")]
fn a_bad_literal_panics() {
    Headers::new().set("a", "b\n");
}

#[test]
fn maps_are_converted() {
    let list = headers(&[
        ("set-cookie", "a"),
        ("content-type", "b"),
        ("set-cookie", "c"),
    ]);
    let map = HeaderMap::from(list.clone());
    assert_eq!(map.get_all(SET_COOKIE).iter().count(), 2);
    assert_eq!(Headers::from(map), list);
}

#[test]
fn defaults_are_set_once() {
    let mut list = Headers::new();
    assert_eq!(list.set_default(CONTENT_TYPE, "a"), "a");
    assert_eq!(list.set_default("Content-Type", "b"), "a");
}

/// Whatever is done with a constant field comes out as with one that was added.
#[test]
fn a_constant_field_is_a_field() {
    static HTML: Constant = Constant::content_type("content-type: text/html\r\n");
    let names = ["content-type", "Content-Type", "x-a", "x-b"];
    let mut random = Random::new(11);
    for _ in 0..2_000 {
        let mut constant = Headers::of(&HTML);
        let mut added = headers(&[("content-type", "text/html")]);
        for _ in 0..4 {
            let name = names[random.below(names.len())];
            let value = ["text/html", "1"][random.below(2)];
            let step = random.below(9);
            let [one, other] = [&mut constant, &mut added].map(|list| {
                let field = || headers(&[(name, value), ("content-type", "2")]);
                match step {
                    0 => list.add(name, value),
                    1 => list.set(name, value),
                    2 => return list.remove(name),
                    3 => return Some(list.set_default(name, value).clone()),
                    4 => return list.pop_item().map(|(_, value)| value),
                    5 => list.try_set_list(name, [value, "2"]).unwrap(),
                    6 => list.update(field()),
                    7 => list.extend(field()),
                    _ => list.retain(|_, kept| kept != value),
                }
                list.get_value(name).cloned()
            });
            assert_eq!(one, other, "{step}");
            assert_eq!(constant, added, "{step}");
            assert_eq!(constant.to_string(), added.to_string(), "{step}");
            assert_eq!(constant.len(), constant.iter().count());
            let map = HeaderMap::from(constant.clone());
            assert_eq!(map, HeaderMap::from(added.clone()));
        }
    }
}
