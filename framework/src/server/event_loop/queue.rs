//! Which tasks are to be polled, told from any thread.

use std::io;
use std::mem;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering;
use std::task::Wake;
use std::task::Waker;

/// The tasks that were woken, and how the loop's thread hears of them where it sleeps.
#[derive(Debug)]
pub(super) struct Queue {
    woken: Mutex<Vec<usize>>,
    has_woken: AtomicBool,
    /// How the thread sleeps: one of [`AWAKE`], [`IN_POLL`], [`IN_RUNTIME`].
    sleep: AtomicU8,
    poll: mio::Waker,
    /// The loop as a task of the runtime.
    runtime: Mutex<Option<Waker>>,
}

const AWAKE: u8 = 0;
/// In the loop's own wait.
const IN_POLL: u8 = 1;
/// Somewhere in the runtime, which polls the loop when it is woken.
const IN_RUNTIME: u8 = 2;

impl Queue {
    pub(super) fn new(registry: &mio::Registry, token: mio::Token) -> io::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            woken: Mutex::default(),
            has_woken: AtomicBool::new(false),
            sleep: AtomicU8::new(AWAKE),
            poll: mio::Waker::new(registry, token)?,
            runtime: Mutex::default(),
        }))
    }

    fn push(&self, place: usize) {
        lock(&self.woken).push(place);
        // This store and the load in `may_sleep`, that swap and the one here: whichever thread
        // comes second sees what the other one wrote.
        self.has_woken.store(true, Ordering::SeqCst);
        match self.sleep.swap(AWAKE, Ordering::SeqCst) {
            IN_POLL => {
                // It fails where the loop is gone, and then there is nobody to wake.
                let _gone = self.poll.wake();
            }
            IN_RUNTIME => {
                let waker = lock(&self.runtime).clone();
                if let Some(waker) = waker {
                    waker.wake();
                }
            }
            _ => {}
        }
    }

    /// Whether somebody was woken since the last [`take`](Self::take).
    #[inline]
    pub(super) fn has_woken(&self) -> bool {
        self.has_woken.load(Ordering::Relaxed)
    }

    /// Moves what was woken into an empty list.
    #[cold]
    pub(super) fn take(&self, into: &mut Vec<usize>) {
        let mut woken = lock(&self.woken);
        self.has_woken.store(false, Ordering::SeqCst);
        mem::swap(&mut *woken, into);
    }

    /// Announces that the thread is about to sleep in the loop's own wait; `false` where somebody
    /// was woken meanwhile.
    #[inline]
    pub(super) fn may_sleep_in_poll(&self) -> bool {
        self.may_sleep(IN_POLL)
    }

    /// The same for a sleep in the runtime, which is to poll the loop by this waker.
    pub(super) fn may_sleep_in_runtime(&self, waker: &Waker) -> bool {
        match &mut *lock(&self.runtime) {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        self.may_sleep(IN_RUNTIME)
    }

    #[inline]
    fn may_sleep(&self, how: u8) -> bool {
        self.sleep.swap(how, Ordering::SeqCst);
        if self.has_woken.load(Ordering::SeqCst) {
            self.awake();
            return false;
        }
        true
    }

    /// The thread sleeps no more.
    #[inline]
    pub(super) fn awake(&self) {
        self.sleep.store(AWAKE, Ordering::Relaxed);
    }
}

/// A panic while the lock is held leaves plain data, so poison means nothing here.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What wakes one task.
#[derive(Debug)]
pub(super) struct TaskWaker {
    place: usize,
    /// It is in the queue already.
    is_woken: AtomicBool,
    queue: Arc<Queue>,
}

impl TaskWaker {
    pub(super) fn new(place: usize, queue: &Arc<Queue>) -> Arc<Self> {
        Arc::new(Self {
            place,
            is_woken: AtomicBool::new(false),
            queue: queue.clone(),
        })
    }

    /// It is about to be polled: from now on it may be woken again.
    #[inline]
    pub(super) fn taken(&self) {
        // Seen too late, it is in the queue and will be polled once more.
        if self.is_woken.load(Ordering::Relaxed) {
            self.is_woken.swap(false, Ordering::SeqCst);
        }
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.is_woken.swap(true, Ordering::SeqCst) {
            self.queue.push(self.place);
        }
    }
}
