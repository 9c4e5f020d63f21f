//! What holds for all rules and all paths.

use proptest::prelude::*;
use rustzeug_routing::Bind;
use rustzeug_routing::Captures;
use rustzeug_routing::Map;
use rustzeug_routing::MapOptions;
use rustzeug_routing::MatchError;
use rustzeug_routing::Methods;
use rustzeug_routing::Registry;
use rustzeug_routing::Rule;
use rustzeug_routing::TableBuilder;
use rustzeug_routing::TableOptions;
use rustzeug_routing::Uuid;
use rustzeug_routing::Value;

/// A rule, and values that its converters take.
#[derive(Clone, Debug)]
struct Sample {
    text: String,
    subdomain: Option<String>,
    default: bool,
    values: Vec<(String, Value)>,
}

/// A piece of a rule's text, with the value of its variable if it has one.
type Piece = (String, Option<Value>);

impl Sample {
    fn rule(&self, endpoint: &str) -> Rule {
        let mut rule = Rule::new(&self.text).endpoint(endpoint);
        if let Some(subdomain) = &self.subdomain {
            rule = rule.subdomain(subdomain);
        }
        match self.default {
            true => rule.default_value("given", "by the rule"),
            false => rule,
        }
    }

    /// Numbers the variables and puts the pieces of a rule together.
    fn new(host: Option<Piece>, segments: Vec<Vec<Piece>>, slash: bool, default: bool) -> Self {
        let mut values = Vec::new();
        let mut written = |(text, value): Piece| match value {
            None => text,
            Some(value) => {
                let name = format!("v{}", values.len());
                values.push((name.clone(), value));
                text.replace("NAME", &name)
            }
        };
        let subdomain = host.map(&mut written);
        let mut text = String::new();
        for segment in segments {
            text.push('/');
            text.extend(segment.into_iter().map(&mut written));
        }
        if slash || text.is_empty() {
            text.push('/');
        }
        Self {
            text,
            subdomain,
            default,
            values,
        }
    }
}

/// Text that has none of the characters that part variables within a segment.
fn word() -> impl Strategy<Value = String> {
    "[a-z0-9äß %+&?#=\u{1F600}]{1,6}"
}

fn variable() -> impl Strategy<Value = Piece> {
    let text = |text: &str| text.to_owned();
    prop_oneof![
        word().prop_map(move |value| (text("<NAME>"), Some(value.into()))),
        "[a-zö]{3}".prop_map(move |value| (text("<string(length=3):NAME>"), Some(value.into()))),
        "[a-z]{2,9}"
            .prop_map(move |value| (text("<string(minlength=2):NAME>"), Some(value.into()))),
        any::<u64>().prop_map(move |value| (text("<int:NAME>"), Some(value.into()))),
        (0..1000_u32).prop_map(move |value| (
            text("<int(fixed_digits=4, max=1000):NAME>"),
            Some(value.into())
        )),
        "(news|blog|a b)"
            .prop_map(move |value| (text("<any(news, blog, \"a b\"):NAME>"), Some(value.into()))),
    ]
}

/// Variables whose text may hold what parts others: alone in their segment.
fn lonely() -> impl Strategy<Value = Piece> {
    let text = |text: &str| text.to_owned();
    prop_oneof![
        any::<i64>().prop_map(move |value| (text("<int(signed=True):NAME>"), Some(value.into()))),
        (0..1_000_000_u32).prop_map(move |value| {
            (text("<float:NAME>"), Some((f64::from(value) / 64.0).into()))
        }),
        any::<u128>().prop_map(move |value| (text("<uuid:NAME>"), Some(Value::Uuid(Uuid(value))))),
        "[a-z.~-]{1,8}".prop_map(move |value| (text("<NAME>"), Some(value.into()))),
    ]
}

fn path_variable() -> impl Strategy<Value = Piece> {
    let value = prop::collection::vec("[a-z.-]{1,4}", 1..4);
    value.prop_map(|value| ("<path:NAME>".to_owned(), Some(value.join("/").into())))
}

