use rustzeug::prelude::*;

use std::marker::PhantomData;

pub trait Store: Send + Sync + 'static {
    fn get(&self, key: &str) -> impl Future<Output = String> + Send;
}

pub struct Generic<S> {
    store: S,
    both: PhantomData<S>,
}

#[application]
impl<S: Store> Generic<S>
where
    S: Sized,
{
    #[route("/get/<key>")]
    async fn get(&self, key: &str) -> String {
        let _ = self.both;
        self.store.get(key).await
    }
}

struct Memory;

impl Store for Memory {
    async fn get(&self, key: &str) -> String {
        key.to_uppercase()
    }
}

fn main() {
    let app = Generic { store: Memory, both: PhantomData };
    let _ = app.into_application().is_ok();
}
