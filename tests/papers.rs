//! COMPATIBILITY.md against the sources: every name of the inventory is in it, every path it gives
//! leads somewhere, every test it names is there. Papers rot quietly otherwise.

use std::collections::BTreeSet;
use std::path::Path;

use super::assert_clean;
use super::read;
use super::root;
use super::sources;

#[test]
fn every_name_is_in_the_papers() {
    let papers = read(Path::new("COMPATIBILITY.md"));
    let (_, papers) = papers.split_once("name by name").expect("the tables");
    let known: BTreeSet<&str> = in_backticks(papers).collect();
    let missing = missing_names(&read(Path::new("tests/inventory.txt")), &known);
    assert_clean(&missing);
}

#[test]
fn every_path_in_the_papers_leads_somewhere() {
    let papers = read(Path::new("COMPATIBILITY.md"));
    let done: Vec<&str> = papers
        .lines()
        .filter(|line| line.contains("**done**"))
        .collect();
    assert!(done.len() > 50, "{} rows are done", done.len());
    let paths: Vec<Vec<String>> = done
        .into_iter()
        .flat_map(in_backticks)
        .flat_map(expanded)
        .filter(|path| module_folder(&path[0]).is_some())
        .collect();
    assert!(paths.len() > 300, "{} paths", paths.len());
    let mut wrong = Vec::new();
    for path in paths {
        let files = module_folder(&path[0])
            .into_iter()
            .flat_map(|at| sources(&at));
        let code: Vec<String> = files.map(|file| without_comments(&read(&file))).collect();
        if !leads_somewhere(&path, &code) {
            wrong.push(format!(
                "COMPATIBILITY.md: `{}` is not there",
                path.join("::")
            ));
        }
    }
    assert_clean(&wrong);
}

#[test]
fn every_listed_difference_is_in_the_papers() {
    let papers = read(Path::new("COMPATIBILITY.md"));
    let rows: Vec<String> = papers
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(cells)
        .map(|mut cells| cells.swap_remove(0).trim().to_owned())
        .collect();
    let wrong: Vec<String> = rustzeug_tests::replay::differences::LISTED
        .iter()
        .filter(|(_, row, _)| !rows.iter().any(|known| known == row))
        .map(|(reason, row, _)| format!("COMPATIBILITY.md: no row {row:?} ({reason})"))
        .collect();
    assert_clean(&wrong);
}

#[test]
fn every_test_in_the_papers_is_there() {
    let papers = read(Path::new("COMPATIBILITY.md"));
    let mut text = String::new();
    for folder in ["framework", "framework-macros", "examples", "tests"] {
        for file in sources(folder) {
            text.push_str(&format!("\n//@ {}\n", file.display()));
            text.push_str(&read(&file));
        }
    }
    let mut wrong = Vec::new();
    let mut seen = 0;
    for row in papers.lines().filter(|line| line.starts_with("| ")) {
        let cells = cells(row);
        let [_, _, _, _, test] = cells.as_slice() else {
            continue;
        };
        for name in in_backticks(test) {
            seen += 1;
            if !is_test(name, &text) && !root().join(name).exists() {
                wrong.push(format!("COMPATIBILITY.md: no test `{name}`"));
            }
        }
    }
    assert!(seen > 50, "{seen} tests are named");
    assert_clean(&wrong);
}

fn without_comments(source: &str) -> String {
    let lines = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Names of an inventory that the papers do not have between backticks.
fn missing_names(inventory: &str, known: &BTreeSet<&str>) -> Vec<String> {
    let mut missing = Vec::new();
    for line in inventory.lines().filter(|line| !line.starts_with('#')) {
        let Some((area, names)) = line.split_once(": ") else {
            continue;
        };
        for name in names.split_whitespace() {
            let name = name.replace('~', " ");
            if !known.contains(name.as_str()) {
                missing.push(format!("COMPATIBILITY.md: nothing of `{name}` ({area})"));
            }
        }
    }
    missing
}

fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The cells of a row; a bar within backticks is text.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_code = false;
    for c in row.trim_matches(['|', ' ']).chars() {
        is_code ^= c == '`';
        match c {
            '|' if !is_code => cells.push(String::new()),
            c => cells.last_mut().expect("one at least").push(c),
        }
    }
    cells
}

/// `a::b::{c, d}` as `a::b::c` and `a::b::d`; nothing of what is no path.
fn expanded(text: &str) -> Vec<Vec<String>> {
    let is_path = |c: char| c.is_alphanumeric() || "_:{}, ".contains(c);
    if !text.contains("::") || !text.chars().all(is_path) {
        return Vec::new();
    }
    let (head, names) = match text.split_once("::{") {
        Some((head, names)) => (head, names.trim_end_matches('}')),
        None => text.rsplit_once("::").expect("a path"),
    };
    let path = |name: &str| {
        let head = head.split("::").map(str::to_owned);
        head.chain([name.trim().to_owned()]).collect()
    };
    names.split(',').map(path).collect()
}

