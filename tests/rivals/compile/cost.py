#!/usr/bin/env python3
"""What `#[application]` costs the compiler, against a floor written by hand.

For each size it writes two crates: `app`, so many mixed handlers with routes, and `floor`, the same
handlers called through one hand-written function each that boxes their future, and nothing else.
Both are built, dependencies first; what is measured is the user's crate alone: rustc's wall time, the
processor time of it and its linker (which other work on the machine changes less), and its peak memory,
clean and after touching one handler's body (incremental, as on a developer's machine).

  ./cost.py                          10, 100 and 1,000 handlers, debug and release
  ./cost.py --sizes 1000 --profiles debug --rounds 3

Rounds of the two crates are interleaved; the figures are minima over the rounds.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]

PRELUDE = """
use rustzeug::prelude::*;
pub struct Big { pub n: u32 }
impl Big {
    async fn load(&self, id: u32) -> String { std::future::ready(()).await; id.to_string() }
}
#[derive(serde::Deserialize)]
pub struct Q { pub q: String }
"""


def handlers(n, routed):
    """The handlers, and for each the call that a hand-written table would make."""
    out, calls = [], []
    for i in range(n):
        kind = i % 4

        def rule(tail):
            if routed:
                out.append(f'    #[route("/r{i}/{tail}")]')

        if kind == 0:
            rule("<int:id>/<slug>")
            out.append(f'    async fn h{i}(&self, id: u32, slug: &str) -> String {{ let s = self.load(id).await; format!("{{s}} {{slug}} {i}") }}')
            calls.append(f"app.h{i}(1, text)")
        elif kind == 1:
            rule("<slug>")
            out.append(f'    async fn h{i}(&self, request: &Request, slug: &str) -> String {{ let s = self.load(1).await; format!("{{s}} {{slug}} {{}} {i}", request.path()) }}')
            calls.append(f"app.h{i}(request, text)")
        elif kind == 2:
            which = ("Query", "Json")[i // 4 % 2]
            rule("<name>")
            out.append(f'    async fn h{i}(&self, name: &str, x: {which}<Q>) -> String {{ let s = self.load(1).await; format!("{{s}} {{name}} {{}} {i}", x.0.q) }}')
            calls.append(f"app.h{i}(text, {which}(Q {{ q: String::new() }}))")
        else:
            rule("<int:id>")
            out.append(f'    fn h{i}(&self, id: u32) -> String {{ format!("{{}} {{id}} {i}", self.n) }}')
            calls.append(f"std::future::ready(app.h{i}(1))")
    return out, calls


def source(n, routed):
    body, calls = handlers(n, routed)
    impl = ["#[application]"] if routed else []
    impl += ["impl Big {", *body, "}"]
    if routed:
        end = ["fn main() { run_simple(\"localhost\", 0, Big { n: 1 }) }"]
    else:
        future = "std::pin::Pin<Box<dyn Future<Output = String> + Send + 'r>>"
        end = [f"type Call = for<'r> fn(&'r Big, &'r Request, &'r str) -> {future};"]
        for i, call in enumerate(calls):
            end.append(f"fn f{i}<'r>(app: &'r Big, request: &'r Request, text: &'r str) -> {future} {{ let _ = (request, text); Box::pin({call}) }}")
        end.append("static TABLE: &[Call] = &[" + ", ".join(f"f{i}" for i in range(n)) + "];")
        # The table escapes: else an optimised build would throw the handlers away unread.
        end.append("fn main() { std::hint::black_box(TABLE); }")
    return PRELUDE + "\n".join(impl + end) + "\n"


MANIFEST = """[package]
name = "NAME"
version = "0.0.0"
edition = "2024"
[dependencies]
rustzeug = { path = "ROOT/framework" }
serde = { version = "1", features = ["derive"] }
[workspace]
[profile.release]
lto = false
codegen-units = 16
"""


def build(crate, target, profile):
    """Builds the crate; wall time, processor time and peak memory (MB) of the rustc that compiles it."""
    wrapper = crate.parent / "rustc"
    log = crate.parent / "log"
    log.unlink(missing_ok=True)
    env = dict(os.environ, CARGO_TARGET_DIR=str(target), RUSTC_WRAPPER=str(wrapper), COST_LOG=str(log),
               COST_CRATE=crate.name)
    cmd = ["cargo", "build", "--quiet", "--offline"] + (["--release"] if profile == "release" else [])
    done = subprocess.run(cmd, cwd=crate, env=env, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{crate.name} does not build:\n{done.stderr[-3000:]}")
    if not log.exists():
        sys.exit(f"{crate.name} was not compiled again")
    wall, cpu, kib = map(float, log.read_text().split())
    return wall, cpu, kib / 1024


WRAPPER = """#!PYTHON
import os, resource, subprocess, sys, time
args = sys.argv[1:]
mine = "--crate-name" in args and args[args.index("--crate-name") + 1] == os.environ["COST_CRATE"]
start = time.monotonic()
code = subprocess.run(args, close_fds=False).returncode  # the jobserver is two descriptors
if mine and code == 0:
    wall, used = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    open(os.environ["COST_LOG"], "w").write(f"{wall} {used.ru_utime + used.ru_stime} {used.ru_maxrss}")
