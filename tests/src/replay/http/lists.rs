//! Lists, options, sets, accept, cache control and policies.

use rustzeug::datastructures::Accept;
use rustzeug::datastructures::CharsetAccept;
use rustzeug::datastructures::ContentSecurityPolicy;
use rustzeug::datastructures::HeaderSet;
use rustzeug::datastructures::LanguageAccept;
use rustzeug::datastructures::MimeAccept;
use rustzeug::datastructures::RequestCacheControl;
use rustzeug::datastructures::ResponseCacheControl;
use rustzeug::datastructures::accept::Rules;
use rustzeug::datastructures::accept::Words;
use rustzeug::grammar;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::list;
use super::pairs;
use super::refused;
use super::text;
use super::texts;
use super::value;

pub(super) fn parse_options_header(input: &Value) -> Option<Answer> {
    let (given, params) = grammar::options::parse_options_header(text(input, "value"));
    let params = params.iter();
    let params: Map<_, _> = params.map(|(k, v)| (k.to_owned(), json!(v))).collect();
    value(json!({"value": given, "params": params}))
}

pub(super) fn dump_options_header(input: &Value) -> Option<Answer> {
    let header = input["header"].as_str();
    let text = grammar::options::dump_options_header(header, pairs(&input["options"]));
    value(json!({"text": text}))
}

pub(super) fn parse_list_header(input: &Value) -> Option<Answer> {
    let items = grammar::list::parse_list_header(text(input, "value"));
    value(json!({"items": items}))
}

pub(super) fn parse_dict_header(input: &Value) -> Option<Answer> {
    let items = grammar::list::parse_dict_header(text(input, "value"));
    value(json!({"items": items}))
}

pub(super) fn dump_header(input: &Value) -> Option<Answer> {
    let text = match input.get("list") {
        Some(items) => grammar::list::dump_list_header(texts(items)),
        None => grammar::list::dump_dict_header(pairs(&input["dict"])),
    };
    value(json!({"text": text}))
}

pub(super) fn parse_set_header(input: &Value) -> Option<Answer> {
    let set = HeaderSet::from_header(text(input, "value"));
    let items: Vec<_> = set.iter().collect();
    let mut lower: Vec<_> = items.iter().map(|item| item.to_lowercase()).collect();
    lower.sort();
    lower.dedup();
    value(json!({"items": items, "lower": lower, "text": set.to_header()}))
}

pub(super) fn header_set_edit(input: &Value) -> Option<Answer> {
    let mut set = HeaderSet::from_header(text(input, "value"));
    let mut results = Vec::new();
    for step in list(&input["steps"]) {
        let name = step[1].as_str().unwrap_or_default();
        results.push(match step[0].as_str()? {
            "add" => {
                set.add(name);
                Value::Null
            }
            "clear" => {
                set.clear();
                Value::Null
            }
            "contains" => json!(set.contains(name)),
            "discard" => {
                set.remove(name);
                Value::Null
            }
            "find" => set.find(name).map_or(json!(-1), |at| json!(at)),
            "remove" => json!(set.remove(name)),
            "update" => {
                set.update(texts(&step[1]));
                Value::Null
            }
            _ => return None,
        });
    }
    let items: Vec<_> = set.iter().collect();
    value(json!({"results": results, "items": items, "text": set.to_header()}))
}

pub(super) fn parse_accept(input: &Value) -> Option<Answer> {
    let header = text(input, "value");
    value(match input["kind"].as_str()? {
        "charset" => parsed(&CharsetAccept::from_header(header)),
        "language" => parsed(&LanguageAccept::from_header(header)),
        "mime" => {
            let accept = MimeAccept::from_header(header);
            let mut out = parsed(&accept);
            out["accept_html"] = json!(accept.accept_html());
            out["accept_xhtml"] = json!(accept.accept_xhtml());
            out["accept_json"] = json!(accept.accept_json());
            out
        }
        _ => parsed(&Accept::<Words>::from_header(header)),
    })
}

fn parsed<R: Rules>(accept: &Accept<R>) -> Value {
    let items: Vec<_> = accept.iter().collect();
    json!({"items": items, "text": accept.to_header(), "best": accept.best()})
}

