use rustzeug::prelude::*;

pub struct Settings {
    pub title: String,
}

#[application]
mod site {
    use super::*;

    #[route("/")]
    async fn index(settings: State<'_, Settings>) -> String {
        settings.title.clone()
    }
}

fn main() {}
