//! How long each route takes: Werkzeug's `ProfilerMiddleware`.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http::HeaderValue;
use http::Method;
use tokio::time::Instant;

use super::Middleware;
use super::Next;
use crate::request::Request;
use crate::response::Response;

/// Measures how long each route takes, from the request to the response's head.
///
/// Times are kept by method and rule, as a histogram of a fixed size: what is reported is exact
/// to a sixteenth. Clones count together, so keep one to ask it, or let
/// [`serve_at`](Self::serve_at) show the report at a path.
///
/// # Examples
///
/// ```
/// use rustzeug::middleware::{Layer, Profiler};
/// use rustzeug::prelude::*;
/// use rustzeug::testing::Client;
///
/// struct Blog;
///
/// #[application]
/// impl Blog {
///     #[route("/<int:year>")]
///     async fn archive(&self, year: u16) -> String {
///         format!("posts of {year}")
///     }
/// }
///
/// # fn main() -> Result<(), StartError> {
/// let profiler = Profiler::new();
/// let client = Client::new(Blog.with(profiler.clone()))?;
/// client.get("/2024").send();
/// client.get("/2025").send();
/// let report = profiler.report();
/// assert_eq!((&*report[0].rule, report[0].count), ("/<int:year>", 2));
/// assert!(report[0].p50 <= report[0].max);
/// # Ok(())
/// # }
/// ```
///
/// # Compatibility
///
/// Werkzeug shows which functions a request spent its time in; for that there is `perf`. Bodies
/// are not read ahead.
#[derive(Clone, Default)]
pub struct Profiler {
    times: Arc<Times>,
    path: Option<Arc<str>>,
}

#[derive(Default)]
struct Times {
    /// By rule, then by place in `METHODS`.
    rules: RwLock<HashMap<String, Box<[Option<Arc<Histogram>>; METHODS.len()]>>>,
}

/// How long one route took, with one method.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteTimes {
    /// The method; `OTHER` for one that is not standard.
    pub method: &'static str,
    /// The rule; empty for requests that none took.
    pub rule: String,
    /// How many requests were answered.
    pub count: u64,
    /// The shortest time.
    pub min: Duration,
    /// The mean.
    pub mean: Duration,
    /// Half took no longer.
    pub p50: Duration,
    /// All but one in a hundred took no longer.
    pub p99: Duration,
    /// The longest time.
    pub max: Duration,
}

impl Profiler {
    /// Nothing is measured yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers requests for a path with the report, as a table or as JSON, whatever the client
    /// prefers. Everybody may read it: choose a path that a proxy in front keeps to itself.
    #[must_use]
    pub fn serve_at(mut self, path: &str) -> Self {
        self.path = Some(path.into());
        self
    }

    /// What was measured so far: routes that took the most time of all come first.
    #[must_use]
    pub fn report(&self) -> Vec<RouteTimes> {
        let rules = self
            .times
            .rules
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let mut report = Vec::new();
        for (rule, methods) in &*rules {
            for (histogram, method) in methods.iter().zip(METHODS) {
                report.extend(
                    histogram
                        .as_ref()
                        .map(|histogram| histogram.times(method, rule)),
                );
            }
        }
        drop(rules);
        let total = |times: &RouteTimes| times.mean.as_nanos() * u128::from(times.count);
        report.sort_by(|a, b| {
            let by_name = || (&a.rule, a.method).cmp(&(&b.rule, b.method));
            total(b).cmp(&total(a)).then_with(by_name)
        });
        report
    }

    /// The report as a table, in microseconds.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = format!(
            "{:>9} {:>10} {:>10} {:>10} {:>10} {:>10}  route\n",
            "count", "min µs", "mean µs", "p50 µs", "p99 µs", "max µs"
        );
        for times in self.report() {
            let [min, mean, p50, p99, max] = times.micros();
            let (count, method, rule) = (times.count, times.method, times.shown());
            text.push_str(&format!(
                "{count:>9} {min:>10.1} {mean:>10.1} {p50:>10.1} {p99:>10.1} {max:>10.1}  \
                 {method} {rule}\n"
            ));
        }
        text
    }

    fn answer(&self, request: &Request) -> Response {
        if request
            .accept_mimetypes()
            .best_match(["text/plain", "application/json"])
            != Some("application/json")
        {
            return Response::new(self.table());
        }
        let rows = self.report().into_iter().map(|times| {
            let [min, mean, p50, p99, max] = times.micros();
            serde_json::json!({
                "method": times.method, "rule": times.rule, "count": times.count, "min_us": min,
                "mean_us": mean, "p50_us": p50, "p99_us": p99, "max_us": max,
            })
        });
        let json = serde_json::Value::Array(rows.collect()).to_string();
        Response::typed(HeaderValue::from_static("application/json"), json)
    }
}

impl Times {
    fn add(&self, method: &Method, rule: &str, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let last = METHODS.len() - 1;
        let place = METHODS
            .iter()
            .position(|known| *known == method.as_str())
            .unwrap_or(last);
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        let known = rules
            .get(rule)
            .and_then(|methods| methods.get(place)?.clone());
        drop(rules);
        let histogram = known.unwrap_or_else(|| {
            let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
            let methods = rules.entry(rule.to_owned()).or_default();
            match methods.get_mut(place) {
                Some(place) => place.get_or_insert_default().clone(),
                None => Arc::default(),
            }
        });
        histogram.add(nanos);
    }
}

