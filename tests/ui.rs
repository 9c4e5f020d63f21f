//! What the compiler says to wrong programs.
//!
//! One mistake a file; the text beside it is what a beginner reads. After a change of the texts
//! run with `TRYBUILD=overwrite`, and read them as a beginner would: what is wrong, in the words
//! of the program, where, and what to write instead, and nothing that only follows from it.

#[test]
fn wrong_programs_are_told_why() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/*/fail/*.rs");
}
