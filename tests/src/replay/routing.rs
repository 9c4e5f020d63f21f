//! The suites `routing_match`, `routing_build` and `routing_methods`.

use rustzeug_routing::Arguments;
use rustzeug_routing::Bind;
use rustzeug_routing::BindError;
use rustzeug_routing::BindRequest;
use rustzeug_routing::BuildError;
use rustzeug_routing::BuildOptions;
use rustzeug_routing::Map;
use rustzeug_routing::MapAdapter;
use rustzeug_routing::MapOptions;
use rustzeug_routing::MatchError;
use rustzeug_routing::MatchOptions;
use rustzeug_routing::QueryArgs;
use rustzeug_routing::Rule;
use rustzeug_routing::RuleErrorKind;
use rustzeug_routing::Value as UrlValue;
use serde_json::Map as Object;
use serde_json::Value;
use serde_json::json;

use super::Answer;

/// Answers one op, or `None` if it is not built.
pub fn run(op: &str, input: &Value) -> Option<Answer> {
    Some(match op {
        "bind" => bind(input),
        "bind_environ" => bind_environ(input),
        "build_batch" => batch(input, build),
        "converter_args" => converter_args(input),
        "match_batch" => batch(input, match_),
        "methods_batch" => batch(input, methods),
        "rule_compile" => rule_compile(input),
        _ => return None,
    })
}

