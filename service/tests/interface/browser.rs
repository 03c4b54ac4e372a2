//! The page in a real browser. Skipped where none is installed.

use crate::support::browser::Browser;
use crate::support::server::Running;
use crate::support::source::Knobs;
use triune::status::SenseState;
use triune_core::Sense;

const LIVE: &str = "document.body.dataset.link === 'live'";

fn link(running: &Running) -> String {
    format!(
        "http://{}/?token={}",
        running.address,
        running.token.reveal()
    )
}

/// Opens the page, or says why not.
fn open(address: &str, width: u32, height: u32) -> Option<Browser> {
    let browser = Browser::open(address, width, height);
    if browser.is_none() {
        println!("skipped: no Chromium is installed");
    }
    browser
}

#[test]
fn the_page_shows_every_figure_and_they_move() {
    let running = Running::start();
    let Some(mut browser) = open(&link(&running), 1280, 800) else {
        return;
    };
    browser.wait_until(LIVE);
    assert_eq!(
        browser.evaluate("location.search + location.hash"),
        "",
        "the token stays in no address"
    );
    assert_eq!(
        browser.evaluate("document.cookie"),
        "",
        "no script can read the cookie"
    );
    for text in [
        "qemu-aarch64",
        "ready, degraded",
        "CAP_SYS_NICE",
        "set to 250 Hz",
        "5,126",
        "coherence",
        "loudness",
        "simulated microphone",
        "dBFS",
        "fps",
        "°C",
        "sure",
        "speech",
        "kept",
        "good evening, how are you",
    ] {
        browser.wait_for_text(text);
    }
    browser.wait_until("document.getElementById('face-picture').naturalWidth > 0");
    browser.evaluate("window.before = document.getElementById('centre-bars').innerText");
    browser.wait_until("window.before !== document.getElementById('centre-bars').innerText");
    let names = "[...document.querySelectorAll('[role=meter]')].every((meter) => meter.getAttribute('aria-label'))";
    assert_eq!(browser.evaluate(names), true, "every meter has a name");
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

#[test]
fn words_told_on_the_page_arrive() {
    let running = Running::start();
    let Some(mut browser) = open(&link(&running), 1280, 800) else {
        return;
    };
    browser.wait_until(LIVE);
    browser.evaluate(
        "document.getElementById('words-text').value = 'good <b>evening</b>'; \
         document.querySelector('#words-form button').click()",
    );
    browser.wait_for_text("2 words taken");
    assert_eq!(
        running.source.told.lock().unwrap().as_slice(),
        ["good <b>evening</b>"]
    );
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

#[test]
fn what_was_not_taught_is_named_with_the_keyboard_where_it_shows() {
    let running = Running::start();
    let Some(mut browser) = open(&link(&running), 1280, 800) else {
        return;
    };
    browser.wait_until(LIVE);
    let hidden = "document.getElementById('pattern-form').hidden";
    assert_eq!(browser.evaluate(hidden), true);
    running.source.knobs().pattern = true;
    browser.wait_for_text("pattern 3");
    // While a name is being written it stays, whatever shows meanwhile.
    browser.evaluate(
        "document.getElementById('pattern-name').focus(); \
         document.getElementById('pattern-name').value = ' the <b>kettle</b> '",
    );
    running.source.knobs().pattern = false;
    browser.evaluate("window.before = document.getElementById('centre-bars').innerText");
    browser.wait_until("window.before !== document.getElementById('centre-bars').innerText");
    browser.evaluate("document.getElementById('pattern-form').requestSubmit()");
    browser.wait_for_text("pattern 3 is called the <b>kettle</b>");
    assert_eq!(*running.kernel.pattern.lock().unwrap(), "the <b>kettle</b>");
    browser.wait_until(hidden);
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

#[test]
fn every_being_is_listed_and_its_switches_are_its_consent() {
    let running = Running::start();
    running
        .ask_with_token("POST", "/v1/beings")
        .json("{\"name\":\"Ada <b>\"}")
        .send();
    running
        .ask_with_token("PATCH", "/v1/beings/0000000000000002")
        .json("{\"awake\":false}")
        .send();
    let Some(mut browser) = open(&link(&running), 1280, 800) else {
        return;
    };
    browser.wait_for_text("Ada <b>");
    browser.wait_for_text("3 awake · 1 waiting · 2 asleep");
    // A sleeper's consent may be taken back too.
    browser.wait_for_text("asleep");
    browser.wait_until(
        "[...document.querySelectorAll('#being-rows input')].length === 12 && ![...document.querySelectorAll('#being-rows input')].some((box) => box.disabled)",
    );
    let first = "document.querySelector('#being-rows input[aria-label=\"first: hear\"]')";
    browser.wait_until(&format!("{first}.checked"));
    browser.evaluate(&format!("{first}.click()"));
    browser.wait_for_text("first: hear is refused");
    assert!(
        !running.source.knobs().consent.allows(Sense::Hear),
        "the switch is the consent"
    );
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

#[test]
fn absent_is_shown_as_absent_and_a_phone_needs_no_sideways_scrolling() {
    let knobs = Knobs {
        sight: SenseState::Absent,
        renderer: false,
        ..Knobs::default()
    };
    let running = Running::with_knobs(knobs);
    let Some(mut browser) = open(&link(&running), 390, 844) else {
        return;
    };
    browser.wait_for_text("no camera is plugged in");
    browser.wait_for_text("absent: nothing here draws");
    browser.wait_until(
        "[...document.querySelectorAll('#scene-bars .unknown')].map((row) => row.innerText.split('\\n')[0]).join() === 'brightness,motion'",
    );
    assert_eq!(
        browser.evaluate("document.documentElement.scrollWidth"),
        390
    );
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

#[test]
fn a_lost_connection_is_said_and_found_again() {
    let running = Running::start();
    let Some(mut browser) = open(&link(&running), 1280, 800) else {
        return;
    };
    browser.wait_until(LIVE);
    let (address, token) = (running.address, running.token.clone());
    running.stop();
    browser.wait_for_text("connection lost since");
    let again = Running::at(
        address,
        Knobs::default(),
        |options| options.tokens = vec![token.clone()],
        None,
    );
    browser.wait_until(LIVE);
    browser.wait_until("document.getElementById('link').hidden");
    drop(again);
}

#[test]
fn without_a_token_the_page_says_how_to_get_one() {
    let running = Running::start();
    let Some(mut browser) = open(
        &format!("http://{}/?token={}", running.address, "0".repeat(40)),
        1280,
        800,
    ) else {
        return;
    };
    browser.wait_for_text("triune pair");
    assert_eq!(
        browser.evaluate("location.search"),
        "",
        "a refused token leaves the address too"
    );
    assert_eq!(
        browser.evaluate("document.querySelector('main').offsetHeight"),
        0
    );
}
