use rustzeug::testing::Client;
use serde_json::Value;
use serde_json::json;

use super::Tasks;

fn client() -> Client {
    let client = Client::new(Tasks::default()).expect("the application starts");
    for (title, tag) in [("write", "work"), ("rest", "home"), ("read", "work")] {
        let task = json!({"title": title, "tags": [tag]});
        let response = client.post("/tasks").json(&task).send();
        assert_eq!(response.status(), 201);
    }
    client
}

#[test]
fn tasks_come_and_go() {
    let client = client();
    let response = client
        .post("/tasks")
        .json(&json!({"title": "sleep"}))
        .send();
    assert_eq!(response.header("location"), Some("/tasks/4"));
    let want = json!({"id": 4, "title": "sleep", "tags": [], "done": false});
    assert_eq!(response.json::<Value>().expect("JSON"), want);
    let again: Value = client.get("/tasks/4").send().json().expect("JSON");
    assert_eq!(again, want);
    let done = json!({"title": "sleep", "done": true});
    let response = client.put("/tasks/4").json(&done).send();
    assert_eq!(response.json::<Value>().expect("JSON")["done"], true);
    assert_eq!(client.delete("/tasks/4").send().status(), 204);
    assert_eq!(client.get("/tasks/4").send().status(), 404);
}

#[test]
fn the_query_chooses() {
    let client = client();
    let titles = |query: &str| {
        let response = client.get(&format!("/tasks{query}")).send();
        let tasks: Vec<Value> = response.json().expect("a list");
        let title = |task: &Value| task["title"].as_str().map(str::to_owned);
        tasks.iter().filter_map(title).collect::<Vec<_>>()
    };
    assert_eq!(titles(""), ["write", "rest", "read"]);
    assert_eq!(titles("?tag=work"), ["write", "read"]);
    assert_eq!(titles("?tag=work&limit=1"), ["write"]);
}

#[test]
fn mistakes_are_told_with_the_way_to_them() {
    let client = client();
    for (call, status, want) in [
        (
            client
                .post("/tasks")
                .json(&json!({"title": "", "tags": ["a", ""]})),
            422,
            json!([
                {"field": "tags[1]", "message": "length is lower than 1"},
                {"field": "title", "message": "length is lower than 1"},
            ]),
        ),
        (
            client.post("/tasks").json(&json!({"tags": []})),
            422,
            json!([{"field": "title", "message": "is missing"}]),
        ),
        (
            client.get("/tasks?limit=0"),
            422,
            json!([{"field": "limit", "message": "lower than 1"}]),
        ),
        (client.post("/tasks").body("title=x"), 415, Value::Null),
        (
            client
                .post("/tasks")
                .body("{")
                .content_type("application/json"),
            400,
            Value::Null,
        ),
        (
            client.post("/tasks").json(&"x".repeat(100_001)),
            413,
            Value::Null,
        ),
    ] {
        let response = call.header("accept", "application/json").send();
        assert_eq!(response.status(), status, "{}", response.text());
        assert_eq!(response.json::<Value>().expect("JSON")["errors"], want);
    }
}