/// Where the sources of a public module are.
fn module_folder(module: &str) -> Option<String> {
    if module == "routing" {
        return Some("framework/routing/src".to_owned());
    }
    let folder = format!("framework/src/{module}");
    let is_there = root().join(&folder).is_dir();
    is_there.then_some(folder).or_else(|| {
        let file = format!("framework/src/{module}.rs");
        root()
            .join(file)
            .exists()
            .then(|| "framework/src".to_owned())
    })
}

/// Whether each type on the way is declared in the module, and the last name is written there.
fn leads_somewhere(path: &[String], code: &[String]) -> bool {
    let (last, way) = path[1..].split_last().expect("a path has two names");
    let is_type = |name: &str| name.starts_with(char::is_uppercase);
    let declares = |name: &str| {
        let kinds = ["struct", "enum", "trait", "type"];
        // A macro declares some of them: then the name alone stands in its call.
        let declared = kinds
            .iter()
            .any(|kind| code.iter().any(|code| has_words(code, kind, name)));
        declared || code.iter().any(|code| has_word(code, name))
    };
    let types = way
        .iter()
        .filter(|name| is_type(name))
        .all(|name| declares(name));
    let is_written = match is_type(last) {
        true => declares(last),
        false => code.iter().any(|code| has_word(code, last)),
    };
    types && is_written
}

fn has_words(code: &str, first: &str, second: &str) -> bool {
    code.match_indices(first).any(|(at, _)| {
        let rest = code[at + first.len()..].trim_start();
        rest.strip_prefix(second)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

fn has_word(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        !code[..at].ends_with(is_part) && !code[at + word.len()..].starts_with(is_part)
    })
}

/// `a::b::tests::name`: a test of that name; `a::b::tests` or `a::b`: tests in a module so called;
/// a bare word: a test or an operation of that name.
fn is_test(name: &str, sources: &str) -> bool {
    let last = name.rsplit("::").next().unwrap_or(name);
    let is_fn = sources
        .match_indices(&format!("fn {last}("))
        .any(|(at, _)| {
            // What is in front of `fn`, and the attributes above.
            let above = sources[..at].lines().rev();
            let above = above.skip_while(|line| line.trim() == "async");
            let mut attributes = above.take_while(|line| {
                let line = line.trim();
                line.is_empty() || line.starts_with("#[") || line.starts_with("///")
            });
            attributes.any(|line| line.contains("#[test]") || line.contains("#[tokio::test"))
        });
    if is_fn {
        return true;
    }
    let folder: Vec<&str> = name.split("::").filter(|part| *part != "tests").collect();
    let module = format!("/{}", folder.join("/"));
    let has_tests = sources.split("\n//@ ").any(|file| {
        let (path, text) = file.split_once('\n').unwrap_or((file, ""));
        let path = path.replace('\\', "/").replace("/src/", "/");
        path.contains(&module) && text.contains("#[test]")
    });
    has_tests && name.contains("::") || sources.contains(&format!("\"{name}\" =>"))
}

mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_seen() {
        let known = BTreeSet::from(["a", "flask run"]);
        assert_eq!(
            missing_names("# x: y\nx: a flask~run\n", &known),
            Vec::<String>::new()
        );
        let missing = missing_names("x: a b", &known);
        assert_eq!(missing, ["COMPATIBILITY.md: nothing of `b` (x)"]);
    }

    #[test]
    fn paths_are_followed() {
        let code = vec!["pub struct Request;\nimpl Request {\npub fn args(&self)".to_owned()];
        let leads = |text: &str| {
            let paths = expanded(text);
            !paths.is_empty() && paths.iter().all(|path| leads_somewhere(path, &code))
        };
        assert!(leads("request::Request"));
        assert!(leads("request::Request::args"));
        assert!(leads("request::{Request, args}"));
        assert!(!leads("request::Request::{args, arg}"));
        assert!(!leads("request::Requests"));
        assert!(!leads("Response"));
        assert!(expanded("#[route(\"a::b\")]").is_empty());
    }

    #[test]
    fn tests_are_found() {
        let sources = "\n//@ framework/src/a/b.rs\n#[test]\nfn one() {}\nfn two() {}\n\"op\" => x";
        assert!(is_test("a::b::tests::one", sources));
        assert!(is_test("a::b::tests", sources));
        assert!(is_test("op", sources));
        assert!(!is_test("two", sources));
        assert!(!is_test("a::c::tests", sources));
    }

    #[test]
    fn bars_in_code_are_text() {
        assert_eq!(cells("| a | `b | c` | d |"), ["a ", " `b | c` ", " d"]);
    }
}