sys.exit(code)
"""


def touch(crate, turn):
    """Changes one handler's body, in the middle of the file."""
    path = crate / "src/main.rs"
    text = path.read_text()
    middle = len(re.findall(r"fn h\d+", text)) // 2 // 4 * 4
    pattern = rf'(fn h{middle}\(.*format!\("\{{s\}} \{{slug\}} ){middle}(-\d+)?"'
    changed, count = re.subn(pattern, rf'\g<1>{middle}-{turn}"', text)
    assert count == 1, "one handler"
    path.write_text(changed)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--sizes", default="10,100,1000")
    ap.add_argument("--profiles", default="debug,release")
    ap.add_argument("--rounds", type=int, default=3)
    opts = ap.parse_args()
    print("| handlers | profile | what | floor s | ours s | x | floor CPU s | ours CPU s | x | floor MB | ours MB | x |")
    print("|--:|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as tmp:
        tmp = Path(tmp)
        (tmp / "rustc").write_text(WRAPPER.replace("PYTHON", sys.executable))
        (tmp / "rustc").chmod(0o755)
        for size in map(int, opts.sizes.split(",")):
            for name in ("floor", "app"):
                (tmp / name / "src").mkdir(parents=True, exist_ok=True)
                (tmp / name / "Cargo.toml").write_text(MANIFEST.replace("NAME", name).replace("ROOT", str(ROOT)))
                (tmp / name / "src/main.rs").write_text(source(size, name == "app"))
                shutil.copy(ROOT / "Cargo.lock", tmp / name / "Cargo.lock")
            for profile in opts.profiles.split(","):
                best = {}
                for name in ("floor", "app"):
                    build(tmp / name, tmp / "target", profile)
                for turn in range(opts.rounds):
                    for name in ("floor", "app"):
                        for what in ("clean", "touch"):
                            if what == "clean":
                                package = ["cargo", "clean", "--quiet", "--offline", "-p", name]
                                package += ["--release"] if profile == "release" else []
                                subprocess.run(package, cwd=tmp / name, check=True,
                                               env=dict(os.environ, CARGO_TARGET_DIR=str(tmp / "target")))
                            else:
                                touch(tmp / name, f"{turn}")
                            got = build(tmp / name, tmp / "target", profile)
                            best.setdefault((name, what), []).append(got)
                            time.sleep(0.1)
                for what in ("clean", "touch"):
                    floor, ours = (tuple(map(min, zip(*best[n, what]))) for n in ("floor", "app"))
                    cells = [f"{f:.{d}f} | {o:.{d}f} | {o / f:.2f}" for f, o, d in zip(floor, ours, (2, 2, 0))]
                    print(f"| {size} | {profile} | {what} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
