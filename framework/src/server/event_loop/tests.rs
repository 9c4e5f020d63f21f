use std::cell::Cell;
use std::future::poll_fn;
use std::io::Read;
use std::io::Write;
use std::thread;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;

use super::*;

fn run<T: 'static>(root: impl AsyncFnOnce(Rc<Reactor>) -> T + 'static) -> T {
    let runtime = tokio::runtime::LocalRuntime::new().unwrap();
    let event_loop = EventLoop::new().unwrap();
    let reactor = event_loop.reactor();
    let running = event_loop.run(async move { root(reactor).await });
    let done = async { tokio::task::spawn_local(running).await.unwrap() };
    runtime.block_on(done).unwrap()
}

/// Ready after so many wakes of others.
async fn woken(times: u32, seen: Rc<Cell<u32>>) {
    poll_fn(|_| {
        seen.set(seen.get() + 1);
        if seen.get() > times {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

#[test]
fn another_thread_wakes_a_loop_that_waits_for_nothing_else() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let told = thread::spawn(|| {
        thread::sleep(Duration::from_millis(50));
        sender.send("hello").unwrap();
    });
    assert_eq!(run(async |_| receiver.await), Ok("hello"));
    told.join().unwrap();
}

#[test]
fn timers_of_the_runtime_fire_while_somebody_awaits_them() {
    let begin = tokio::time::Instant::now();
    run(async |reactor| {
        let _attended = reactor.awaiting();
        tokio::time::sleep(Duration::from_millis(30)).await;
    });
    assert!(begin.elapsed() < Duration::from_millis(900));
}

#[test]
fn tasks_of_the_runtime_run_although_nobody_awaits_them() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    run(async |_| {
        tokio::spawn(async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            sender.send(()).unwrap();
        });
        receiver.await.unwrap();
    });
}

#[test]
fn a_socket_wakes_the_task_it_belongs_to_and_no_other() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let peer = thread::spawn(move || {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        for _ in 0..3 {
            thread::sleep(Duration::from_millis(10));
            stream.write_all(b"ping").unwrap();
            let mut answer = [0; 4];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"pong");
        }
    });
    let (stream, _) = listener.accept().unwrap();
    stream.set_nonblocking(true).unwrap();
    // With the runtime attended to and without: both ways of waiting.
    let polls = run(async move |reactor| {
        let others = Rc::new(Cell::new(0));
        reactor.spawn(woken(100, others.clone()), Rc::default());
        let (done, all) = tokio::sync::oneshot::channel();
        let watch = Rc::new(Watch::default());
        let stream = mio::net::TcpStream::from_std(stream);
        let mut socket = Socket::new(stream, watch.clone(), reactor.clone());
        let attended = reactor.clone();
        let task = async move {
            let mut request = [0; 4];
            for round in 0..3 {
                let _attended = (round == 1).then(|| attended.awaiting());
                socket.read_exact(&mut request).await.unwrap();
                assert_eq!(&request, b"ping");
                socket.write_all(b"pong").await.unwrap();
            }
            assert_eq!(socket.read(&mut request).await.unwrap(), 0);
            done.send(()).unwrap();
        };
        reactor.spawn(task, watch);
        all.await.unwrap();
        others.get()
    });
    peer.join().unwrap();
    assert_eq!(polls, 1);
}

#[test]
fn a_panic_ends_its_task_alone() {
    run(async |reactor| {
        reactor.spawn(async { panic!("as asked") }, Rc::default());
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let after = async { sender.send(()).unwrap() };
        reactor.spawn(after, Rc::default());
        receiver.await.unwrap();
    });
}

#[test]
fn a_task_that_takes_all_it_gets_does_not_keep_the_others_from_theirs() {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    for i in 0..10_000 {
        sender.send(i).unwrap();
    }
    let sum = run(async move |reactor| {
        let (done, all) = tokio::sync::oneshot::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel::<u64>();
        let greedy = async move {
            let mut sum = 0;
            for _ in 0..10_000 {
                sum += receiver.recv().await.unwrap();
            }
            stop.send(sum).unwrap();
        };
        let watch = Rc::new(Watch::default());
        watch.set_awaits(true);
        reactor.spawn(greedy, watch.clone());
        let other = async move {
            tokio::task::yield_now().await;
            done.send(()).unwrap();
        };
        reactor.spawn(other, watch);
        all.await.unwrap();
        stopped.await.unwrap()
    });
    assert_eq!(sum, 10_000 * 9_999 / 2);
}

#[test]
fn sweeps_poll_those_whose_time_is_over() {
    let polls = run(async |reactor| {
        let seen = [Rc::new(Cell::new(0)), Rc::new(Cell::new(0))];
        let watches = [Rc::new(Watch::default()), Rc::new(Watch::default())];
        watches[0].set(crate::server::timeout::Wait::Request, 5);
        for (seen, watch) in seen.iter().zip(&watches) {
            reactor.spawn(woken(100, seen.clone()), watch.clone());
        }
        yield_once().await;
        reactor.wake_late(4);
        yield_once().await;
        reactor.wake_late(5);
        yield_once().await;
        let late = [seen[0].get(), seen[1].get()];
        reactor.wake_all();
        yield_once().await;
        (late, [seen[0].get(), seen[1].get()])
    });
    assert_eq!(polls, ([2, 1], [3, 2]));
}

