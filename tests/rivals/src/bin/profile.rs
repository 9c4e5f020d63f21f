use rustzeug_routing::*;
use std::hint::black_box;
fn main() {
    let set = std::env::args().nth(1).unwrap();
    let load = |w: &str| std::fs::read_to_string(format!("{}/sets/{set}_{w}.txt", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut b = TableBuilder::new(TableOptions::new());
    for r in load("rules").lines() { b.add(&Rule::new(r).methods(["GET"])).unwrap(); }
    let t = b.build().table; let t = t.as_table();
    let p: Vec<String> = load("paths").lines().map(String::from).collect();
    let mut c = Captures::new();
    let n = std::env::args().nth(2).map_or(40_000_000, |n| n.parse().unwrap()) / p.len();
    let s = std::time::Instant::now();
    for _ in 0..n { for p in black_box(&p) { assert!(matches!(black_box(t.find(p, Methods::GET, false, &mut c)), Outcome::Found(_))); black_box(&c); } }
    println!("{:.1}", s.elapsed().as_secs_f64() * 1e9 / (n * p.len()) as f64);
}
