use rustzeug::prelude::*;

#[application]
mod site {
    use rustzeug::prelude::*;

    #[route("/")]
    async fn index() -> &'static str {
        "index"
    }
}

fn main() {
    let _ = site::App.into_application().is_ok();
    let _ = url_for!(site::App::index);
}