pub(super) fn accept_match(input: &Value) -> Option<Answer> {
    let header = text(input, "value");
    value(match input["kind"].as_str()? {
        "charset" => matched(&CharsetAccept::from_header(header), input),
        "language" => matched(&LanguageAccept::from_header(header), input),
        "mime" => matched(&MimeAccept::from_header(header), input),
        _ => matched(&Accept::<Words>::from_header(header), input),
    })
}

fn matched<R: Rules>(accept: &Accept<R>, input: &Value) -> Value {
    let offers = texts(&input["offers"]);
    let best = accept.best_match(offers.iter().copied());
    let best = best.or(input["default"].as_str());
    let quality: Vec<_> = offers.iter().map(|offer| accept.quality(offer)).collect();
    let contains: Vec<_> = offers.iter().map(|offer| accept.contains(offer)).collect();
    let find = |offer: &&str| accept.find(offer).map_or(-1, |at| at as i64);
    let find: Vec<_> = offers.iter().map(find).collect();
    json!({"best_match": best, "quality": quality, "contains": contains, "find": find})
}

pub(super) fn parse_cache_control(input: &Value) -> Option<Answer> {
    let header = text(input, "value");
    if input["kind"] == "request" {
        let cache = RequestCacheControl::from_header(header);
        let props = json!({
            "max_age": cache.max_age(),
            "max_stale": cache.max_stale().map(|stale| stale.map_or(json!(true), |n| json!(n))),
            "min_fresh": cache.min_fresh(),
            "no_cache": cache.no_cache(),
            "no_store": cache.no_store(),
            "no_transform": cache.no_transform(),
            "only_if_cached": cache.only_if_cached(),
            "stale_if_error": cache.stale_if_error(),
        });
        let items: Vec<_> = cache.iter().collect();
        return value(json!({"items": items, "text": cache.to_header(), "props": props}));
    }
    let cache = ResponseCacheControl::from_header(header);
    let fields = |fields: Option<Option<&str>>| {
        fields.map(|text| text.map_or(json!(true), |text| json!(text)))
    };
    let props = json!({
        "immutable": cache.immutable(),
        "max_age": cache.max_age(),
        "must_revalidate": cache.must_revalidate(),
        "must_understand": cache.must_understand(),
        "no_cache": fields(cache.no_cache()),
        "no_store": cache.no_store(),
        "no_transform": cache.no_transform(),
        "private": fields(cache.private()),
        "proxy_revalidate": cache.proxy_revalidate(),
        "public": cache.public(),
        "s_maxage": cache.s_maxage(),
        "stale_if_error": cache.stale_if_error(),
        "stale_while_revalidate": cache.stale_while_revalidate(),
    });
    let items: Vec<_> = cache.iter().collect();
    value(json!({"items": items, "text": cache.to_header(), "props": props}))
}

pub(super) fn cache_control_set(input: &Value) -> Option<Answer> {
    let mut cache = ResponseCacheControl::from_header(text(input, "value"));
    for step in list(&input["set"]) {
        let given = &step[1];
        let (flag, number) = (given == &json!(true), given.as_i64());
        let fields = if flag { Some("") } else { given.as_str() };
        match step[0].as_str()? {
            "immutable" => cache.set_immutable(flag),
            "max_age" => cache.set_max_age(number),
            "must_revalidate" => cache.set_must_revalidate(flag),
            "must_understand" => cache.set_must_understand(flag),
            "no_cache" => cache.set_no_cache(fields),
            "no_store" => cache.set_no_store(flag),
            "no_transform" => cache.set_no_transform(flag),
            "private" => cache.set_private(fields),
            "proxy_revalidate" => cache.set_proxy_revalidate(flag),
            "public" => cache.set_public(flag),
            "s_maxage" => cache.set_s_maxage(number),
            "stale_if_error" => cache.set_stale_if_error(number),
            "stale_while_revalidate" => cache.set_stale_while_revalidate(number),
            _ => return refused(),
        }
    }
    let items: Vec<_> = cache.iter().collect();
    value(json!({"items": items, "text": cache.to_header()}))
}

pub(super) fn parse_csp(input: &Value) -> Option<Answer> {
    let csp = ContentSecurityPolicy::from_header(text(input, "value"));
    let items: Vec<_> = csp.iter().collect();
    value(json!({"items": items, "text": csp.to_header()}))
}
