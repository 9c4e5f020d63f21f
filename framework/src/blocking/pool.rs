//! Worker threads for handlers that may block: how many are awake, and how the loop hears of them.
//!
//! Waking a thread costs more than most handlers do, and on one processor it takes the event loop's
//! place at once. So a turn of the loop collects its jobs; only then, threads are woken: no more
//! than there are processors, which find the rest in the queue. Where that is wrong it is seen soon:
//! where jobs wait and those awake take longer over each than waking others would, they block, and
//! then each job wakes a thread, for a while. In the same way a finished job tells the event loop
//! only if nobody has told it since it last looked.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::task::Poll;
use std::task::Waker;
use std::thread;
use std::time::Duration;

use tokio::time::Instant;
use tokio::time::Sleep;

use crate::request::Tasks;

/// Work for a thread, which gets to know whose it is.
pub(super) type Job = Box<dyn FnOnce(&Pool) + Send>;

/// Threads that run blocking work: as many as are needed, up to a limit, each kept for a while.
pub(crate) struct Pool {
    queue: Mutex<Queue>,
    work: Condvar,
    returns: Mutex<Returns>,
    /// Somebody looks after jobs that wait too long, and passes on what is finished.
    is_overseen: AtomicBool,
    limits: PoolLimits,
    /// Threads that can run at once.
    processors: usize,
    /// Entered by each worker, so that a blocking handler can spawn tasks and use timers.
    runtime: Option<tokio::runtime::Handle>,
    /// Where tasks that its threads spawn are counted.
    tasks: Tasks,
}

/// How much blocking work is taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PoolLimits {
    /// The most threads.
    pub(crate) threads: usize,
    /// The most jobs that wait for a thread; beyond: 503.
    pub(crate) queue: usize,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self {
            threads: 64,
            queue: 1_024,
        }
    }
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    threads: usize,
    /// Threads that wait and were not called.
    idle: usize,
    /// Calls that no thread has answered yet.
    calls: usize,
    /// Jobs that a thread ever began.
    begun: u64,
    /// So many more jobs call a thread each.
    eager: u32,
    /// The overseer will look whether jobs wait for too long.
    is_watched: bool,
    closed: bool,
}

/// Finished jobs on their way to the event loop.
#[derive(Default)]
struct Returns {
    wakers: Vec<Waker>,
    overseer: Option<Waker>,
    is_told: bool,
}

impl Pool {
    /// A pool without threads; they come with the work.
    pub(crate) fn new(
        limits: PoolLimits,
        runtime: Option<tokio::runtime::Handle>,
        tasks: Tasks,
    ) -> Arc<Self> {
        Arc::new(Self {
            queue: Mutex::default(),
            work: Condvar::new(),
            returns: Mutex::default(),
            is_overseen: AtomicBool::new(false),
            limits,
            processors: thread::available_parallelism().map_or(1, usize::from),
            runtime,
            tasks,
        })
    }

    /// Queues a job; `false` where the queue is full.
    pub(super) fn send(self: &Arc<Self>, job: Job) -> bool {
        let mut queue = self.queue();
        if queue.jobs.len() >= self.limits.queue || queue.closed {
            return false;
        }
        queue.jobs.push_back(job);
        let is_overseen = self.is_overseen.load(Ordering::Relaxed);
        if queue.eager > 0 || queue.threads == 0 || !is_overseen {
            queue.eager = queue.eager.saturating_sub(1);
            return self.call(queue);
        }
        drop(queue);
        self.tell(None);
        true
    }

    /// Wakes a thread, or starts one; `false` where there is none and none can be had.
    fn call(self: &Arc<Self>, mut queue: MutexGuard<'_, Queue>) -> bool {
        if queue.idle > 0 {
            queue.idle -= 1;
            queue.calls += 1;
            drop(queue);
            self.work.notify_one();
            return true;
        }
        if queue.threads >= self.limits.threads {
            return true;
        }
        queue.threads += 1;
        drop(queue);
        let pool = self.clone();
        let name = "rustzeug-blocking".to_owned();
        let spawned = thread::Builder::new().name(name).spawn(move || pool.run());
        spawned.is_ok() || self.unspawned()
    }

    /// No thread could be had: fine as long as another one lives.
    #[cold]
    fn unspawned(&self) -> bool {
        let mut queue = self.queue();
        queue.threads -= 1;
        if queue.threads > 0 {
            return true;
        }
        queue.jobs.pop_back();
        false
    }

