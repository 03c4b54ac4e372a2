//! Who is let in.

use crate::support::client::Answer;
use crate::support::server::Running;

const OPEN: [&str; 4] = ["/healthz", "/readyz", "/", "/page/app.js"];
const GUARDED: [&str; 9] = [
    "/v1/beings/0000000000000001/consent",
    "/metrics",
    "/v1/status",
    "/v1/state",
    "/v1/detections",
    "/v1/memory/crystals",
    "/v1/frame.png?width=16&height=16",
    "/v1/stream",
    "/v1/events",
];

fn method(path: &str) -> &'static str {
    if path == "/v1/events" { "POST" } else { "GET" }
}

/// The cookie that the way in for browsers gives, as `name=value`.
fn cookie(running: &Running) -> String {
    let answer = running
        .ask("GET", &format!("/?token={}", running.token.reveal()))
        .send();
    assert_eq!(answer.status, 303);
    let cookie = answer.header("set-cookie").expect("a cookie");
    cookie.split(';').next().expect("its value").to_owned()
}

#[test]
fn every_route_but_health_and_the_page_needs_the_token() {
    let running = Running::start();
    for path in OPEN {
        assert_eq!(running.ask("GET", path).send().status, 200, "{path}");
    }
    for path in GUARDED {
        let refused = running.ask(method(path), path).send();
        let problem = refused.problem(401);
        assert!(
            problem["detail"].as_str().unwrap().contains("triune pair"),
            "{problem}"
        );
        assert!(
            refused
                .header("www-authenticate")
                .unwrap()
                .starts_with("Bearer")
        );
        let basic = running
            .ask(method(path), path)
            .header("Authorization", "Basic dHJpdW5l");
        if path == "/v1/status" {
            basic.send().problem(401);
        }
    }
    for path in GUARDED.into_iter().filter(|path| !path.ends_with("stream")) {
        let request = running
            .ask_with_token(method(path), path)
            .json("{\"words\":\"good evening\"}");
        let answer = request.send();
        assert!(matches!(answer.status, 200 | 202), "{path}: {answer:?}");
    }
}

#[test]
fn a_wrong_token_is_refused_and_never_in_the_answer() {
    let running = Running::start();
    let wrong = "f".repeat(64);
    let asked = running
        .ask("GET", "/v1/status")
        .header("Authorization", &format!("Bearer {wrong}"));
    let answer = asked.send();
    answer.problem(401);
    assert!(!answer.text().contains(&wrong));
}

#[test]
fn a_browser_trades_the_token_for_a_cookie() {
    let running = Running::start();
    let answer = running
        .ask("GET", &format!("/?token={}", running.token.reveal()))
        .send();
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    let set = answer.header("set-cookie").unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(
        !set.contains(running.token.reveal()),
        "the cookie is not the token"
    );
    let cookie = cookie(&running);
    assert_eq!(
        running
            .ask("GET", "/v1/status")
            .header("Cookie", &cookie)
            .send()
            .status,
        200
    );
    let among = format!("other=1; {cookie}; more=2");
    assert_eq!(
        running
            .ask("GET", "/v1/status")
            .header("Cookie", &among)
            .send()
            .status,
        200
    );
    let value = cookie.split_once('=').unwrap().1;
    let elsewhere = format!("triune-1={value}");
    running
        .ask("GET", "/v1/status")
        .header("Cookie", &elsewhere)
        .send()
        .problem(401);
    let bearer = format!("Bearer {value}");
    running
        .ask("GET", "/v1/status")
        .header("Authorization", &bearer)
        .send()
        .problem(401);
}

#[test]
fn a_wrong_link_gives_a_person_the_page_and_a_program_the_problem() {
    let running = Running::start();
    let link = format!("/?token={}", "0".repeat(64));
    running.ask("GET", &link).send().problem(401);
    let page = running
        .ask("GET", &link)
        .header("Accept", "text/html,*/*")
        .send();
    assert_eq!(page.status, 401);
    assert!(page.text().contains("<title>Triune</title>"));
    assert_eq!(page.header("set-cookie"), None);
}

#[test]
fn another_page_may_not_act_with_the_browsers_cookie() {
    let running = Running::start();
    let cookie = cookie(&running);
    let post = |origin: &str| -> Answer {
        let request = running.ask("POST", "/v1/events").header("Cookie", &cookie);
        request
            .header("Origin", origin)
            .json("{\"words\":\"hello\"}")
            .send()
    };
    post("http://127.0.0.1:1").problem(403);
    post("null").problem(403);
    assert_eq!(post(&format!("http://{}", running.address)).status, 202);
    assert_eq!(running.source.told.lock().unwrap().as_slice(), ["hello"]);
}

#[test]
fn guessing_is_slowed_but_those_inside_stay_inside() {
    let running = Running::start();
    let cookie = cookie(&running);
    let guess = || {
        running
            .ask("GET", "/v1/status")
            .header("Authorization", "Bearer guess")
            .send()
    };
    for _ in 0..10 {
        guess().problem(401);
    }
    let answer = guess();
    answer.problem(429);
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3).contains(&seconds), "{seconds}");
    running
        .ask_with_token("GET", "/v1/status")
        .send()
        .problem(429);
    assert_eq!(running.ask("GET", "/healthz").send().status, 200);
    assert_eq!(
        running
            .ask("GET", "/v1/status")
            .header("Cookie", &cookie)
            .send()
            .status,
        200
    );
}

#[test]
fn names_that_are_not_ours_are_refused() {
    let running = Running::start();
    let port = running.address.port();
    let ask = |host: Option<&str>| {
        running
            .ask_with_token("GET", "/v1/status")
            .host(host)
            .send()
    };
    for host in [
        format!("localhost:{port}"),
        format!("triune.local:{port}"),
        format!("[::1]:{port}"),
    ] {
        assert_eq!(ask(Some(&host)).status, 200, "{host}");
    }
    ask(Some(&format!("evil.example:{port}"))).problem(421);
    ask(None).problem(421);
}

#[test]
fn every_answer_says_that_nothing_else_may_be_loaded() {
    let running = Running::start();
    for path in ["/", "/page/style.css", "/healthz", "/v1/status", "/nowhere"] {
        let answer = running.ask("GET", path).send();
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(
            answer.header("referrer-policy"),
            Some("no-referrer"),
            "{path}"
        );
    }
}

#[test]
fn the_page_loads_nothing_from_elsewhere_and_all_that_it_names_is_there() {
    let running = Running::start();
    let page = running.ask("GET", "/").send().text();
    let mut files: Vec<String> = page
        .split('"')
        .filter(|part| part.starts_with("/page/"))
        .map(str::to_owned)
        .collect();
    assert!(files.len() >= 3, "{files:?}");
    let mut texts = vec![page];
    while let Some(file) = files.pop() {
        let answer = running.ask("GET", &file).send();
        assert_eq!(answer.status, 200, "{file}");
        let text = answer.text();
        let imports = text
            .split("from \"./")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        files.extend(imports.map(|name| format!("/page/{name}")));
        texts.push(text.replace("http://www.w3.org/2000/svg", ""));
    }
    assert!(
        texts
            .iter()
            .all(|text| !text.contains("http://") && !text.contains("https://"))
    );
    let tagged = running.ask("GET", "/page/app.js").send();
    let tag = tagged.header("etag").unwrap();
    let again = running
        .ask("GET", "/page/app.js")
        .header("If-None-Match", tag)
        .send();
    assert_eq!((again.status, again.body.len()), (304, 0));
}
