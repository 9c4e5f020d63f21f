use rustzeug::testing::Client;

use super::Club;

const GOOD: [(&str, &str); 5] = [
    ("name", "Ada"),
    ("email", "ada@example.com"),
    ("age", "36"),
    ("topic", "tea"),
    ("terms", "on"),
];

fn client() -> Client {
    Client::new(Club::default()).expect("the application starts")
}

#[test]
fn who_keeps_the_rules_joins() {
    let client = client();
    let call = client.post("/join").form(GOOD).form([("topic", "cake")]);
    let response = call.follow_redirects().send();
    assert_eq!(response.history().len(), 1);
    assert!(
        response.text().contains("<li>Ada: tea, cake"),
        "{}",
        response.text()
    );
}

#[test]
fn the_form_comes_back_with_what_was_typed_and_what_is_wrong() {
    let client = client();
    let sent = [
        ("name", "<A>"),
        ("email", "ada"),
        ("age", "17"),
        ("topic", "tea"),
    ];
    let response = client.post("/join").form(sent).send();
    assert_eq!(response.status(), 422);
    let text = response.text();
    for part in [
        "value=\"&lt;A&gt;\"><p>",
        "value=\"ada\"></label> <strong>",
        "value=\"17\"></label> <strong>lower than 18</strong>",
        "value=tea checked>",
        "I accept</label> <strong>must be accepted</strong>",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn what_is_no_number_is_a_mistake_like_any_other() {
    let client = client();
    let sent = [
        ("name", "Ada"),
        ("email", "ada@example.com"),
        ("age", "old"),
    ];
    let response = client.post("/join").form(sent).send();
    assert_eq!(response.status(), 422);
    let text = response.text();
    assert!(
        text.contains("value=\"old\"></label> <strong>invalid digit"),
        "{text}"
    );
}

#[test]
fn a_second_one_of_a_kind_is_refused() {
    let client = client();
    assert_eq!(client.post("/join").form(GOOD).send().status(), 303);
    let response = client.post("/join").form(GOOD).send();
    assert_eq!(response.status(), 422);
    let text = response.text();
    assert!(text.contains("value=\"Ada\""), "{text}");
    assert!(
        text.contains("<strong>is a member already</strong>"),
        "{text}"
    );
}

#[test]
fn programs_get_a_list() {
    let client = client();
    let call = client
        .post("/api/members")
        .header("accept", "application/json");
    let response = call
        .form([("name", "A"), ("email", "a@b.c"), ("age", "20")])
        .send();
    assert_eq!(response.status(), 422);
    assert_eq!(
        response.header("content-type"),
        Some("application/problem+json")
    );
    let text = response.text();
    assert!(
        text.starts_with(r#"{"title":"Unprocessable Entity","status":422,"#),
        "{text}"
    );
    assert!(
        text.contains(r#""errors":[{"field":"name","message":"length is lower than 2"},"#),
        "{text}"
    );
    let call = client.post("/api/members").form(GOOD);
    assert_eq!(call.send().status(), 201);
    let page = client.post("/api/members").form([("name", "A")]).send();
    assert!(
        page.text().contains("<p>email: is missing</p>"),
        "{}",
        page.text()
    );
    let other = client.post("/join").json(&1).send();
    assert_eq!(other.status(), 415);
    assert!(
        other.text().contains("<strong>A form was expected"),
        "{}",
        other.text()
    );
}
