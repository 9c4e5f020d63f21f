//! The posts, in memory.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::RwLockReadGuard;

use rustzeug::exceptions::escape_html;
use serde::Deserialize;

/// A post.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Post {
    pub(crate) year: u16,
    pub(crate) month: u8,
    pub(crate) day: u8,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// The posts, shared by the blog and its admin.
#[derive(Clone)]
pub(crate) struct Posts(Arc<RwLock<Vec<Post>>>);

impl Posts {
    pub(crate) fn new() -> Self {
        let post = |year, month, day, slug: &str, title: &str| Post {
            year,
            month,
            day,
            slug: slug.to_owned(),
            title: title.to_owned(),
            text: "To be continued.".to_owned(),
        };
        Self(Arc::new(RwLock::new(vec![
            post(2007, 12, 9, "hello-werkzeug", "Hello Werkzeug"),
            post(2026, 11, 21, "hello-rustzeug", "Hello rustzeug"),
        ])))
    }

    pub(crate) fn all(&self) -> RwLockReadGuard<'_, Vec<Post>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, post: Post) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(post);
    }

    pub(crate) fn find(&self, year: u16, month: u8, day: u8, slug: &str) -> Option<Post> {
        let posts = self.all();
        let is_it = |post: &&Post| {
            (post.year, post.month, post.day) == (year, month, day) && post.slug == slug
        };
        posts.iter().find(is_it).cloned()
    }
}

/// Writes posts as a feed.
pub(crate) fn rss(posts: &[Post]) -> String {
    let mut out = "<rss version=\"2.0\"><channel><title>Blog</title>".to_owned();
    for post in posts {
        let title = escape_html(&post.title);
        out.push_str(&format!("<item><title>{title}</title></item>"));
    }
    out.push_str("</channel></rss>");
    out
}
