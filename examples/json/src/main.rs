//! A list of tasks for programs: JSON in, JSON out, mistakes as JSON.
//!
//! Run with `cargo run -p json`, and then:
//!
//! ```sh
//! curl --json '{"title": "write", "tags": ["work"]}' http://127.0.0.1:8000/tasks
//! curl "http://127.0.0.1:8000/tasks?tag=work&limit=10"
//! ```

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use garde::Validate;
use rustzeug::prelude::*;
use serde::Deserialize;
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
struct Task {
    id: u32,
    #[serde(flatten)]
    content: Content,
}

#[derive(Clone, Debug, Deserialize, Serialize, Validate)]
#[serde(deny_unknown_fields)]
struct Content {
    #[garde(length(chars, min = 1, max = 80))]
    title: String,
    #[serde(default)]
    #[garde(length(max = 5), inner(length(chars, min = 1, max = 20)))]
    tags: Vec<String>,
    #[serde(default)]
    #[garde(skip)]
    done: bool,
}

/// `?tag=work&limit=10`
#[derive(Deserialize, Validate)]
struct Filter {
    #[garde(skip)]
    tag: Option<String>,
    #[serde(default = "ten")]
    #[garde(range(min = 1, max = 100))]
    limit: usize,
}

fn ten() -> usize {
    10
}

#[derive(Default)]
struct Tasks {
    tasks: Mutex<BTreeMap<u32, Task>>,
}

// Nothing here waits for long, so the handlers may stay on the event loop: `inline`.
#[application(limits(max_content_length = 100_000))]
impl Tasks {
    #[route("/tasks", inline)]
    fn list(&self, Valid(Query(filter)): Valid<Query<Filter>>) -> Json<Vec<Task>> {
        let tasks = self.tasks();
        let is_wanted = |task: &&Task| match &filter.tag {
            Some(tag) => task.content.tags.contains(tag),
            None => true,
        };
        let found = tasks.values().filter(is_wanted).take(filter.limit);
        Json(found.cloned().collect())
    }

    #[route("/tasks", methods = ["POST"], inline)]
    fn add(&self, request: &Request, content: Valid<Json<Content>>) -> Result<Response> {
        let Valid(Json(content)) = content;
        let mut tasks = self.tasks();
        let id = tasks.last_key_value().map_or(1, |(id, _)| id + 1);
        let task = Task { id, content };
        let place = request.url_for(&url_for!(Tasks::show { id }))?;
        let mut answer = (StatusCode::CREATED, Json(&task)).into_response();
        answer.set_location(&place)?;
        tasks.insert(id, task);
        Ok(answer)
    }

    #[route("/tasks/<int:id>", inline)]
    fn show(&self, id: u32) -> Result<Json<Task>> {
        let tasks = self.tasks();
        Ok(Json(tasks.get(&id).cloned().or_404()?))
    }

    #[route("/tasks/<int:id>", methods = ["PUT"], inline)]
    fn change(&self, id: u32, content: Valid<Json<Content>>) -> Result<Json<Task>> {
        let Valid(Json(content)) = content;
        let mut tasks = self.tasks();
        let task = tasks.get_mut(&id).or_404()?;
        task.content = content;
        Ok(Json(task.clone()))
    }

    #[route("/tasks/<int:id>", methods = ["DELETE"], inline)]
    fn remove(&self, id: u32) -> Result<StatusCode> {
        self.tasks().remove(&id).or_404()?;
        Ok(StatusCode::NO_CONTENT)
    }
}

impl Tasks {
    fn tasks(&self) -> MutexGuard<'_, BTreeMap<u32, Task>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[rustzeug::main]
async fn main() -> Tasks {
    Tasks::default()
}
