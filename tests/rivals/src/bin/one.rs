use rustzeug_routing::*;
use std::hint::black_box;
fn main() {
    let rules = std::fs::read_to_string(format!("{}/sets/gh_rules.txt", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut b = TableBuilder::new(TableOptions::new());
    let mut m = matchit::Router::new();
    for r in rules.lines() { b.add(&Rule::new(r).methods(["GET"])).unwrap(); m.insert(r.replace('<',"{").replace('>',"}"), 1usize).unwrap(); }
    let t = b.build().table; let t = t.as_table();
    let mut c = Captures::new();
    for p in ["/events", "/authorizations", "/authorizations/p1", "/repos/p1/p2/events", "/applications/p1/tokens/p2", "/repos/p1/p2/git/refs","/user/keys"] {
        let n = 20_000_000;
        let s = std::time::Instant::now();
        for _ in 0..n { assert!(matches!(black_box(t.find(black_box(p), Methods::GET, false, &mut c)), Outcome::Found(_))); black_box(&c); }
        let a = s.elapsed().as_secs_f64() * 1e9 / n as f64;
        let s = std::time::Instant::now();
        for _ in 0..n { assert!(black_box(m.at(black_box(p))).is_ok()); }
        println!("{p} {a:.1} {:.1}", s.elapsed().as_secs_f64() * 1e9 / n as f64);
    }
}