impl Middleware for Profiler {
    async fn handle(&self, request: &mut Request, next: Next<'_>) -> Response {
        if self.path.as_deref() == Some(request.path()) && is_read(request.method()) {
            return self.answer(request);
        }
        let method = request.method().clone();
        let start = Instant::now();
        let response = next.run(&mut *request).await;
        self.times
            .add(&method, request.route().rule(), start.elapsed());
        response
    }
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

impl RouteTimes {
    fn micros(&self) -> [f64; 5] {
        let times = [self.min, self.mean, self.p50, self.p99, self.max];
        times.map(|time| time.as_secs_f64() * 1e6)
    }

    fn shown(&self) -> &str {
        match &*self.rule {
            "" => "(no rule)",
            rule => rule,
        }
    }
}

impl fmt::Debug for Profiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profiler")
            .field("report", &self.report())
            .field("path", &self.path)
            .finish()
    }
}

/// Counts of times, in buckets that are a sixteenth wide.
struct Histogram {
    buckets: Box<[AtomicU64]>,
    sum: AtomicU64,
    min: AtomicU64,
    max: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            buckets: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(),
            sum: AtomicU64::new(0),
            min: AtomicU64::new(u64::MAX),
            max: AtomicU64::new(0),
        }
    }
}

impl Histogram {
    fn add(&self, nanos: u64) {
        if let Some(bucket) = self.buckets.get(bucket_of(nanos)) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.sum.fetch_add(nanos, Ordering::Relaxed);
        self.min.fetch_min(nanos, Ordering::Relaxed);
        self.max.fetch_max(nanos, Ordering::Relaxed);
    }

    fn times(&self, method: &'static str, rule: &str) -> RouteTimes {
        let counts: Vec<u64> = self
            .buckets
            .iter()
            .map(|n| n.load(Ordering::Relaxed))
            .collect();
        let count: u64 = counts.iter().sum();
        let (min, max) = (
            self.min.load(Ordering::Relaxed),
            self.max.load(Ordering::Relaxed),
        );
        let min = min.min(max);
        // The middle of the bucket in which so many per cent of all come together.
        let percentile = |percent: u64| {
            let rank = (count * percent).div_ceil(100).max(1);
            let mut seen = 0;
            let bucket = counts.iter().position(|n| {
                seen += n;
                seen >= rank
            });
            Duration::from_nanos(bucket.map_or(max, middle_of).clamp(min, max))
        };
        let mean = self.sum.load(Ordering::Relaxed).checked_div(count);
        RouteTimes {
            method,
            rule: rule.to_owned(),
            count,
            min: Duration::from_nanos(min),
            mean: Duration::from_nanos(mean.unwrap_or(0)),
            p50: percentile(50),
            p99: percentile(99),
            max: Duration::from_nanos(max),
        }
    }
}

/// Below 16 each number has its bucket; above, each power of two has sixteen.
fn bucket_of(nanos: u64) -> usize {
    let exponent = nanos.max(1).ilog2();
    match exponent.checked_sub(4) {
        None => nanos as usize,
        Some(shift) => (shift as usize + 1) * 16 + ((nanos >> shift) & 15) as usize,
    }
}

fn middle_of(bucket: usize) -> u64 {
    let (power, part) = (bucket / 16, (bucket % 16) as u64);
    match power.checked_sub(1) {
        None => part,
        Some(shift) => ((16 + part) << shift) + ((1 << shift) >> 1),
    }
}

/// 16 for each power of two from 2^4 on, and the first 16.
const BUCKETS: usize = 61 * 16;

/// The last stands for all others: a client may make up as many as it likes.
const METHODS: [&str; 10] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE", "OTHER",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_a_sixteenth_wide() {
        for nanos in [0, 1, 15, 16, 17, 31, 32, 33, 1_000, 123_456_789, u64::MAX] {
            let bucket = bucket_of(nanos);
            assert!(bucket < BUCKETS, "{nanos}");
            let middle = middle_of(bucket);
            assert!(middle.abs_diff(nanos) <= nanos / 16, "{nanos} {middle}");
        }
        let growing: Vec<_> = (0..100_000).map(bucket_of).collect();
        assert!(growing.is_sorted());
        assert!(growing.windows(2).all(|pair| pair[1] - pair[0] <= 1));
    }

    #[test]
    fn percentiles_are_near() {
        let histogram = Histogram::default();
        for n in 1..=1000 {
            histogram.add(n * 1000);
        }
        let times = histogram.times("GET", "/");
        assert_eq!(
            (times.count, times.min, times.max),
            (1000, Duration::from_micros(1), Duration::from_millis(1))
        );
        assert_eq!(times.mean, Duration::from_nanos(500_500));
        for (time, want) in [(times.p50, 500.0), (times.p99, 990.0)] {
            let micros = time.as_secs_f64() * 1e6;
            assert!((micros - want).abs() < want / 16.0, "{micros} {want}");
        }
        let times = Histogram::default().times("GET", "/");
        assert_eq!(
            (times.count, times.p50, times.max),
            (0, Duration::ZERO, Duration::ZERO)
        );
    }
}
