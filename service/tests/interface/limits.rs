//! What the server does with too much, too slow and nonsense.

use crate::support::client::connect;
use crate::support::server::Running;
use crate::support::source::Knobs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset by the server is an end as good as any here.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn say(running: &Running, bytes: &[u8]) -> String {
    let mut stream = connect(running.address);
    let _ = stream.write_all(bytes);
    rest(stream)
}

#[test]
fn nonsense_gets_a_400_and_the_server_lives_on() {
    let running = Running::start();
    let nonsense: [&[u8]; 5] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
        b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    ];
    for bytes in nonsense {
        let answer = say(&running, bytes);
        assert!(
            answer.starts_with("HTTP/1.1 400") || answer.starts_with("HTTP/1.1 505"),
            "{bytes:?}: {answer}"
        );
    }
    assert_eq!(running.ask("GET", "/healthz").send().status, 200);
}

#[test]
fn heads_that_are_too_long_are_refused() {
    let running = Running::start();
    let head = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {}\r\n\r\n",
        "x".repeat(100_000)
    );
    let answer = say(&running, head.as_bytes());
    assert!(
        answer.starts_with("HTTP/1.1 431"),
        "{}",
        &answer[..answer.len().min(80)]
    );
    let many: String = (0..300)
        .map(|number| format!("X-{number}: 1\r\n"))
        .collect();
    let answer = say(
        &running,
        format!("GET / HTTP/1.1\r\nHost: localhost\r\n{many}\r\n").as_bytes(),
    );
    assert!(
        answer.starts_with("HTTP/1.1 431"),
        "{}",
        &answer[..answer.len().min(80)]
    );
}

#[test]
fn clients_that_dawdle_are_cut_off() {
    let running =
        Running::with_options(|options| options.request_time = Duration::from_millis(300));
    let mut silent = connect(running.address);
    silent.write_all(b"GET / HT").unwrap();
    let idle = connect(running.address);
    let mut body = connect(running.address);
    let bearer = running.token.reveal();
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {bearer}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );
    body.write_all(head.as_bytes()).unwrap();
    assert!(rest(body).starts_with("HTTP/1.1 408"));
    assert!(!rest(silent).contains("200"));
    assert!(!rest(idle).contains("200"));
}

#[test]
fn a_slow_answer_is_given_up() {
    let running = Running::with(
        Knobs {
            drawing_time: Duration::from_millis(900),
            ..Knobs::default()
        },
        |options| options.request_time = Duration::from_millis(200),
        None,
    );
    running
        .ask_with_token("GET", "/v1/frame.png?width=16&height=16")
        .send()
        .problem(408);
    assert_eq!(
        running.ask_with_token("GET", "/v1/status").send().status,
        200
    );
}

#[test]
fn two_hundred_at_once_are_served() {
    let running = Running::start();
    let mut streams: Vec<_> = (0..200)
        .map(|_| running.ask_with_token("GET", "/v1/stream?hz=2").open())
        .collect();
    for stream in &mut streams {
        assert!(stream.line().unwrap().contains("200"));
    }
    for stream in &mut streams {
        assert_eq!(stream.event().unwrap().0, "state");
    }
    assert_eq!(
        running.ask_with_token("GET", "/v1/status").send().status,
        200
    );
}

#[test]
fn one_too_many_is_told_to_come_back() {
    let running = Running::with_options(|options| options.connections = 4);
    let mut inside: Vec<_> = (0..4)
        .map(|_| running.ask_with_token("GET", "/v1/stream").open())
        .collect();
    for stream in &mut inside {
        assert!(stream.line().unwrap().contains("200"));
    }
    let answer = running.ask("GET", "/healthz").send();
    answer.problem(503);
    assert!(answer.header("retry-after").is_some());
}

