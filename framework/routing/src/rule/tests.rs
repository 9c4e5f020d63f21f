use crate::Registry;
use crate::Rule;
use crate::RuleErrorKind;

#[test]
fn mistakes_are_drawn() {
    let cases = [
        ("a", RuleErrorKind::MissingSlash, 0..1),
        ("/<a", RuleErrorKind::Malformed, 1..3),
        ("/<>", RuleErrorKind::Malformed, 1..3),
        ("/<a b>", RuleErrorKind::Malformed, 3..4),
        ("/<1a>", RuleErrorKind::Malformed, 2..3),
        ("/<int(:x>", RuleErrorKind::Malformed, 5..9),
        ("/<int(max=x-):y>", RuleErrorKind::InvalidArguments, 6..12),
        ("/<int(mx=1):y>", RuleErrorKind::BadArguments, 6..10),
        ("//<strng:x>", RuleErrorKind::UnknownConverter, 3..8),
        ("/<a>/<b>/<a>", RuleErrorKind::DuplicateVariable, 10..11),
    ];
    for (text, kind, range) in cases {
        let error = Rule::new(text).parse(&Registry::new()).unwrap_err();
        assert_eq!(
            (error.kind(), error.range()),
            (kind, range),
            "{}",
            error.draw()
        );
        assert_eq!(error.text(), text);
    }
}

#[test]
fn no_rule_panics() {
    let pieces = [
        "/", "<", ">", "int", ":", "(", ")", "a", "=", "1", ",", "'", "é", "any", "\n",
    ];
    let mut random = 99_u64;
    for _ in 0..50_000 {
        let mut text = String::from("/");
        loop {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            if random.is_multiple_of(13) {
                break;
            }
            text.push_str(pieces[(random >> 8) as usize % pieces.len()]);
        }
        if let Err(error) = Rule::new(text.clone()).parse(&Registry::new()) {
            assert!(text.get(error.range()).is_some(), "{text:?} {error:?}");
            assert!(error.draw().contains('^'));
        }
    }
}
