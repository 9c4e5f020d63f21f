//! Ranges.

use rustzeug::datastructures::ContentRange;
use rustzeug::datastructures::IfRange;
use rustzeug::datastructures::Range;

use super::number;
use super::text;

/// A range of a body lies inside of it, and what was read can be written and read again.
pub(super) fn range(data: &[u8]) {
    let (length, rest) = number(data);
    let text = text(rest);
    if let Ok(range) = Range::from_header(&text) {
        let written = range.to_header();
        let again = Range::from_header(&written).expect("what was written is well formed");
        assert_eq!(again.ranges(), range.ranges(), "{written:?}");
        for length in [0, 1, length as u64, u64::MAX] {
            let Some((start, stop)) = range.range_for_length(Some(length)) else {
                continue;
            };
            assert!(
                start < stop && stop <= length,
                "{start} to {stop} of {length}"
            );
            let content = range
                .make_content_range(Some(length))
                .expect("a range of a body has a Content-Range");
            assert_eq!(content.range(), Some((start, stop)));
            let sent = ContentRange::from_header(&content.to_header());
            let sent = sent.expect("what was written is well formed");
            assert_eq!(sent.range(), Some((start, stop)));
        }
    }
    if let Ok(content) = ContentRange::from_header(&text) {
        if let (Some((start, stop)), Some(length)) = (content.range(), content.length()) {
            // It may end beyond the length, as in Werkzeug: who sends it has counted wrong.
            assert!(start < stop && start < length, "{text:?}");
        }
        let again = ContentRange::from_header(&content.to_header());
        assert_eq!(again.ok().map(|again| again.range()), Some(content.range()));
    }
    let condition = IfRange::from_header(&text);
    assert!(condition.etag().is_none() || condition.date().is_none());
    let _written = condition.to_header();
}