#[test]
fn clients_that_never_read_do_not_hold_up_the_end() {
    let running = Running::with_options(|options| options.grace = Duration::from_millis(400));
    let deaf: Vec<_> = (0..5)
        .map(|_| running.ask_with_token("GET", "/v1/stream?hz=50").open())
        .collect();
    let half: Vec<_> = (0..5)
        .map(|_| {
            let mut stream = connect(running.address);
            stream
                .write_all(b"GET /v1/status HTTP/1.1\r\nHost: loc")
                .unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    running.stop();
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
    drop((deaf, half));
}

/// Waits until `holds`, or fails.
fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_cannot_be_sent_again_is_waited_for() {
    let running =
        Running::with_options(|options| options.request_time = Duration::from_millis(200));
    running.kernel.door.shut();
    let mut adding = running
        .ask_with_token("POST", "/v1/beings")
        .json("{}")
        .open();
    wait_for("the being is being made", || {
        running.kernel.door.waiting() == 1
    });
    std::thread::sleep(Duration::from_millis(600));
    running.kernel.door.open();
    let answer = adding.line().unwrap();
    assert!(answer.contains("201"), "{answer}");
    let all = running.ask_with_token("GET", "/v1/beings").send();
    assert_eq!(all.json()["beings"].as_array().unwrap().len(), 2);
}

#[test]
fn work_that_takes_too_long_is_said_to_go_on() {
    let running = Running::with_options(|options| {
        options.request_time = Duration::from_millis(100);
        options.transfer_time = Duration::from_millis(300);
    });
    running.kernel.door.shut();
    let answer = running
        .ask_with_token("POST", "/v1/beings")
        .json("{}")
        .send();
    running.kernel.door.open();
    let problem = answer.problem(504);
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains("may still be done") && !detail.contains("send it again"),
        "{detail}"
    );
}

#[test]
fn a_body_that_dawdles_is_cut_off_where_the_work_may_take_long() {
    let running =
        Running::with_options(|options| options.request_time = Duration::from_millis(300));
    let mut stream = connect(running.address);
    let bearer = running.token.reveal();
    let head = format!(
        "POST /v1/beings HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {bearer}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).unwrap();
    assert!(rest(stream).starts_with("HTTP/1.1 408"));
}

#[test]
fn an_import_that_stalls_gives_up_its_place() {
    let running =
        Running::with_options(|options| options.request_time = Duration::from_millis(300));
    let mut stream = connect(running.address);
    let bearer = running.token.reveal();
    let head = format!(
        "POST /v1/beings/import HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {bearer}\r\n\
         Content-Length: 1000000\r\n\r\nhalf a being"
    );
    stream.write_all(head.as_bytes()).unwrap();
    assert!(rest(stream).starts_with("HTTP/1.1 408"));
    assert_eq!(running.kernel.left_behind(), 0);
}

#[test]
fn work_that_hangs_leaves_room_for_a_refusal() {
    const ASKED: u32 = 60;
    let running = Running::start();
    running.kernel.door.shut();
    let mut asked: Vec<_> = (0..ASKED)
        .map(|_| {
            let ask = running.ask_with_token("POST", "/v1/recall");
            ask.json("{}").open()
        })
        .collect();
    wait_for("some of them wait", || running.kernel.door.waiting() > 1);
    std::thread::sleep(Duration::from_millis(300));
    let waiting = running.kernel.door.waiting();
    assert!(waiting < ASKED / 2, "{waiting} at a time");
    let refused = running
        .ask_with_token("PATCH", "/v1/beings/0000000000000001/consent")
        .json("{\"hear\":false}")
        .send();
    assert_eq!(refused.status, 200);
    running.kernel.door.open();
    for one in &mut asked {
        assert!(one.line().unwrap().contains("200"));
    }
}

#[test]
fn sleepers_whose_consents_wait_leave_room_for_a_refusal() {
    const ASKED: u32 = 60;
    let running = Running::start();
    running.source.door.shut();
    let mut asked: Vec<_> = ["GET", "PATCH"]
        .into_iter()
        .cycle()
        .take(ASKED as usize)
        .map(|method| {
            let ask = running.ask_with_token(method, "/v1/beings/00000000000000a5/consent");
            match method {
                "GET" => ask.open(),
                _ => ask.json("{\"hear\":false}").open(),
            }
        })
        .collect();
    wait_for("some of them wait", || running.source.door.waiting() > 1);
    std::thread::sleep(Duration::from_millis(300));
    let waiting = running.source.door.waiting();
    assert!(waiting < ASKED / 2, "{waiting} at a time");
    let refused = running
        .ask_with_token("PATCH", "/v1/beings/0000000000000001/consent")
        .json("{\"hear\":false}")
        .send();
    assert_eq!(refused.status, 200);
    running.source.door.open();
    for one in &mut asked {
        assert!(one.line().unwrap().contains("503"));
    }
}

#[test]
fn clients_that_ask_for_exports_and_leave_do_not_pile_them_up() {
    const ASKED: u32 = 20;
    let running =
        Running::with_options(|options| options.request_time = Duration::from_millis(300));
    running.kernel.door.shut();
    let export = || running.ask_with_token("GET", "/v1/beings/0000000000000001/export");
    for _ in 0..ASKED {
        drop(export().open());
    }
    wait_for("some of them wait", || running.kernel.door.waiting() > 1);
    std::thread::sleep(Duration::from_millis(300));
    let waiting = running.kernel.door.waiting();
    assert!(waiting < ASKED / 2, "{waiting} at a time");
    let answer = export().send();
    answer.problem(503);
    assert!(answer.header("retry-after").is_some());
    running.kernel.door.open();
    wait_for("all are done", || running.kernel.door.waiting() == 0);
    wait_for("nothing is left behind", || {
        running.kernel.left_behind() == 0
    });
    assert_eq!(export().send().status, 200);
}
