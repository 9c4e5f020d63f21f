//! Routers side by side: `cargo run --release -p rivals --bin router [SET…]`.
//!
//! Nanoseconds per path: the median of rounds in which the routers take turns, so that what else
//! the machine does hits all of them. A look-up includes the captured variables, as far as the
//! router captures at all. Routers without converters get the rules without them.

use std::hint::black_box;
use std::time::Duration;
use std::time::Instant;

use rustzeug_routing::Captures;
use rustzeug_routing::Methods;
use rustzeug_routing::Outcome;
use rustzeug_routing::Rule;
use rustzeug_routing::TableBuf;
use rustzeug_routing::TableBuilder;
use rustzeug_routing::TableOptions;

/// Looks all paths up once and returns how many were found.
type Pass<'a> = Box<dyn FnMut(&[String]) -> usize + 'a>;

fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let sets = ["gh", "pt", "syn10", "syn100", "syn1000", "syn10000"];
    println!("| set (rules) | {} |", NAMES.join(" | "));
    println!("|---|{}", "---:|".repeat(NAMES.len()));
    for set in sets
        .into_iter()
        .filter(|set| given.is_empty() || given.iter().any(|g| g == set))
    {
        let (rules, paths) = (load(set, "rules"), load(set, "paths"));
        let medians = medians(&rules, &paths);
        let cells: Vec<String> = medians
            .iter()
            .map(|median| median.map_or("–".to_owned(), |median| format!("{median:.1}")))
            .collect();
        println!("| {set} ({}) | {} |", rules.len(), cells.join(" | "));
    }
}

fn medians(rules: &[String], paths: &[String]) -> Vec<Option<f64>> {
    let table = ours(rules);
    let mut routers: Vec<Option<Pass<'_>>> = vec![
        Some(pass_ours(&table)),
        matchit(rules),
        wayfind(rules),
        path_tree(rules),
        xitca(rules),
        // Each look-up tries the rules one by one: minutes for the large sets.
        (rules.len() <= 1_000).then(|| actix(rules)),
    ];
    let mut repeats = Vec::new();
    for (pass, name) in routers.iter_mut().zip(NAMES) {
        repeats.push(pass.as_mut().map_or(0, |pass| {
            let found = pass(paths);
            if found != paths.len() {
                eprintln!("{name} finds {found} of {} paths", paths.len());
            }
            let start = Instant::now();
            let mut repeats = 0;
            while start.elapsed() < ROUND {
                black_box(pass(black_box(paths)));
                repeats += 1;
            }
            repeats
        }));
    }
    let mut times = vec![Vec::new(); routers.len()];
    for _ in 0..ROUNDS {
        for ((pass, repeats), times) in routers.iter_mut().zip(&repeats).zip(&mut times) {
            let Some(pass) = pass else { continue };
            let start = Instant::now();
            for _ in 0..*repeats {
                black_box(pass(black_box(paths)));
            }
            let each = start.elapsed().as_secs_f64() * 1e9 / (*repeats * paths.len()) as f64;
            times.push(each);
        }
    }
    times
        .into_iter()
        .map(|mut times| {
            times.sort_by(f64::total_cmp);
            times.get(times.len() / 2).copied()
        })
        .collect()
}

fn ours(rules: &[String]) -> TableBuf {
    let mut builder = TableBuilder::new(TableOptions::new());
    for rule in rules {
        builder
            .add(&Rule::new(rule.as_str()).methods(["GET"]))
            .expect("a rule");
    }
    builder.build().table
}

fn pass_ours(table: &TableBuf) -> Pass<'_> {
    let mut captures = Captures::new();
    let table = table.as_table();
    Box::new(move |paths| {
        let mut found = 0;
        for path in paths {
            let outcome = table.find(path, Methods::GET, false, &mut captures);
            found += usize::from(matches!(black_box(outcome), Outcome::Found(_)));
            black_box(&captures);
        }
        found
    })
}

