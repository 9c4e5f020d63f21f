use super::*;
use crate::grammar::fuzz::Random;

#[test]
fn values_are_grouped_by_key() {
    let mut dict: MultiDict = MultiDict::new();
    dict.update([("c", "x"), ("b", "1"), ("c", "y")]);
    let pairs: Vec<_> = dict.iter().map(|(k, v)| (&**k, &**v)).collect();
    assert_eq!(pairs, [("c", "x"), ("c", "y"), ("b", "1")]);
    assert_eq!(dict.values().collect::<Vec<_>>(), ["x", "1"]);
    assert_eq!(dict.get("d"), None);
    assert_eq!(dict.pop("c").as_deref(), Some("x"));
    assert!(!dict.contains("c"));
    assert_eq!(dict.pop_item(), Some(("b".into(), "1".into())));
    assert_eq!(dict.pop_item(), None);
}

#[test]
fn empty_lists_keep_their_key() {
    let mut dict: MultiDict<&str, i32> = MultiDict::new();
    dict.set_list("a", []);
    assert!(dict.contains("a"));
    assert_eq!(dict.get("a"), None);
    assert_eq!(dict.items().count(), 0);
    assert_eq!(dict.set_default("a", 1), &1);
    assert_eq!(dict.set_list_default("a", [2]), [1]);
    assert_eq!(dict.set_list_default("b", [2, 3]), [2, 3]);
    assert_eq!(dict.pop_item_list(), Some(("b", vec![2, 3])));
}

#[test]
fn equality_ignores_the_order_of_keys() {
    let dict = MultiDict::from([("a", 1), ("b", 2), ("a", 3)]);
    assert_eq!(dict, MultiDict::from([("b", 2), ("a", 1), ("a", 3)]));
    assert_ne!(dict, MultiDict::from([("b", 2), ("a", 3), ("a", 1)]));
}

/// Against a plain list of pairs, through the change from comparing to hashing and back.
#[test]
fn a_naive_model_agrees() {
    let mut random = Random::new(11);
    let mut dict: MultiDict<u64, u64> = MultiDict::new();
    let mut model: Vec<(u64, Vec<u64>)> = Vec::new();
    for step in 0..20_000_u64 {
        let key = random.next() % 40;
        let at = model.iter().position(|(other, _)| *other == key);
        match random.below(8) {
            0 => {
                let want = at.map_or(Vec::new(), |at| model.remove(at).1);
                assert_eq!(dict.pop_list(&key), want);
            }
            1 => assert_eq!(dict.pop_item_list(), model.pop()),
            2 => {
                dict.set(key, step);
                match at {
                    Some(at) => model[at].1 = vec![step],
                    None => model.push((key, vec![step])),
                }
            }
            3 => assert_eq!(dict.get(&key), at.and_then(|at| model[at].1.first())),
            _ => {
                dict.add(key, step);
                match at {
                    Some(at) => model[at].1.push(step),
                    None => model.push((key, vec![step])),
                }
            }
        }
        let lists = dict.lists().map(|(key, values)| (*key, values.to_vec()));
        assert_eq!(lists.collect::<Vec<_>>(), model);
    }
}

#[test]
fn many_keys_are_cheap() {
    let dict: MultiDict<String, usize> = (0..100_000).map(|n| (n.to_string(), n)).collect();
    assert_eq!(dict.get("99999"), Some(&99_999));
}