    /// A job is finished: wakes who waits for it, on the event loop.
    pub(super) fn bring_back(&self, waker: Waker) {
        if self.is_overseen.load(Ordering::Acquire) {
            self.tell(Some(waker));
        } else {
            waker.wake();
        }
    }

    /// Tells the overseer that there is something to do, unless it was told already.
    fn tell(&self, waker: Option<Waker>) {
        let mut returns = self.returns();
        returns.wakers.extend(waker);
        if !mem::replace(&mut returns.is_told, true)
            && let Some(overseer) = returns.overseer.clone()
        {
            drop(returns);
            overseer.wake();
        }
    }

    /// Looks after the pool for as long as it is polled; a task of the event loop that sends jobs.
    pub(crate) async fn oversee(self: Arc<Self>) {
        let _overseen = Overseen::new(&self);
        let mut finished = Vec::new();
        let mut look = None;
        std::future::poll_fn(|cx| {
            self.pass_on(&mut finished, cx);
            self.rouse();
            self.watch(&mut look, cx);
            Poll::<()>::Pending
        })
        .await;
    }

    /// Wakes those whose jobs are finished.
    fn pass_on(&self, finished: &mut Vec<Waker>, cx: &Context<'_>) {
        let mut returns = self.returns();
        match &mut returns.overseer {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        returns.is_told = false;
        mem::swap(&mut returns.wakers, finished);
        drop(returns);
        for waker in finished.drain(..) {
            waker.wake();
        }
    }

    /// Wakes threads for the jobs that came since the last time.
    fn rouse(self: &Arc<Self>) {
        let mut queue = self.queue();
        let awake = queue.threads - queue.idle;
        let wanted = queue.jobs.len().min(self.processors.saturating_sub(awake));
        queue.is_watched |= queue.jobs.len() > wanted;
        drop(queue);
        for _ in 0..wanted {
            self.call(self.queue());
        }
    }

    /// Looks, a while after it was asked to, whether the jobs of then were begun.
    fn watch(self: &Arc<Self>, look: &mut Option<Look>, cx: &mut Context<'_>) {
        loop {
            let Some(planned) = look else {
                let queue = self.queue();
                if !queue.is_watched {
                    return;
                }
                *look = Some(Look {
                    begun: queue.begun,
                    since: Instant::now(),
                    sleep: Box::pin(tokio::time::sleep(PATIENCE)),
                });
                continue;
            };
            if planned.sleep.as_mut().poll(cx).is_pending() {
                return;
            }
            let (begun, since) = (planned.begun, planned.since);
            *look = None;
            self.inspect(begun, since.elapsed());
        }
    }

    /// Wakes more threads if those that are awake have taken too long over their jobs.
    fn inspect(self: &Arc<Self>, begun: u64, elapsed: Duration) {
        let mut queue = self.queue();
        if queue.jobs.is_empty() {
            queue.is_watched = false;
            return;
        }
        let awake = queue.threads - queue.idle;
        let spent = elapsed.saturating_mul(u32::try_from(awake).unwrap_or(u32::MAX));
        let quick = u128::from(queue.begun - begun) * QUICK.as_nanos();
        if quick >= spent.as_nanos() {
            return;
        }
        queue.eager = EAGER;
        let waiting = queue.jobs.len();
        drop(queue);
        for _ in 0..waiting {
            self.call(self.queue());
        }
    }

    /// Lets the threads end when the queue is empty.
    pub(crate) fn close(&self) {
        self.queue().closed = true;
        self.work.notify_all();
    }

    /// The life of one thread.
    fn run(&self) {
        let _entered = self.runtime.as_ref().map(tokio::runtime::Handle::enter);
        let _counted = self.tasks.enter();
        let mut queue = self.queue();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                queue.begun += 1;
                drop(queue);
                job(self);
                queue = self.queue();
                continue;
            }
            if queue.closed {
                break;
            }
            match self.wait(queue) {
                Some(called) => queue = called,
                None => return,
            }
        }
        queue.threads -= 1;
    }

    /// Waits to be called; `None` where that takes so long that the thread is no more needed.
    fn wait<'q>(&self, mut queue: MutexGuard<'q, Queue>) -> Option<MutexGuard<'q, Queue>> {
        queue.idle += 1;
        loop {
            let waited = self.work.wait_timeout(queue, KEEP);
            let (next, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            queue = next;
            if queue.calls > 0 {
                // Who called has counted it as awake.
                queue.calls -= 1;
                return Some(queue);
            }
            if queue.closed || timeout.timed_out() {
                queue.idle -= 1;
                if queue.closed || !queue.jobs.is_empty() {
                    return Some(queue);
                }
                queue.threads -= 1;
                return None;
            }
        }
    }

    /// A panic while the lock is held leaves plain data, so poison means nothing here.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn returns(&self) -> MutexGuard<'_, Returns> {
        self.returns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A look at the queue that is to come.
