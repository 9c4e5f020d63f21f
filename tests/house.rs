//! The law of the house, read off the sources: who may import whom, what may not wait, how long a
//! file may be, and that nothing lies around that nobody runs.
//!
//! The rules are functions over text, tested at the end with the very mistakes they are for.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

mod papers;

/// The modules of the framework, from the bottom up, and what each may import: only what stands
/// above it. Leaves, the modules behind a feature, may be named by `run` alone.
#[rustfmt::skip]
const MODULES: &[(&str, &str)] = &[
    ("grammar", ""),
    // Dates on the wire are grammar; the present is the clock's.
    ("clock", "grammar"),
    ("security", ""),
    ("body", ""),
    ("datastructures", "grammar body"),
    ("exceptions", "grammar datastructures"),
    ("protocol", "grammar datastructures"),
    ("request", "grammar body datastructures exceptions protocol"),
    ("response", "grammar clock security body datastructures exceptions protocol request"),
    ("application", "request response"),
    // The driver lives beside the pool: a whole request travels to a thread.
    ("blocking", "request response application"),
    ("extract", "grammar body datastructures exceptions request response"),
    ("middleware", "grammar clock security body datastructures \
        exceptions request response application"),
    ("dispatch", "datastructures exceptions request response application blocking extract"),
    ("testing", "grammar body datastructures exceptions protocol \
        request response application blocking"),
    ("config", "datastructures"),
    ("server", "clock body exceptions protocol request response application blocking"),
    ("tls", "server"),
    ("http2", "body request response application blocking server"),
    ("websocket", "exceptions request response extract"),
    ("sessions", "clock security datastructures request response extract application middleware"),
    ("templates", "exceptions request response extract dispatch sessions"),
    ("openapi", "extract dispatch response"),
    ("metrics", "clock request response application middleware dispatch"),
    ("gateway", "body exceptions protocol request response application blocking"),
    ("tower_compat", "body request response application blocking"),
    ("wsgi", "body request response application blocking"),
    ("debugger", "clock security exceptions request response application middleware dispatch"),
    ("reload", "clock"),
    ("run", "application config server tls http2 websocket sessions templates \
        openapi metrics gateway tower_compat wsgi debugger reload"),
];

/// The faces of the crate; they name everything.
const FACES: &[&str] = &["lib", "private"];

/// Who may use the routing crate: it finds, `request` keeps what was captured, `dispatch` asks.
const USES_ROUTING: &str = "request extract dispatch openapi lib private";

/// Files that may be longer than `LONGEST`, up to a number of lines, and why.
#[rustfmt::skip]
const LONG_FILES: &[(&str, usize, &str)] = &[
    ("framework/src/protocol/h1/tests.rs", 1_100, "tables of cases"),
];

/// Examples that nothing runs, and why.
const UNTESTED_EXAMPLES: &[(&str, &str)] = &[];

const LONGEST: usize = 500;

#[test]
fn nobody_imports_upwards() {
    let mut wrong = Vec::new();
    for file in sources("framework/src") {
        let Some((module, is_top)) = module_of(&file) else {
            wrong.push(format!("{}: not in a module", file.display()));
            continue;
        };
        for mistake in check_imports(&module, is_top, &read(&file)) {
            wrong.push(format!("{}: {mistake}", file.display()));
        }
    }
    assert_clean(&wrong);
}

#[test]
fn grammar_protocol_and_routing_do_not_wait() {
    let mut wrong = Vec::new();
    for folder in [
        "framework/src/grammar",
        "framework/src/protocol",
        "framework/routing/src",
    ] {
        let files = sources(folder);
        assert!(!files.is_empty(), "{folder} is gone");
        for file in files {
            for mistake in check_sans_io(&read(&file)) {
                wrong.push(format!("{}: {mistake}", file.display()));
            }
        }
    }
    assert_clean(&wrong);
}

#[test]
fn no_file_is_longer_than_a_head_can_hold() {
    let mut wrong = Vec::new();
    for folder in ["framework", "framework-macros", "examples", "tests"] {
        for file in sources(folder) {
            let name = file.to_string_lossy().replace('\\', "/");
            wrong.extend(check_length(&name, read(&file).lines().count(), LONG_FILES));
        }
    }
    for (name, ..) in LONG_FILES {
        if !root().join(name).exists() {
            wrong.push(format!("{name}: gone; take it off the list of long files"));
        }
    }
    assert_clean(&wrong);
}

#[test]
fn every_topic_is_run() {
    let folder = root().join("tests/it");
    let main = read(Path::new("tests/it/main.rs"));
    let mut topics = Vec::new();
    for entry in fs::read_dir(folder).expect("tests/it") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if name != "main" {
            topics.push(name);
        }
    }
    assert_clean(&check_listed(&main, &topics));
}

