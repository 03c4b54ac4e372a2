//! Bad input of every kind: a message with the remedy, the right exit status, nothing half-written.
#![allow(missing_docs)]
mod common;
use common::{Service, assert_fails, run, triune};

#[test]
fn a_wrong_board_names_the_nearest() {
    assert_fails(
        &run(&["serve", "--board", "hots"]),
        2,
        &["hots", "did you mean `host`"],
    );
}

#[test]
fn a_broken_settings_file_names_line_and_key() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("triune.toml");
    for (text, words) in [
        ("rate_hz = 250\nrat = 1\n", &["line 2", "rate_hz"][..]),
        ("rate_hz = \"fast\"\n", &["line 1"]),
        ("rate_hz = 0\n", &["0 Hz", "1 to 1000"]),
        (
            "[parameters]\nkeep_treshold = 0.5\n",
            &["keep_treshold", "did you mean `keep_threshold`"],
        ),
        ("[parameters]\nkeep_threshold = 7.0\n", &["outside"]),
        ("log = \"inof\"\n", &["inof", "info"]),
        ("[memory]\nflush_window_ms = 1\n", &["flush_window_ms"]),
        (
            "[memory]\nessence_interval_s = 1e19\n",
            &["essence_interval_s"],
        ),
    ] {
        std::fs::write(&file, text).expect("written");
        let output = run(&[
            "serve",
            "--board",
            "host",
            "--config",
            file.to_str().expect("UTF-8"),
        ]);
        assert_fails(&output, 2, words);
    }
}

#[test]
fn a_missing_sound_or_picture_is_wrong_use() {
    assert_fails(
        &run(&["serve", "--board", "host", "--hear", "/no.wav"]),
        2,
        &["--hear", "/no.wav"],
    );
    assert_fails(
        &run(&["serve", "--board", "host", "--see", "/no.png"]),
        2,
        &["--see", "/no.png"],
    );
}

#[test]
fn a_data_folder_that_cannot_be_is_told() {
    let output = run(&[
        "serve",
        "--board",
        "host",
        "--data",
        "/dev/null/data",
        "--listen",
        "127.0.0.1:0",
    ]);
    assert_fails(&output, 1, &["/dev/null/data", "--data"]);
}

#[test]
fn a_port_in_use_is_told_and_nothing_begins() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let folder = tempfile::tempdir().expect("folder");
    let data = folder.path().join("data");
    let output = triune()
        .args(["serve", "--board", "host", "--listen", &address, "--data"])
        .arg(&data)
        .arg("--socket")
        .arg(folder.path().join("control.sock"))
        .output()
        .expect("triune runs");
    assert_fails(&output, 1, &[&address, "--listen"]);
    assert!(!data.join("memory").exists(), "memory was begun");
}

#[test]
fn a_second_service_on_the_same_data_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let first = Service::start(folder.path(), &[]);
    let output = triune()
        .args([
            "serve",
            "--board",
            "host",
            "--listen",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(folder.path())
        .arg("--socket")
        .arg(folder.path().join("other.sock"))
        .output()
        .expect("triune runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(first.status()["ready"], true);
}

#[test]
fn broken_files_are_refused_by_every_reader() {
    let folder = tempfile::tempdir().expect("folder");
    let broken = folder.path().join("broken");
    let path = broken.to_str().expect("UTF-8");
    for bytes in [&b""[..], b"RIFF", b"TRIUNREC", &[0xFF; 4_096]] {
        std::fs::write(&broken, bytes).expect("written");
        assert_fails(&run(&["hear", path]), 1, &["broken"]);
        assert_fails(&run(&["see", path]), 1, &["broken"]);
        assert_fails(&run(&["replay", "--verify", path]), 1, &["broken"]);
    }
    assert_fails(
        &run(&["replay", "/no/such/recording"]),
        1,
        &["/no/such/recording"],
    );
}

#[test]
fn asking_where_nothing_runs_says_how_to_start() {
    let output = run(&["status", "--socket", "/no/such/control.sock"]);
    assert_fails(&output, 1, &["triune serve"]);
}

#[test]
fn an_unknown_area_names_the_nearest() {
    assert_fails(
        &run(&["bench", "cycle.cots"]),
        2,
        &["did you mean 'cycle.cost'"],
    );
}
