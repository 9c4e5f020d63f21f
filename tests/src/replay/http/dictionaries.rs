//! Scripts of steps on [`Headers`] and [`MultiDict`].

use rustzeug::datastructures::Headers;
use rustzeug::datastructures::InvalidHeader;
use rustzeug::datastructures::MultiDict;
use serde_json::Value;
use serde_json::json;

use super::Answer;
use super::list;
use super::pairs;
use super::texts;
use super::value;

pub(super) fn headers_script(input: &Value) -> Option<Answer> {
    let mut headers = fields(&input["start"]).ok()?;
    let mut results = Vec::new();
    for step in list(&input["steps"]) {
        let result = headers_step(&mut headers, step);
        results.push(result.unwrap_or_else(|_| json!({"error": "ValueError"})));
    }
    let items = headers.iter();
    let items: Vec<_> = items
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]))
        .collect();
    value(json!({"results": results, "items": items, "text": headers.to_string()}))
}

fn headers_step(headers: &mut Headers, step: &Value) -> Result<Value, InvalidHeader> {
    let name = step[1].as_str().unwrap_or_default();
    let given = step[2].as_str().unwrap_or_default();
    let done = Ok(Value::Null);
    match step[0].as_str().unwrap_or_default() {
        "add" => headers.try_add(name, given)?,
        "add_params" => headers.try_add_params(name, given, params(&step[3]))?,
        "contains" => return Ok(json!(headers.contains(name))),
        "extend" => headers.extend(fields(&step[1])?),
        "get" => return Ok(json!(headers.get(name))),
        "getlist" => return Ok(json!(headers.get_list(name).collect::<Vec<_>>())),
        "pop" => {
            let popped = headers.remove(name);
            let text = popped
                .as_ref()
                .map(|value| String::from_utf8_lossy(value.as_bytes()));
            return Ok(json!(text));
        }
        "remove" => drop(headers.remove(name)),
        "set" => headers.try_set(name, given)?,
        "set_params" => headers.try_set_params(name, given, params(&step[3]))?,
        "setdefault" => {
            let value = headers.try_set_default(name, given)?;
            return Ok(json!(String::from_utf8_lossy(value.as_bytes())));
        }
        "setlist" => headers.try_set_list(name, texts(&step[2]))?,
        "setlistdefault" => {
            if !headers.contains(name) {
                headers.try_set_list(name, texts(&step[2]))?;
            }
            return Ok(json!(headers.get_list(name).collect::<Vec<_>>()));
        }
        // Pairs, where Werkzeug sets each in turn.
        "update" => {
            for (name, value) in pairs(&step[1]) {
                headers.try_set(name, value.unwrap_or_default())?;
            }
        }
        other => return Ok(json!({"unknown step": other})),
    }
    done
}

fn fields(value: &Value) -> Result<Headers, InvalidHeader> {
    let mut headers = Headers::new();
    for (name, value) in pairs(value) {
        headers.try_add(name, value.unwrap_or_default())?;
    }
    Ok(headers)
}

/// Parameters as Python's keyword arguments: `_` stands for `-`.
fn params(value: &Value) -> Vec<(String, String)> {
    let items = value.as_object().into_iter().flatten();
    items
        .filter_map(|(key, value)| Some((key.replace('_', "-"), value.as_str()?.to_owned())))
        .collect()
}

pub(super) fn multidict_script(input: &Value) -> Option<Answer> {
    let mut dict = MultiDict::<String, String>::new();
    dict.update(filled(&input["start"]));
    let results: Vec<_> = list(&input["steps"])
        .iter()
        .map(|step| multidict_step(&mut dict, step))
        .collect();
    value(json!({
        "results": results,
        "lists": dict.lists().collect::<Vec<_>>(),
        "items_multi": dict.iter().collect::<Vec<_>>(),
        "items_first": dict.items().collect::<Vec<_>>(),
    }))
}

fn multidict_step(dict: &mut MultiDict, step: &Value) -> Value {
    let key = step[1].as_str().unwrap_or_default();
    let given = step[2].as_str().unwrap_or_default();
    let missing = || json!({"error": "KeyError"});
    let owned = |value: &Value| {
        texts(value)
            .into_iter()
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    match step[0].as_str().unwrap_or_default() {
        "add" => dict.add(key, given),
        "contains" => return json!(dict.contains(key)),
        "get" => return json!(dict.get(key)),
        "get_int" => return json!(dict.get_as::<i64, _>(key)),
        "getlist" => return json!(dict.get_list(key)),
        "getlist_int" => return json!(dict.get_list_as::<i64, _>(key)),
        "len" => return json!(dict.len()),
        "pop" => return dict.pop(key).map_or_else(missing, Value::String),
        "popitem" => return dict.pop_item().map_or_else(missing, |item| json!(item)),
        "popitemlist" => {
            return dict
                .pop_item_list()
                .map_or_else(missing, |item| json!(item));
        }
        "poplist" => return json!(dict.pop_list(key)),
        "set" => dict.set(key, given),
        "setdefault" => return json!(dict.set_default(key, given)),
        "setlist" => dict.set_list(key, owned(&step[2])),
        "setlistdefault" => return json!(dict.set_list_default(key, owned(&step[2]))),
        "update" => dict.update(filled(&step[1])),
        "update_lists" => {
            for item in list(&step[1]) {
                let key = item[0].as_str().unwrap_or_default();
                dict.update(texts(&item[1]).into_iter().map(|value| (key, value)));
            }
        }
        other => return json!({"unknown step": other}),
    }
    Value::Null
}

fn filled(value: &Value) -> impl Iterator<Item = (&str, &str)> {
    let filled = |(key, value): (_, Option<_>)| (key, value.unwrap_or_default());
    pairs(value).into_iter().map(filled)
}