#[test]
fn every_example_is_run() {
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root().join("examples")).expect("examples") {
        let path = entry.expect("an entry").path();
        if !path.join("Cargo.toml").exists() {
            continue;
        }
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let files = sources(&format!("examples/{name}"));
        let is_tested = files.iter().any(|file| has_tests(&read(file)));
        let is_excused = UNTESTED_EXAMPLES
            .iter()
            .any(|(excused, _)| *excused == name);
        match (is_tested, is_excused) {
            (false, false) => wrong.push(format!("examples/{name}: has no test")),
            (true, true) => wrong.push(format!("examples/{name}: tested; take it off the list")),
            _ => {}
        }
    }
    assert_clean(&wrong);
}

/// What a file of a module imports and may not. `is_top` says that `super` is the crate itself.
fn check_imports(module: &str, is_top: bool, source: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let code = code_of(source);
    if code.contains("super::super::") {
        wrong.push("`super::super::` hides where it leads; write `crate::…`".to_owned());
    }
    if code.contains("rustzeug_routing") && USES_ROUTING.split(' ').all(|user| user != module) {
        wrong.push(format!("`{module}` may not use the routing crate"));
    }
    if FACES.contains(&module) {
        return wrong;
    }
    let Some((_, allowed)) = MODULES.iter().find(|(name, _)| *name == module) else {
        wrong.push(format!("`{module}` is not in the table of modules"));
        return wrong;
    };
    let mut names = paths_after(&code, "crate::");
    names.extend(paths_after(&code, "rustzeug::"));
    if is_top {
        let up = paths_after(&code, "super::");
        names.extend(
            up.into_iter()
                .filter(|name| MODULES.iter().any(|(m, _)| m == name)),
        );
    }
    names.sort();
    names.dedup();
    for name in names {
        if name == module || allowed.split(' ').any(|allowed| allowed == name) {
            continue;
        }
        wrong.push(if MODULES.iter().any(|(known, _)| *known == name) {
            format!("`{module}` may not import `{name}`")
        } else {
            format!("`crate::{name}`: name the module it comes from")
        });
    }
    wrong
}

/// What a file does that must run without a socket, a clock, or a runtime.
fn check_sans_io(source: &str) -> Vec<String> {
    // `Ipv6Addr` is a value that happens to live beside the sockets.
    let mut code = code_of(source);
    for value in ["IpAddr", "Ipv4Addr", "Ipv6Addr"] {
        code = code.replace(&format!("std::net::{value}"), "");
    }
    let banned = [
        ("async fn", "waits"),
        ("async move", "waits"),
        ("async {", "waits"),
        (".await", "waits"),
        ("tokio", "needs a runtime"),
        ("std::net", "knows sockets"),
        ("std::fs", "knows files"),
        ("std::thread", "knows threads"),
        ("crate::clock", "reads the clock"),
        ("Instant", "reads the clock"),
        ("SystemTime::now", "reads the clock"),
    ];
    let found = banned.iter().filter(|(word, _)| code.contains(word));
    found
        .map(|(word, why)| format!("`{word}`: {why}"))
        .collect()
}

fn check_length(name: &str, lines: usize, list: &[(&str, usize, &str)]) -> Option<String> {
    let listed = list.iter().find(|(long, ..)| *long == name);
    match listed {
        None if lines > LONGEST => Some(format!("{name}: {lines} lines, more than {LONGEST}")),
        Some((_, most, _)) if lines > *most => Some(format!(
            "{name}: {lines} lines, more than the {most} it was allowed"
        )),
        Some(_) if lines <= LONGEST => Some(format!(
            "{name}: {lines} lines; take it off the list of long files"
        )),
        _ => None,
    }
}

/// Which topics the one test binary does not name.
fn check_listed(main: &str, topics: &[String]) -> Vec<String> {
    let code = code_of(main);
    let is_named = |topic: &&String| {
        code.lines()
            .any(|line| line.trim() == format!("mod {topic};"))
    };
    let missing = topics.iter().filter(|topic| !is_named(topic));
    missing
        .map(|topic| format!("tests/it/{topic}.rs: no `mod {topic};` in main.rs"))
        .collect()
}

fn has_tests(source: &str) -> bool {
    let mut lines = source.lines().map(str::trim_start);
    lines.any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
}

