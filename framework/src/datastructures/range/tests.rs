use super::*;
use crate::grammar::fuzz::fuzz;

#[test]
fn ranges_are_parsed() {
    let cases: &[(&str, Option<&[(i64, Option<i64>)]>)] = &[
        ("bytes=0-99", Some(&[(0, Some(100))])),
        (" BYTES = 0-0 , 5- ", Some(&[(0, Some(1)), (5, None)])),
        ("bytes=-5", Some(&[(-5, None)])),
        ("bytes=-0", None),
        ("bytes=5-4", None),
        ("bytes=5-,6-", None),
        ("bytes=-5,6-", None),
        ("bytes=0-5,5-6", None),
        ("bytes=+0-5", None),
        ("bytes=", None),
        ("bytes", None),
        ("bytes=0-99999999999999999999", Some(&[(0, Some(i64::MAX))])),
    ];
    for (header, want) in cases {
        let range = Range::from_header(header).ok();
        assert_eq!(range.as_ref().map(Range::ranges), *want, "{header}");
    }
}

#[test]
fn ranges_are_cut_to_the_length() {
    for (header, length, want) in [
        ("bytes=0-99", 50, Some((0, 50))),
        ("bytes=49-", 50, Some((49, 50))),
        ("bytes=50-", 50, None),
        ("bytes=-50", 50, Some((0, 50))),
        ("bytes=-51", 50, None),
        ("bytes=0-", 0, None),
        ("items=0-1", 50, None),
        ("bytes=0-1,2-3", 50, None),
    ] {
        let range: Range = header.parse().unwrap();
        assert_eq!(range.range_for_length(Some(length)), want, "{header}");
    }
    assert!(Range::new("bytes", [(5, Some(5))]).is_err());
}

#[test]
fn content_ranges_are_parsed() {
    for (header, want) in [
        ("bytes 0-98/99", Some("bytes 0-98/99")),
        ("bytes 0-98/*", Some("bytes 0-98/*")),
        ("bytes */9", Some("bytes */9")),
        ("bytes 5-4/9", None),
        ("bytes 9-9/9", None),
        ("bytes */-1", None),
        ("bytes 0-1", None),
        ("bytes", None),
    ] {
        let range = ContentRange::from_header(header).ok();
        assert_eq!(
            range.map(|range| range.to_string()).as_deref(),
            want,
            "{header}"
        );
    }
}

#[test]
fn if_ranges_are_strict_or_not() {
    assert_eq!(IfRange::from_header(""), IfRange::default());
    assert!("Sun, 06 Nov 1994 08:49:37 GMT".parse::<IfRange>().is_ok());
    assert!("\"a\"".parse::<IfRange>().is_ok());
    for text in ["", "a", "W/\"a\"", "\""] {
        assert!(text.parse::<IfRange>().is_err(), "{text}");
    }
}

#[test]
fn random_text_is_survived() {
    fuzz(14, |text| {
        if let Ok(range) = Range::from_header(&format!("bytes={text}")) {
            let _ = (range.to_header(), range.range_for_length(Some(5)));
        }
        let range = ContentRange::from_header(&format!("bytes {text}"));
        let _ = range.map(|range| range.to_header());
    });
}
