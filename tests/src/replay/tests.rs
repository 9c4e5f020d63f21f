use super::Report;

#[test]
fn unknown_ops_and_broken_lines_are_failures() {
    let mut report = Report::new();
    report
        .replay("{\"suite\":\"http\",\"op\":\"no such op\",\"in\":{},\"out\":null}\nnot json\n\n");
    report.replay("{\"suite\":\"x\",\"op\":\"a_batch\",\"in\":{\"calls\":[1,2]},\"out\":[1,2]}");
    assert_eq!((report.passed(), report.failed()), (0, 4));
    let mut text = Vec::new();
    report.print(&mut text, 1).unwrap();
    assert!(
        String::from_utf8(text)
            .unwrap()
            .ends_with("\n0 passed, 4 failed\n")
    );
}