/// What a run says within two seconds; the thread of one that hangs is left behind.
fn within<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let _gone = sender.send(work());
    });
    receiver.recv_timeout(Duration::from_secs(2)).ok()
}

async fn greedy() {
    poll_fn(|cx| {
        cx.waker().wake_by_ref();
        Poll::<()>::Pending
    })
    .await;
}

fn socket_among(greedy_ones: usize, is_awaited: bool) -> Option<()> {
    within(move || {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            thread::sleep(Duration::from_millis(100));
            stream.write_all(b"ping").unwrap();
            thread::sleep(Duration::from_secs(3));
        });
        let (stream, _) = listener.accept().unwrap();
        stream.set_nonblocking(true).unwrap();
        run(async move |reactor| {
            for _ in 0..greedy_ones {
                let watch = Rc::new(Watch::default());
                watch.set_awaits(is_awaited);
                reactor.spawn(greedy(), watch);
            }
            let (done, all) = tokio::sync::oneshot::channel();
            let watch = Rc::new(Watch::default());
            let stream = mio::net::TcpStream::from_std(stream);
            let mut socket = Socket::new(stream, watch.clone(), reactor.clone());
            let task = async move {
                let mut request = [0; 4];
                socket.read_exact(&mut request).await.unwrap();
                done.send(()).unwrap();
            };
            reactor.spawn(task, watch);
            all.await.unwrap();
        });
    })
}

#[test]
fn tasks_that_wake_themselves_do_not_keep_a_socket_waiting() {
    for greedy_ones in [1, 40] {
        for is_awaited in [false, true] {
            let read = socket_among(greedy_ones, is_awaited);
            assert_eq!(read, Some(()), "{greedy_ones}, {is_awaited}");
        }
    }
}

#[test]
fn tasks_that_wake_themselves_do_not_keep_another_from_its_turn() {
    let done = within(|| {
        run(async |reactor| {
            let (done, all) = tokio::sync::oneshot::channel();
            // Woken once, from elsewhere, when the others are busy already.
            let (go, gone) = tokio::sync::oneshot::channel::<()>();
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(100));
                go.send(()).unwrap();
            });
            let task = async move {
                gone.await.unwrap();
                for _ in 0..3 {
                    yield_once().await;
                }
                done.send(()).unwrap();
            };
            reactor.spawn(task, Rc::default());
            for _ in 0..40 {
                let watch = Rc::new(Watch::default());
                watch.set_awaits(true);
                reactor.spawn(greedy(), watch);
            }
            all.await.unwrap();
        });
    });
    assert!(done.is_some());
}

#[test]
fn the_root_is_polled_when_others_have_used_up_the_budget() {
    let done = within(|| {
        run(async |reactor| {
            let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
            for i in 0..1000 {
                sender.send(i).unwrap();
            }
            let (go, gone) = tokio::sync::oneshot::channel::<()>();
            let uses_up = async move {
                // As handlers do that find a tokio lock free: nothing ever waits.
                while has_budget_remaining() {
                    receiver.recv().await.unwrap();
                }
                thread::spawn(move || {
                    thread::sleep(Duration::from_millis(100));
                    go.send(()).unwrap();
                });
            };
            reactor.spawn(uses_up, Rc::default());
            tokio::select! {
                _ = gone => {}
                () = std::future::pending() => {}
            }
        });
    });
    assert!(done.is_some());
}

#[test]
fn a_sweep_that_a_task_asks_for_is_made_at_once() {
    let done = within(|| {
        run(async |reactor| {
            let (done, all) = tokio::sync::oneshot::channel();
            let watch = Rc::new(Watch::default());
            watch.set(crate::server::timeout::Wait::Request, 5);
            let mut is_first = true;
            let mut done = Some(done);
            let late = poll_fn(move |_| {
                if mem::take(&mut is_first) {
                    return Poll::Pending;
                }
                done.take().unwrap().send(()).unwrap();
                Poll::Ready(())
            });
            reactor.spawn(late, watch);
            let (go, gone) = tokio::sync::oneshot::channel::<()>();
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(100));
                go.send(()).unwrap();
            });
            let there = reactor.clone();
            let reaper = async move {
                gone.await.unwrap();
                there.wake_late(5);
                std::future::pending::<()>().await;
            };
            reactor.spawn(reaper, Rc::default());
            all.await.unwrap();
        });
    });
    assert!(done.is_some());
}

#[test]
fn tasks_that_never_ran_are_dropped_with_the_loop() {
    let weak = run(async |reactor| {
        let held = Rc::new(());
        let weak = Rc::downgrade(&held);
        let there = reactor.clone();
        let task = async move {
            let _held = (held, there);
            std::future::pending::<()>().await;
        };
        reactor.spawn(task, Rc::default());
        weak
    });
    assert!(weak.upgrade().is_none());
}