/// The lines that are compiled into the library: no comments, no unit tests, which may borrow
/// from anywhere.
fn code_of(source: &str) -> String {
    let mut code = String::new();
    for line in source.lines() {
        let line = line.trim_start();
        if line.starts_with("#[cfg(test)]") {
            break;
        }
        if !line.starts_with("//") && !line.starts_with("note = ") {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

/// The first names of all paths behind a prefix, also in braces.
fn paths_after(code: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            None => names.push(first_name(rest)),
            Some(group) => {
                let mut depth = 0;
                let mut is_first = true;
                for (at, c) in group.char_indices() {
                    match c {
                        '}' if depth == 0 => break,
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 0 => is_first = true,
                        c if is_first && (c.is_alphabetic() || c == '_') => {
                            names.push(first_name(&group[at..]));
                            is_first = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

fn first_name(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// The top-level module a file of the framework belongs to, and whether `super` in it is the
/// crate itself.
fn module_of(file: &Path) -> Option<(String, bool)> {
    let inside = file.strip_prefix("framework/src").ok()?;
    let first = inside
        .components()
        .next()?
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    let is_top = inside.components().count() == 1 || inside.ends_with(format!("{first}/mod.rs"));
    Some((first.trim_end_matches(".rs").to_owned(), is_top))
}

/// All Rust files under a folder, by their paths from the root; unit tests in files of their own
/// are left out.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(root().join(&folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = folder.join(entry.file_name());
            let is_elsewhere = ["target", "rivals", "ui", "vectors"]
                .iter()
                .any(|name| path.ends_with(name));
            if entry.path().is_dir() && !is_elsewhere {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let is_library = folder.starts_with("framework/");
    found.retain(|path| !is_library || !is_test_file(path));
    found.sort();
    found
}

/// `tests.rs`, `tests/…` and `fuzz.rs`: compiled for tests only.
fn is_test_file(path: &Path) -> bool {
    path.components().any(|part| {
        matches!(
            part.as_os_str().to_str(),
            Some("tests" | "tests.rs" | "fuzz.rs")
        )
    })
}

fn read(file: &Path) -> String {
    fs::read_to_string(root().join(file)).expect("a source file")
}

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the workspace").to_owned()
}

#[track_caller]
fn assert_clean(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

mod the_law_itself {
    use super::*;

    #[test]
    fn refuses_an_import_upwards() {
        let source = "use std::io;\n\nuse crate::server::Server;\n";
        let want = ["`protocol` may not import `server`"];
        assert_eq!(check_imports("protocol", false, source), want);
        let nested = "use crate::{grammar::token, server::{Server, Builder}, body};\n";
        let want = [
            "`protocol` may not import `body`",
            "`protocol` may not import `server`",
        ];
        assert_eq!(check_imports("protocol", false, nested), want);
        let inline = "fn f() { crate::dispatch::find() }\n";
        assert_eq!(check_imports("request", false, inline).len(), 1);
        assert_eq!(
            check_imports("request", true, "use super::server::Server;\n").len(),
            1
        );
        assert_eq!(
            check_imports("request", false, "use super::server::Server;\n").len(),
            0
        );
        assert_eq!(
            check_imports("server", false, "use crate::tls::Acceptor;\n").len(),
            1
        );
    }

    #[test]
    fn refuses_what_hides_an_import() {
        let hidden = "use crate::Response;\n";
        let want = ["`crate::Response`: name the module it comes from"];
        assert_eq!(check_imports("grammar", false, hidden), want);
        assert_eq!(
            check_imports("grammar", false, "use rustzeug::server::Server;\n").len(),
            1
        );
        assert_eq!(
            check_imports("grammar", false, "use super::super::server;\n").len(),
            1
        );
        assert_eq!(
            check_imports("server", false, "use rustzeug_routing::Map;\n").len(),
            1
        );
        assert_eq!(check_imports("misc", false, "").len(), 1);
    }

    #[test]
    fn accepts_imports_downwards_docs_and_tests() {
        let source = "//! See [`Server`](crate::server::Server).\n\
            use crate::grammar::token;\n\
            /// [`crate::run_simple`]\n\
            fn f() { crate::datastructures::Headers::new(); $crate::server::x() }\n\
            #[cfg(test)]\n\
            mod tests { use crate::server::Server; }\n";
        assert_eq!(check_imports("protocol", false, source), [""; 0]);
        assert_eq!(
            check_imports("lib", true, "pub use crate::server::Server;\n"),
            [""; 0]
        );
    }

    #[test]
    fn refuses_what_waits_in_a_protocol() {
        for source in [
            "pub async fn read(&mut self) -> u8 { 0 }\n",
            "let x = stream.read().await;\n",
            "use tokio::io::AsyncRead;\n",
            "use std::net::TcpStream;\n",
            "use std::fs::File;\n",
            "let now = SystemTime::now();\n",
            "use crate::clock;\n",
        ] {
            assert_eq!(check_sans_io(source).len(), 1, "{source}");
        }
        for source in [
            "// an `async fn` would wait\n",
            "text.parse::<std::net::Ipv6Addr>()\n",
            "use std::time::SystemTime;\n",
        ] {
            assert_eq!(check_sans_io(source).len(), 0, "{source}");
        }
    }

    #[test]
    fn refuses_long_files() {
        let list = &[("long.rs", 600, "a reason")];
        assert_eq!(check_length("a.rs", 500, list), None);
        assert!(check_length("a.rs", 501, list).is_some());
        assert_eq!(check_length("long.rs", 600, list), None);
        assert!(check_length("long.rs", 601, list).is_some());
        assert!(check_length("long.rs", 400, list).is_some());
    }

    #[test]
    fn refuses_a_topic_that_is_not_run() {
        let topics = ["http1".to_owned(), "limits".to_owned()];
        assert_eq!(check_listed("mod http1;\nmod limits;\n", &topics), [""; 0]);
        assert_eq!(
            check_listed("mod http1;\n// mod limits;\n", &topics).len(),
            1
        );
        assert!(has_tests(
            "#[cfg(test)]\nmod tests {\n    #[test]\nfn f() {}\n"
        ));
        assert!(has_tests("#[tokio::test]\nasync fn f() {}\n"));
        assert!(!has_tests("// #[test]\nfn f() {}\n"));
    }
}