fn matchit(rules: &[String]) -> Option<Pass<'static>> {
    let mut router = matchit::Router::new();
    for (index, rule) in rules.iter().enumerate() {
        router.insert(rewrite(rule, "{", "{*", "}"), index).ok()?;
    }
    Some(Box::new(move |paths| {
        count(paths, |path| router.at(path).is_ok_and(|m| used(&m)))
    }))
}

fn wayfind(rules: &[String]) -> Option<Pass<'static>> {
    let mut builder = wayfind::RouterBuilder::new();
    for (index, rule) in rules.iter().enumerate() {
        builder.insert(&rewrite(rule, "<", "<*", ">"), index).ok()?;
    }
    let router = builder.build();
    Some(Box::new(move |paths| {
        count(paths, |path| router.search(path).is_some_and(|m| used(&m)))
    }))
}

fn path_tree(rules: &[String]) -> Option<Pass<'static>> {
    let mut tree = path_tree::PathTree::new();
    for (index, rule) in rules.iter().enumerate() {
        let rule = rewrite(rule, ":", "*", "");
        let _ = tree.insert(&rule, index);
    }
    Some(Box::new(move |paths| {
        count(paths, |path| tree.find(path).is_some_and(|m| used(&m)))
    }))
}

fn xitca(rules: &[String]) -> Option<Pass<'static>> {
    let mut router = xitca_router::Router::new();
    for (index, rule) in rules.iter().enumerate() {
        router.insert(rewrite(rule, "{", "{*", "}"), index).ok()?;
    }
    Some(Box::new(move |paths| {
        count(paths, |path| router.at(path).is_ok_and(|m| used(&m)))
    }))
}

fn actix(rules: &[String]) -> Pass<'static> {
    let mut router = actix_router::Router::<usize>::build();
    for (index, rule) in rules.iter().enumerate() {
        let rule = rule
            .replace("<int:", "{")
            .replace("<any(csv,json,xml):", "{");
        let rule = match rule.split_once("<path:") {
            Some((before, after)) => format!("{before}{{{}", after.replace('>', ":.*}")),
            None => rule,
        };
        router.path(&*rule.replace('<', "{").replace('>', "}"), index);
    }
    let router = router.finish();
    Box::new(move |paths| {
        count(paths, |path| {
            let mut path = actix_router::Path::new(path);
            let found = router.recognize(&mut path).is_some_and(|m| used(&m));
            black_box(&path);
            found
        })
    })
}

fn count(paths: &[String], mut find: impl FnMut(&str) -> bool) -> usize {
    paths.iter().filter(|path| find(path)).count()
}

fn used<T>(found: &T) -> bool {
    black_box(found);
    true
}

/// Writes a rule the way another router wants it: what is before a variable, before one that takes
/// the rest, and after one.
fn rewrite(rule: &str, variable: &str, rest: &str, close: &str) -> String {
    let mut text = String::new();
    let mut left = rule;
    while let Some((before, after)) = left.split_once('<') {
        let (inside, after) = after.split_once('>').expect("a closed variable");
        let (converter, name) = inside.rsplit_once(':').unwrap_or(("", inside));
        text.push_str(before);
        if rest == "*" && converter == "path" {
            text = format!("{text}:{name}*");
        } else {
            text.push_str(if converter == "path" { rest } else { variable });
            text.push_str(name);
        }
        text.push_str(close);
        left = after;
    }
    text + left
}

fn load(set: &str, what: &str) -> Vec<String> {
    let file = format!("{}/sets/{set}_{what}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(file).expect("a set");
    text.lines().map(str::to_owned).collect()
}

const NAMES: [&str; 6] = [
    "rustzeug",
    "matchit",
    "wayfind",
    "path-tree",
    "xitca",
    "actix",
];
const ROUNDS: usize = 41;
const ROUND: Duration = Duration::from_millis(4);