fn literal() -> impl Strategy<Value = Piece> {
    "[a-zé ]{1,4}".prop_map(|text| (text, None))
}

fn segment() -> impl Strategy<Value = Vec<Piece>> {
    let parted = (variable(), "[-.~]", variable())
        .prop_map(|(first, between, second)| vec![first, (between, None), second]);
    prop_oneof![
        3 => literal().prop_map(|piece| vec![piece]),
        3 => variable().prop_map(|piece| vec![piece]),
        1 => lonely().prop_map(|piece| vec![piece]),
        1 => parted,
    ]
}

fn sample() -> impl Strategy<Value = Sample> {
    let host = prop_oneof![
        4 => Just(None),
        1 => "[a-z]{1,3}".prop_map(|text| Some((text, None))),
        1 => "[a-z]{1,5}".prop_map(|value| Some(("<NAME>".to_owned(), Some(value.into())))),
    ];
    let path = prop::option::weighted(0.2, (path_variable(), literal()));
    (
        host,
        prop::collection::vec(segment(), 0..4),
        path,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(host, mut segments, path, slash, default)| {
            if let Some((path, after)) = path {
                segments.push(vec![path]);
                segments.push(vec![after]);
            }
            Sample::new(host, segments, slash, default)
        })
}

/// The subdomain and the decoded path of a URL that was built for `example.com`.
fn taken_apart(url: &str) -> (String, String) {
    let (host, path) = match url.strip_prefix("http://") {
        Some(rest) => rest.split_at(rest.find('/').expect("a path")),
        None => ("example.com", url),
    };
    let subdomain = host.strip_suffix("example.com").expect("the server's name");
    let path = path.split('?').next().unwrap_or("");
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    let path = String::from_utf8(bytes).expect("built from text");
    (subdomain.trim_end_matches('.').to_owned(), path)
}

/// The endpoint and the values, sorted, that a URL leads to.
fn found(map: &Map, url: &str) -> Result<(String, Vec<(String, Value)>), MatchError> {
    let (subdomain, path) = taken_apart(url);
    let urls = map.bind(Bind::new("example.com").subdomain(subdomain));
    let urls = urls.expect("a name that was built");
    let found = urls.match_(&path, "GET")?;
    let endpoint = found.endpoint().unwrap_or("").to_owned();
    let mut values = found.into_values();
    values.sort_by(|a, b| a.0.cmp(&b.0));
    Ok((endpoint, values))
}

