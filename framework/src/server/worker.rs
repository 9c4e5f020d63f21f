//! One event loop: a thread that accepts and serves.

use std::any::Any;
use std::cell::Cell;
use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use tokio::sync::Notify;
use tokio::sync::watch;

use super::accept::Acceptor;
use super::accept::take_given;
use super::access_log::AccessLog;
use super::balance::Balance;
use super::buffer::Buffers;
use super::buffer::Workbench;
use super::config::Config;
use super::event_loop::EventLoop;
use super::event_loop::Reactor;
use super::journal::Journal;
use super::listener::Listener;
use super::shutdown::Phase;
use super::timeout::Ticks;
use crate::application::Application;
use crate::blocking;
use crate::blocking::Driver;
use crate::blocking::Pool;
use crate::blocking::Serving;
use crate::clock;
use crate::protocol::h1::Stamp;
use crate::request::Tasks;

/// What all connections of one event loop share.
#[derive(Debug)]
pub(super) struct Worker<F> {
    pub(super) app: AppHandle,
    pub(super) config: Arc<Config>,
    pub(super) log: AccessLog,
    pub(super) is_draining: Cell<bool>,
    /// Somebody waits for a place under the connection limit.
    pub(super) freed: Notify,
    /// Which of the workers it is.
    pub(super) number: usize,
    pub(super) balance: Arc<Balance>,
    /// The panic of a handler that is to end the server.
    fatal: RefCell<Option<Box<dyn Any + Send>>>,
    gave_up: Notify,
    pool: Arc<Pool>,
    stamp: RefCell<Stamp>,
    tick: Cell<u32>,
    connections: Cell<usize>,
    #[allow(
        clippy::vec_box,
        reason = "a bench moves between here and a connection as a pointer"
    )]
    benches: RefCell<Vec<Box<Workbench<F>>>>,
    buffers: RefCell<Vec<Buffers>>,
    make: fn(Arc<Pool>) -> Driver<F>,
}

/// The application, without a demand on its `Debug`.
pub(super) struct AppHandle(pub(super) Arc<dyn Application>);

impl std::fmt::Debug for AppHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Application")
    }
}

impl<F: Serving> Worker<F> {
    pub(super) fn new(
        make: fn(Arc<Pool>) -> Driver<F>,
        app: Arc<dyn Application>,
        config: Arc<Config>,
        log: Journal,
        pool: Arc<Pool>,
    ) -> Rc<Self> {
        let balance = config.balance.clone();
        let worker = Self {
            app: AppHandle(app),
            log: AccessLog::new(log, &config),
            config,
            connections: Cell::new(0),
            is_draining: Cell::new(false),
            freed: Notify::new(),
            number: balance.join(),
            balance,
            fatal: RefCell::default(),
            gave_up: Notify::new(),
            pool,
            stamp: RefCell::default(),
            tick: Cell::new(0),
            benches: RefCell::default(),
            buffers: RefCell::default(),
            make,
        };
        worker.stamp.borrow_mut().set(&clock::http_date_now());
        Rc::new(worker)
    }

    /// How many connections there are.
    pub(super) fn connections(&self) -> usize {
        self.connections.get()
    }

    pub(super) fn add_connection(&self) {
        self.connections.set(self.connections.get() + 1);
    }

    pub(super) fn remove_connection(&self) {
        self.connections.set(self.connections.get() - 1);
        self.balance.remove(self.number);
        self.freed.notify_waiters();
    }

    /// Seconds since the worker began; deadlines are compared with it.
    #[inline]
    pub(super) fn tick(&self) -> u32 {
        self.tick.get()
    }

    /// The tick at which `duration` from now is over.
    #[inline]
    pub(super) fn deadline(&self, seconds: u32) -> u32 {
        // One more: the current second has begun already.
        self.tick.get().saturating_add(seconds).saturating_add(1)
    }

    #[inline]
    pub(super) fn stamp(&self) -> std::cell::Ref<'_, Stamp> {
        self.stamp.borrow()
    }

    /// Lends what a connection needs while bytes move.
    #[inline]
    pub(super) fn lend(&self) -> Box<Workbench<F>> {
        let pooled = self.benches.borrow_mut().pop();
        pooled.unwrap_or_else(|| {
            let driver = (self.make)(self.pool.clone());
            Box::new(Workbench::new(driver, self.app.0.clone()))
        })
    }

    /// Takes the buffers of a bench whose connection waits for the application.
    pub(super) fn take_buffers(&self, bench: &mut Workbench<F>) {
        if let Some(taken) = bench.take_buffers() {
            let mut buffers = self.buffers.borrow_mut();
            if buffers.len() < BUFFERS {
                buffers.push(taken);
            }
        }
    }

    /// Gives it buffers again.
    pub(super) fn lend_buffers(&self, bench: &mut Workbench<F>) {
        let buffers = self.buffers.borrow_mut().pop();
        bench.put_buffers(buffers.unwrap_or_else(Buffers::new));
    }

    /// Takes it back.
    #[inline]
    pub(super) fn give_back(&self, mut bench: Box<Workbench<F>>) {
        if !bench.is_reusable() {
            return;
        }
        let mut benches = self.benches.borrow_mut();
        if benches.len() >= BUFFERS {
            // Those further up are needed at times when many wait for the application.
            self.take_buffers(&mut bench);
        }
        if benches.len() < BENCHES {
            benches.push(bench);
        }
    }

    /// Ends this worker, and with it the server, by the panic of a handler.
    #[cold]
    pub(super) fn give_up(&self, panic: Box<dyn Any + Send>) {
        *self.fatal.borrow_mut() = Some(panic);
        self.gave_up.notify_one();
    }

    /// Panics where a handler did.
    async fn until_given_up(&self) {
        self.gave_up.notified().await;
        if let Some(panic) = self.fatal.take() {
            std::panic::resume_unwind(panic);
        }
    }

    /// One second passed.
    fn advance(&self) {
        self.tick.set(self.tick.get() + 1);
        let now = clock::now();
        self.stamp.borrow_mut().set(&clock::http_date_at(now));
        self.log.set_time(now);
    }
}

