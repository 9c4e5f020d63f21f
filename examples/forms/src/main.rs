//! A form that is checked, and shown again with what was wrong and what was typed.
//!
//! Run with `cargo run -p forms` and open <http://127.0.0.1:8000/>. Programs may ask for JSON:
//!
//! ```sh
//! curl -H "Accept: application/json" -d name=x -d email=y http://127.0.0.1:8000/api/members
//! ```

#[cfg(test)]
mod tests;

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use garde::Validate;
use rustzeug::exceptions::escape_html;
use rustzeug::prelude::*;
use serde::Deserialize;

/// The rules stand where the fields are; the names are those of the inputs of the page.
#[derive(Deserialize, Validate)]
struct SignUp {
    #[garde(length(chars, min = 2, max = 30))]
    name: String,
    #[garde(email)]
    email: String,
    #[garde(range(min = 18, max = 120))]
    age: u8,
    /// Any number of boxes may be ticked, also none.
    #[serde(default)]
    #[garde(length(max = 2))]
    topic: Vec<String>,
    /// A box that is not ticked is not sent.
    #[serde(default)]
    #[garde(custom(is_ticked))]
    terms: Option<String>,
}

#[derive(Default)]
struct Club {
    members: Mutex<Vec<SignUp>>,
}

#[application]
impl Club {
    #[route("/")]
    fn index(&self) -> Html<String> {
        let mut list = String::new();
        for member in self.members().iter() {
            let topics = member.topic.join(", ");
            list += &format!(
                "<li>{}: {}",
                escape_html(&member.name),
                escape_html(&topics)
            );
        }
        page(&format!("<ul>{list}</ul><a href=/join>Join</a>"))
    }

    #[route("/join")]
    fn empty_form(&self) -> Html<String> {
        page(&form(None))
    }

    /// With `Result` the handler is called in any case.
    #[route("/join", methods = ["POST"])]
    fn join(&self, request: &Request, form: Result<Valid<Form<SignUp>>, Invalid>) -> Response {
        let added = form.and_then(|Valid(Form(new))| self.add(request, new));
        match added {
            // After a redirect, reloading the page sends nothing twice.
            Ok(()) => redirect("/").see_other().into_response(),
            Err(invalid) => (invalid.status(), page(&self::form(Some(&invalid)))).into_response(),
        }
    }

    /// The same for programs: 422 is a list of fields and messages where they ask for JSON.
    #[route("/api/members", methods = ["POST"])]
    fn api_join(
        &self,
        request: &Request,
        Valid(Form(new)): Valid<Form<SignUp>>,
    ) -> Result<StatusCode, Invalid> {
        self.add(request, new)?;
        Ok(StatusCode::CREATED)
    }
}

impl Club {
    fn members(&self) -> MutexGuard<'_, Vec<SignUp>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What only the list knows is told as the other mistakes are.
    fn add(&self, request: &Request, new: SignUp) -> Result<(), Invalid> {
        let mut members = self.members();
        if members.iter().any(|member| member.email == new.email) {
            let error = FieldError::new("email", "is a member already");
            return Err(Invalid::new(request, error));
        }
        members.push(new);
        Ok(())
    }
}

fn is_ticked(terms: &Option<String>, (): &()) -> garde::Result {
    match terms {
        Some(_) => Ok(()),
        None => Err(garde::Error::new("must be accepted")),
    }
}

/// The form, with what was sent and what is wrong with it.
fn form(invalid: Option<&Invalid>) -> String {
    let mut out = String::from("<form method=post>");
    for (name, kind) in [("name", "text"), ("email", "email"), ("age", "number")] {
        let sent = invalid.and_then(|invalid| invalid.value(name));
        let (sent, error) = (escape_html(sent.unwrap_or("")), error(invalid, name));
        out += &format!("<p><label>{name} <input type={kind} name={name} value=\"{sent}\">{error}");
    }
    let sent = invalid.map_or(&[][..], |invalid| invalid.values().get_list("topic"));
    for topic in ["tea", "cake", "trains"] {
        let is_sent = sent.iter().any(|sent| sent == topic);
        let checked = if is_sent { " checked" } else { "" };
        out += &format!("<label><input type=checkbox name=topic value={topic}{checked}> {topic} ");
    }
    let [topics, terms, whole] = ["topic", "terms", ""].map(|name| error(invalid, name));
    out + &topics
        + "<p><label><input type=checkbox name=terms> I accept"
        + &(terms + &whole)
        + "<p><button>Join</button></form>"
}

fn error(invalid: Option<&Invalid>, field: &str) -> String {
    let message = invalid.and_then(|invalid| invalid.error(field));
    message.map_or_else(String::new, |message| {
        format!("</label> <strong>{}</strong>", escape_html(message))
    })
}

fn page(body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=en><title>Club</title>{body}"
    ))
}

#[rustzeug::main]
async fn main() -> Club {
    Club::default()
}
