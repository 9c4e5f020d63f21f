use rustzeug::prelude::*;

use rustzeug::extract::Header;
use rustzeug::extract::UserAgent;

struct Blog {
    settings: Settings,
}

struct Settings {
    title: String,
}

impl AsRef<Settings> for Blog {
    fn as_ref(&self) -> &Settings {
        &self.settings
    }
}

struct User<'r>(&'r str);

impl<'r> FromRequest<'r, Blog> for User<'r> {
    type Error = HttpException;

    async fn from_request(request: &'r Request, app: &'r Blog) -> Result<Self> {
        let settings = State::<'r, Settings>::from_request(request, app).await?;
        std::future::ready(()).await;
        Ok(User(&settings.0.title))
    }
}

struct Login<'r, T>(User<'r>, T);

impl<'r, T: serde_json::value::Index + Send> FromRequest<'r, Blog> for Login<'r, Option<T>> {
    type Error = HttpException;

    async fn from_request(request: &'r Request, app: &'r Blog) -> Result<Self> {
        Ok(Login(User::from_request(request, app).await?, None))
    }
}

#[application]
impl Blog {
    #[route("/")]
    async fn index<'a>(
        &'a self,
        request: &'a Request,
        user: Option<User<'a>>,
        login: Result<Login<'_, Option<usize>>, HttpException>,
        agent: Option<Header<'_, UserAgent>>,
        mut name: State<'_, Settings>,
    ) -> String {
        name = State(name.0);
        let login = login.map_or("", |login| if login.1.is_none() { login.0.0 } else { "" });
        let user = user.map_or("", |user| user.0);
        format!("{} {user} {login} {} {}", request.path(), agent.is_some(), name.title)
    }

    #[route("/plain/<path:rest>")]
    fn plain(&self, user: User<'_>, rest: String) -> String {
        format!("{} {rest}", user.0)
    }

    #[route("/uuid/<uuid:id>/<any(true, false):flag>", inline)]
    fn typed(&self, id: u128, flag: bool, State(settings): State<'_, Settings>) -> String {
        format!("{id} {flag} {}", settings.title)
    }
}

fn main() {
    let app = Blog { settings: Settings { title: String::new() } };
    let _ = app.into_application().is_ok();
}