fn wanted(sample: &Sample) -> Vec<(String, Value)> {
    let mut values = sample.values.clone();
    if sample.default {
        values.push(("given".to_owned(), "by the rule".into()));
    }
    values.sort_by(|a, b| a.0.cmp(&b.0));
    values
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_built_is_matched(sample in sample()) {
        let map = Map::from_rules(sample.rule("e")).expect("a rule");
        let urls = map.bind("example.com").expect("a host");
        let url = urls.build("e", sample.values.clone()).expect("fitting values");
        prop_assert_eq!(found(&map, &url), Ok(("e".to_owned(), wanted(&sample))), "{}", url);
        // And the values that were found build it again.
        let (_, values) = found(&map, &url).expect("just found");
        prop_assert_eq!(urls.build("e", values), Ok(url));
    }

    #[test]
    fn what_is_built_is_matched_among_others(samples in prop::collection::vec(sample(), 1..10)) {
        let mut map = Map::new(MapOptions::new());
        for (number, sample) in samples.iter().enumerate() {
            map.add(sample.rule(&format!("e{number}"))).expect("a rule");
        }
        let urls = map.bind("example.com").expect("a host");
        for (number, sample) in samples.iter().enumerate() {
            let endpoint = format!("e{number}");
            let url = urls.build(&endpoint, sample.values.clone()).expect("fitting values");
            match found(&map, &url) {
                Ok((known, values)) if known == endpoint => {
                    prop_assert_eq!(values, wanted(sample), "{}", url);
                }
                // Another rule takes it: then it does so without this one, too.
                other => {
                    let mut without = Map::new(MapOptions::new());
                    for (number, sample) in samples.iter().enumerate() {
                        if format!("e{number}") != endpoint {
                            without.add(sample.rule(&format!("e{number}"))).expect("a rule");
                        }
                    }
                    prop_assert_eq!(found(&without, &url), other, "{}", url);
                }
            }
        }
    }

    #[test]
    fn no_rule_panics(text in "[/<>:(),=\"' a-zé0-9_%.|$-]{0,40}", path in any::<String>()) {
        for text in [text.clone(), format!("/{text}"), format!("/<{text}>"), format!("/<any({text}):x>")] {
            let rule = Rule::new(&text);
            match rule.parse(&Registry::new()) {
                Err(error) => prop_assert!(error.draw().contains(&error.to_string())),
                Ok(_) => {
                    let map = Map::from_rules([rule.endpoint("e"), Rule::new("/<x>/<path:y>")]);
                    let Ok(map) = map else { continue };
                    let urls = map.bind("example.com").expect("a host");
                    let _ = urls.match_(&path, "GET");
                    let _ = urls.build("e", [("x", path.as_str()), ("y", "1")]);
                    let _ = map.overlaps();
                }
            }
        }
    }

    #[test]
    fn no_path_panics_and_no_redirect_goes_round(
        samples in prop::collection::vec(sample(), 1..8),
        pieces in prop::collection::vec("(/|//|[a-zé]{1,3}|[0-9]{1,3}|[-.~%]|\n|\0|\u{1F600}|news|1\\.5)", 0..12),
        strict in any::<bool>(),
    ) {
        let mut options = MapOptions::new();
        options.table.strict_slashes = strict;
        let mut map = Map::new(options);
        for (number, sample) in samples.iter().enumerate() {
            map.add(sample.rule(&format!("e{number}"))).expect("a rule");
        }
        let mut path = pieces.concat();
        let urls = map.bind("example.com").expect("a host");
        let _ = (urls.test(&path, "POST"), urls.allowed_methods(&path));
        let mut hops = 0;
        while let Err(MatchError::Redirect(url)) = urls.match_(&path, "GET") {
            path = taken_apart(&url).1;
            hops += 1;
            prop_assert!(hops < 4, "{}", path);
        }
    }

    #[test]
    fn what_overlaps_is_taken_by_both(samples in prop::collection::vec(sample(), 2..8)) {
        let mut builder = TableBuilder::new(TableOptions::new());
        for sample in &samples {
            builder.add(&sample.rule("e")).expect("a rule");
        }
        for overlap in builder.overlaps() {
            let example = overlap.example.expect("no converter of one's own");
            let (host, path) = match example.strip_prefix("//") {
                Some(rest) => rest.split_at(rest.find('/').expect("a path")),
                None => ("", &*example),
            };
            for rule in [overlap.first, overlap.second] {
                let mut alone = TableBuilder::new(TableOptions::new());
                alone.add(&samples[rule as usize].rule("e")).expect("a rule");
                let built = alone.build();
                let table = built.table.as_table();
                let outcome = table.find_host(host, path, Methods::GET, false, &mut Captures::new());
                let text = &samples[rule as usize].text;
                // Limits may refuse the value, which ends the search as well.
                let limited = text.contains("max=");
                prop_assert!(
                    limited || outcome != rustzeug_routing::Outcome::NotFound,
                    "{} is not of {}", example, text
                );
            }
        }
        // What never matches does not even match what it builds.
        let mut map = Map::new(MapOptions::new());
        for (number, sample) in samples.iter().enumerate() {
            map.add(sample.rule(&format!("e{number}"))).expect("a rule");
        }
        let urls = map.bind("example.com").expect("a host");
        for conflict in map.analyse().conflicts {
            let number = conflict.second as usize;
            let endpoint = format!("e{number}");
            let url = urls.build(&endpoint, samples[number].values.clone()).expect("values");
            let taken = found(&map, &url);
            prop_assert!(!taken.is_ok_and(|(known, _)| known == endpoint), "{}", url);
        }
    }
}