/// Runs one worker until the server ends; on a thread of its own.
pub(super) fn run(
    listeners: Vec<Listener>,
    app: Arc<dyn Application>,
    config: Arc<Config>,
    log: Journal,
    phase: watch::Receiver<Phase>,
    ticks: Ticks,
) -> io::Result<()> {
    let runtime = tokio::runtime::LocalRuntime::new()?;
    let tasks = Tasks::default();
    let _entered = tasks.enter();
    let handle = runtime.handle().clone();
    let pool = Pool::new(config.blocking, Some(handle), tasks.clone());
    let closing = pool.clone();
    let event_loop = EventLoop::new()?;
    let reactor = event_loop.reactor();
    let serving = serve(
        blocking::driver,
        listeners,
        app,
        config,
        log,
        pool,
        tasks,
        phase,
        ticks,
        reactor,
    );
    let running = async {
        // A task, not the future that the runtime blocks on: those are woken by a system call.
        match tokio::task::spawn_local(event_loop.run(serving)).await {
            Ok(result) => result?,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(error) => Err(io::Error::other(error)),
            },
        }
    };
    let result = runtime.block_on(running);
    closing.close();
    result
}

#[allow(
    clippy::too_many_arguments,
    reason = "called once, with what a worker is made of"
)]
async fn serve<F: Serving>(
    make: fn(Arc<Pool>) -> Driver<F>,
    listeners: Vec<Listener>,
    app: Arc<dyn Application>,
    config: Arc<Config>,
    log: Journal,
    pool: Arc<Pool>,
    tasks: Tasks,
    mut phase: watch::Receiver<Phase>,
    ticks: Ticks,
    reactor: Rc<Reactor>,
) -> io::Result<()> {
    let acceptors = listeners
        .into_iter()
        .map(|listener| Acceptor::new(listener, reactor.clone()))
        .collect::<io::Result<Vec<_>>>()?;
    reactor.spawn(pool.clone().oversee(), Rc::default());
    let worker = Worker::new(make, app, config, log, pool);
    let reaper = reap(worker.clone(), reactor.clone(), ticks);
    reactor.spawn(reaper, Rc::default());
    tokio::select! {
        // An error: the server itself is gone.
        _ended = phase.wait_for(|phase| *phase != Phase::Running) => {}
        () = worker.until_given_up() => {}
        () = accept_all(&acceptors, &worker) => {}
        () = take_all_given(&worker, &reactor) => {}
    }
    worker.is_draining.set(true);
    let _attended = reactor.awaiting();
    for acceptor in acceptors {
        acceptor.accept_waiting(&worker);
    }
    for connection in worker.balance.close(worker.number) {
        take_given(&worker, &reactor, connection);
    }
    reactor.wake_all();
    tokio::select! {
        () = async { emptied(&worker).await; tasks.finished().await } => {}
        () = worker.until_given_up() => {}
        _ = phase.wait_for(|phase| *phase == Phase::Stopped) => {}
        () = tokio::time::sleep(worker.config.grace) => {}
    }
    Ok(())
}

/// Accepts at all sockets, until it is dropped.
async fn accept_all<F: Serving>(acceptors: &[Acceptor], worker: &Rc<Worker<F>>) {
    let accepting = acceptors.iter();
    let mut accepting: Vec<_> = accepting
        .map(|acceptor| Box::pin(acceptor.accept_all(worker)))
        .collect();
    std::future::poll_fn(|cx| {
        for one in &mut accepting {
            let _pending = one.as_mut().poll(cx);
        }
        Poll::<()>::Pending
    })
    .await;
}

/// Takes the connections that other workers give, until it is dropped.
async fn take_all_given<F: Serving>(worker: &Rc<Worker<F>>, reactor: &Rc<Reactor>) {
    loop {
        worker.balance.news(worker.number).await;
        for connection in worker.balance.take(worker.number) {
            take_given(worker, reactor, connection);
        }
    }
}

/// Once a second: the date, the deadlines.
async fn reap<F: Serving>(worker: Rc<Worker<F>>, reactor: Rc<Reactor>, mut ticks: Ticks) {
    while ticks.changed().await.is_ok() {
        worker.advance();
        reactor.wake_late(worker.tick());
    }
}

/// Until no connection is left.
async fn emptied<F: Serving>(worker: &Worker<F>) {
    while worker.connections() > 0 {
        worker.freed.notified().await;
    }
}

/// Workbenches kept for connections that become busy.
const BENCHES: usize = 1_024;

/// Buffers kept for those that go on.
const BUFFERS: usize = 64;