struct Look {
    /// Jobs that were begun, and the time, when it was planned.
    begun: u64,
    since: Instant,
    sleep: Pin<Box<Sleep>>,
}

/// While it lives somebody oversees.
struct Overseen<'p> {
    pool: &'p Pool,
}

impl<'p> Overseen<'p> {
    fn new(pool: &'p Pool) -> Self {
        pool.is_overseen.store(true, Ordering::Release);
        Self { pool }
    }
}

impl Drop for Overseen<'_> {
    fn drop(&mut self) {
        self.pool.is_overseen.store(false, Ordering::Release);
        for waker in mem::take(&mut self.pool.returns().wakers) {
            waker.wake();
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// How long a thread without work is kept.
const KEEP: Duration = Duration::from_secs(30);

/// How long jobs wait for threads that are awake before these are looked at.
const PATIENCE: Duration = Duration::from_millis(1);

/// A job that takes no longer is over before another thread would be awake and done with it.
const QUICK: Duration = Duration::from_micros(100);

/// For how many jobs each wakes a thread, when some had to wait.
const EAGER: u32 = 4_096;

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc;

    use super::*;

    fn pool() -> Arc<Pool> {
        Pool::new(PoolLimits::default(), None, Tasks::default())
    }

    fn overseen<T>(pool: &Arc<Pool>, work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let local = tokio::task::LocalSet::new();
        local.spawn_local(pool.clone().oversee());
        let done = local.block_on(&runtime, work);
        pool.close();
        done
    }

    #[test]
    fn jobs_that_block_run_side_by_side() {
        let pool = pool();
        let jobs = pool.processors + 8;
        let barrier = Arc::new(Barrier::new(jobs));
        let (sender, mut done) = tokio::sync::mpsc::unbounded_channel();
        let came = overseen(&pool, async {
            tokio::task::yield_now().await;
            for _ in 0..jobs {
                let (barrier, sender) = (barrier.clone(), sender.clone());
                // Not one gets on before all are there.
                assert!(pool.send(Box::new(move |_| {
                    barrier.wait();
                    sender.send(()).unwrap();
                })));
            }
            let mut came = 0;
            while came < jobs {
                done.recv().await.unwrap();
                came += 1;
            }
            came
        });
        assert_eq!(came, jobs);
    }

    #[test]
    fn quick_jobs_wake_no_more_threads_than_can_run() {
        let pool = pool();
        let ran = Arc::new(AtomicUsize::new(0));
        let (hold, held) = mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        overseen(&pool, async {
            tokio::task::yield_now().await;
            for _ in 0..50 {
                let (ran, held) = (ran.clone(), held.clone());
                assert!(pool.send(Box::new(move |_| {
                    let _let_go = held.lock().unwrap().recv();
                    ran.fetch_add(1, Ordering::SeqCst);
                })));
            }
            assert!(pool.queue().threads <= pool.processors);
            drop(hold);
            while ran.load(Ordering::SeqCst) < 50 {
                tokio::task::yield_now().await;
            }
        });
        assert!(pool.queue().jobs.is_empty());
    }

    #[test]
    fn without_an_overseer_each_job_has_a_thread() {
        let pool = pool();
        let jobs = pool.processors + 3;
        let barrier = Arc::new(Barrier::new(jobs + 1));
        for _ in 0..jobs {
            let barrier = barrier.clone();
            assert!(pool.send(Box::new(move |_| {
                barrier.wait();
            })));
        }
        barrier.wait();
        pool.close();
    }

    #[test]
    fn a_full_queue_refuses() {
        let limits = PoolLimits {
            threads: 1,
            queue: 1,
        };
        let pool = Pool::new(limits, None, Tasks::default());
        let (begun, begins) = mpsc::channel();
        let (hold, held) = mpsc::channel::<()>();
        assert!(pool.send(Box::new(move |_| {
            begun.send(()).unwrap();
            let _let_go = held.recv();
        })));
        begins.recv().unwrap();
        assert!(pool.send(Box::new(|_| {})));
        assert!(!pool.send(Box::new(|_| {})));
        drop(hold);
        pool.close();
    }
}