/// Makes the map, binds it, and answers each call.
fn batch(input: &Value, answer: fn(&MapAdapter<'_>, &Value) -> Value) -> Answer {
    let map = match map(&input["map"]) {
        Ok(map) => map,
        Err(error) => return Answer::Error(json!({"type": "RuleError", "text": error.draw()})),
    };
    let urls = match map.bind(bind_of(&input["bind"])) {
        Ok(urls) => urls,
        Err(error) => return refused(error),
    };
    let calls = input["calls"].as_array().map_or(&[][..], Vec::as_slice);
    Answer::Value(calls.iter().map(|call| answer(&urls, call)).collect())
}

fn match_(urls: &MapAdapter<'_>, call: &Value) -> Value {
    let mut options = MatchOptions::default();
    options.path = call["path"].as_str();
    options.method = call["method"].as_str();
    options.query_args = call.get("query_args").map(query_args);
    options.websocket = call["websocket"].as_bool();
    match urls.match_with(&options) {
        Ok(found) => {
            let args: Object<String, Value> = found
                .values()
                .iter()
                .map(|(name, value)| (name.clone(), typed(value)))
                .collect();
            json!({"endpoint": found.endpoint(), "rule": found.rule_index(), "args": args})
        }
        Err(MatchError::MethodNotAllowed(methods)) => {
            json!({"error": "MethodNotAllowed", "valid_methods": methods})
        }
        Err(MatchError::NotFound) => json!({"error": "NotFound"}),
        Err(MatchError::Redirect(url)) => {
            json!({"error": "RequestRedirect", "new_url": url, "code": 308})
        }
        Err(MatchError::WebsocketMismatch) => json!({"error": "WebsocketMismatch"}),
        Err(other) => json!({"error": other.to_string()}),
    }
}

fn build(urls: &MapAdapter<'_>, call: &Value) -> Value {
    let mut options = BuildOptions::new();
    options.method = call["method"].as_str().map(str::to_owned);
    options.force_external = call["force_external"].as_bool().unwrap_or(false);
    options.append_unknown = call["append_unknown"].as_bool().unwrap_or(true);
    options.url_scheme = call["url_scheme"].as_str().map(str::to_owned);
    let endpoint = call["endpoint"].as_str();
    match urls.build_with(endpoint, pairs(&call["values"]), &options) {
        Ok(url) => json!({"url": url}),
        Err(BuildError::NoRule(_)) => json!({"error": "BuildError"}),
        Err(BuildError::Conversion { .. }) => json!({"error": "ConversionError"}),
        Err(other) => json!({"error": other.to_string()}),
    }
}

fn methods(urls: &MapAdapter<'_>, call: &Value) -> Value {
    let path = call["path"].as_str().unwrap_or_else(|| urls.path_info());
    let methods = call["methods"].as_array().map_or(&[][..], Vec::as_slice);
    let test: Object<String, Value> = methods
        .iter()
        .filter_map(Value::as_str)
        .map(|method| (method.to_owned(), urls.test(path, method).into()))
        .collect();
    json!({"allowed": urls.allowed_methods(path), "test": test})
}

fn bind(input: &Value) -> Answer {
    let map = Map::new(map_options(input));
    match map.bind(bind_of(&input["bind"])) {
        Ok(urls) => Answer::Value(json!({
            "server_name": urls.server_name(),
            "script_name": urls.script_name(),
            "subdomain": urls.subdomain(),
            "path_info": urls.path_info(),
            "websocket": urls.is_websocket(),
            "host": urls.host(None),
        })),
        Err(error) => refused(error),
    }
}

fn bind_environ(input: &Value) -> Answer {
    let map = Map::new(map_options(input));
    let header = |name: &str| {
        let headers = input["headers"].as_array()?;
        let header = headers.iter().find(|header| {
            header[0]
                .as_str()
                .is_some_and(|known| known.eq_ignore_ascii_case(name))
        });
        header?[1].as_str()
    };
    let text = |key: &str, absent: &'static str| input[key].as_str().unwrap_or(absent);
    let port = match &input["wsgi_server_port"] {
        Value::String(port) => port.parse().unwrap_or(80),
        port => port
            .as_u64()
            .and_then(|port| u16::try_from(port).ok())
            .unwrap_or(80),
    };
    let request = BindRequest {
        scheme: text("scheme", "http"),
        method: text("method", "GET"),
        host: header("host"),
        server: Some((text("wsgi_server_name", "localhost"), port)),
        connection: header("connection"),
        upgrade: header("upgrade"),
        script_name: text("script_name", ""),
        path_info: text("path_info", "/"),
        query_string: text("query_string", ""),
    };
    let (server_name, subdomain) = (input["server_name"].as_str(), input["subdomain"].as_str());
    match map.bind_to_request(&request, server_name, subdomain) {
        Ok(urls) => Answer::Value(json!({
            "server_name": urls.server_name(),
            "script_name": urls.script_name(),
            "subdomain": urls.subdomain(),
            "url_scheme": urls.url_scheme(),
            "path_info": urls.path_info(),
            "default_method": urls.default_method(),
            "query_args": urls.query_args().to_text(),
            "websocket": urls.is_websocket(),
        })),
        Err(error) => refused(error),
    }
}

fn refused(error: BindError) -> Answer {
    Answer::Error(match error {
        BindError::BadHost => json!({"type": "HTTPException", "name": "BadHost", "code": 400}),
        _ => json!({"type": "ValueError"}),
    })
}

fn rule_compile(input: &Value) -> Answer {
    let mut rule = Rule::new(input["rule"].as_str().unwrap_or(""));
    if let Some(methods) = input["methods"].as_array() {
        rule = rule.methods(methods.iter().filter_map(Value::as_str));
    }
    if input["websocket"] == true {
        rule = rule.websocket();
    }
    Answer::Value(match Map::from_rules(rule) {
        Ok(_) => json!({"ok": true}),
        Err(error) => json!({"ok": false, "reason": match error.kind() {
            RuleErrorKind::UnknownConverter => "unknown_converter",
            RuleErrorKind::BadArguments => "bad_arguments",
            _ => "invalid",
        }}),
    })
}

fn converter_args(input: &Value) -> Answer {
    match Arguments::parse(input["value"].as_str().unwrap_or("")) {
        Ok(arguments) => {
            let named: Object<String, Value> = arguments
                .names()
                .map(|(name, value)| (name.to_owned(), typed(value)))
                .collect();
            let positional: Vec<Value> = arguments.positional().iter().map(typed).collect();
            Answer::Value(json!({"args": positional, "kwargs": named}))
        }
        Err(_) => Answer::Error(json!({"type": "ValueError"})),
    }
}

fn map_options(input: &Value) -> MapOptions {
    let flag = |key: &str, absent: bool| input[key].as_bool().unwrap_or(absent);
    let mut options = MapOptions::new();
    let subdomain = input["default_subdomain"].as_str().unwrap_or("");
    subdomain.clone_into(&mut options.table.default_subdomain);
    options.table.strict_slashes = flag("strict_slashes", true);
    options.table.merge_slashes = flag("merge_slashes", true);
    options.table.host_matching = flag("host_matching", false);
    options.redirect_defaults = flag("redirect_defaults", true);
    options.sort_parameters = flag("sort_parameters", false);
    options
}

/// Makes a recorded map.
///
/// # Errors
///
/// A rule that is none.
pub fn map(input: &Value) -> Result<Map, rustzeug_routing::RuleError> {
    let mut map = Map::new(map_options(input));
    for rule in input["rules"].as_array().map_or(&[][..], Vec::as_slice) {
        map.add(self::rule(rule))?;
    }
    Ok(map)
}

fn rule(input: &Value) -> Rule {
    let text = |key: &str| input[key].as_str();
    let mut rule = Rule::new(text("rule").unwrap_or(""));
    if let Some(endpoint) = text("endpoint") {
        rule = rule.endpoint(endpoint);
    }
    if let Some(subdomain) = text("subdomain") {
        rule = rule.subdomain(subdomain);
    }
    if let Some(host) = text("host") {
        rule = rule.host(host);
    }
    if let Some(target) = text("redirect_to") {
        rule = rule.redirect_to(target);
    }
    if let Some(methods) = input["methods"].as_array() {
        rule = rule.methods(methods.iter().filter_map(Value::as_str));
    }
    if let Some(strict) = input["strict_slashes"].as_bool() {
        rule = rule.strict_slashes(strict);
    }
    if let Some(merge) = input["merge_slashes"].as_bool() {
        rule = rule.merge_slashes(merge);
    }
    for (name, value) in input["defaults"].as_object().into_iter().flatten() {
        rule = rule.default_value(name, untyped(value));
    }
    if input["build_only"] == true {
        rule = rule.build_only();
    }
    if input["alias"] == true {
        rule = rule.alias();
    }
    if input["websocket"] == true {
        rule = rule.websocket();
    }
    rule
}

/// Reads what a map is bound to.
pub fn bind_of(input: &Value) -> Bind {
    let mut bind = Bind::new(input["server_name"].as_str().unwrap_or(""));
    if let Some(script_name) = input["script_name"].as_str() {
        bind = bind.script_name(script_name);
    }
    if let Some(subdomain) = input["subdomain"].as_str() {
        bind = bind.subdomain(subdomain);
    }
    if let Some(scheme) = input["url_scheme"].as_str() {
        bind = bind.url_scheme(scheme);
    }
    if let Some(path) = input["path_info"].as_str() {
        bind = bind.path_info(path);
    }
    if let Some(method) = input["default_method"].as_str() {
        bind = bind.default_method(method);
    }
    bind.query_args(query_args(&input["query_args"]))
}

/// Reads the query of a bind or a call.
pub fn query_args(input: &Value) -> QueryArgs {
    match input {
        Value::String(text) => QueryArgs::Text(text.clone()),
        Value::Array(_) => QueryArgs::Pairs(pairs(input)),
        _ => QueryArgs::None,
    }
}

fn pairs(input: &Value) -> Vec<(String, UrlValue)> {
    let list = input.as_array().map_or(&[][..], Vec::as_slice);
    list.iter()
        .map(|pair| (pair[0].as_str().unwrap_or("").to_owned(), untyped(&pair[1])))
        .collect()
}

fn untyped(input: &Value) -> UrlValue {
    let text = input["v"].as_str().unwrap_or("");
    match input["t"].as_str().unwrap_or("") {
        "bool" => UrlValue::Bool(input["v"] == true),
        "float" => UrlValue::Float(text.parse().unwrap_or(f64::NAN)),
        "int" => UrlValue::Int(text.parse().unwrap_or(i128::MAX)),
        "list" => {
            let list = input["v"].as_array().map_or(&[][..], Vec::as_slice);
            UrlValue::List(list.iter().map(untyped).collect())
        }
        "str" => UrlValue::Str(text.to_owned()),
        "uuid" => text.parse().map_or(UrlValue::None, UrlValue::Uuid),
        _ => UrlValue::None,
    }
}

/// Writes a value as the recorded lines do.
pub fn typed(value: &UrlValue) -> Value {
    match value {
        UrlValue::Bool(value) => json!({"t": "bool", "v": value}),
        UrlValue::Float(value) => json!({"t": "float", "v": UrlValue::Float(*value).to_string()}),
        UrlValue::Int(value) => json!({"t": "int", "v": value.to_string()}),
        UrlValue::List(values) => {
            json!({"t": "list", "v": values.iter().map(typed).collect::<Vec<_>>()})
        }
        UrlValue::None => json!({"t": "none"}),
        UrlValue::Str(value) => json!({"t": "str", "v": value}),
        UrlValue::Uuid(value) => json!({"t": "uuid", "v": value.to_string()}),
        _ => Value::Null,
    }
}
