//! What the command line and the settings refuse, before anything is opened.

use crate::support::server::Running;
use crate::support::source::Knobs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn triune(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_triune"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TRIUNE_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    triune(arguments).output().expect("triune runs")
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn assert_wrong_use(output: &Output, word: &str) {
    let told = words(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains(word), "'{word}' is not in: {told}");
}

/// The settings in force with this file and these environment variables.
fn settings(file: &str, environment: &[(&str, &str)], arguments: &[&str]) -> toml::Table {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("triune.toml");
    std::fs::write(&path, file).expect("written");
    let output = triune(&["serve", "--board", "host", "--print-config", "--config"])
        .arg(&path)
        .args(arguments)
        .envs(environment.iter().copied())
        .output()
        .expect("triune runs");
    assert!(output.status.success(), "{}", words(&output.stderr));
    words(&output.stdout).parse().expect("TOML")
}

#[test]
fn a_wrong_plan_of_faults_is_wrong_use_and_nothing_is_begun() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let data = data.to_str().expect("UTF-8");
    let file = folder.path().join("recording");
    let file = file.to_str().expect("UTF-8");
    for plan in ["sight=blind@1s..2s", "memory=full", "memory=full@5s..2s"] {
        for command in [&["serve"][..], &["record", file]] {
            let mut arguments = command.to_vec();
            arguments.extend(["--board", "host", "--data", data, "--inject", plan]);
            assert_wrong_use(&run(&arguments), "--inject");
        }
    }
    assert!(!Path::new(data).exists(), "the data folder was made");
    assert!(!Path::new(file).exists(), "the recording was begun");
}

#[test]
fn a_recording_takes_no_options_of_the_server() {
    for option in ["--listen", "--socket", "--token-file", "--for"] {
        assert_wrong_use(&run(&["record", "file", option, "1"]), option);
    }
    let help = words(&run(&["record", "--help"]).stdout);
    assert!(!help.contains("--listen"), "{help}");
    assert!(help.contains("not asleep are recorded"), "{help}");
}

#[test]
fn the_kernel_is_what_command_line_environment_and_file_say_in_this_order() {
    let file = "[kernel]\nexecutor = \"threaded\"\noverrun = \"catch-up:3\"\nbeings_steady = 2\nbeings_in_burst = 5\n";
    let kernel = |environment: &[(&str, &str)], arguments: &[&str]| {
        let all = settings(file, environment, arguments);
        assert!(all["board"].get("kernel").is_none(), "told twice");
        let kernel = &all["kernel"];
        (
            kernel["executor"].as_str().expect("a name").to_owned(),
            kernel["overrun"].as_str().expect("a name").to_owned(),
            kernel["beings_in_burst"].as_integer(),
        )
    };
    let own = |executor: &str, overrun: &str| (executor.to_owned(), overrun.to_owned(), Some(5));
    assert_eq!(kernel(&[], &[]), own("threaded", "catch-up:3"));
    let environment = [("TRIUNE_EXECUTOR", "inline"), ("TRIUNE_OVERRUN", "skip")];
    assert_eq!(kernel(&environment, &[]), own("inline", "skip"));
    assert_eq!(
        kernel(&environment, &["--overrun", "degrade"]),
        own("inline", "degrade")
    );
}

#[test]
fn the_environment_names_rate_and_board() {
    let all = settings("rate_hz = 100\n", &[("TRIUNE_RATE", "50")], &[]);
    assert_eq!(all["rate_hz"].as_integer(), Some(50));
    let output = triune(&["serve", "--print-config"])
        .env("TRIUNE_BOARD", "hots")
        .output()
        .expect("triune runs");
    assert_wrong_use(&output, "hots");
}

#[test]
fn a_kernel_that_cannot_be_is_wrong_use() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("triune.toml");
    for (text, word) in [
        ("[kernel]\nbeings_steady = 0\n", "kernel.beings_steady"),
        (
            "[kernel]\nbeings_steady = 9\nbeings_in_burst = 8\n",
            "kernel.beings_in_burst",
        ),
        ("[kernel]\nburst_seconds = 0.1\n", "kernel.burst_seconds"),
        ("[kernel]\nexecutor = \"both\"\n", "line 2"),
        ("[kernel]\nbeing_steady = 1\n", "beings_steady"),
    ] {
        std::fs::write(&path, text).expect("written");
        let path = path.to_str().expect("UTF-8");
        let output = run(&[
            "serve",
            "--board",
            "host",
            "--print-config",
            "--config",
            path,
        ]);
        assert_wrong_use(&output, word);
    }
}

#[test]
fn what_the_service_finds_wrong_is_wrong_use_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("control.sock");
    let running = Running::with(Knobs::default(), |_| {}, Some(socket.clone()));
    let socket = socket.to_str().expect("UTF-8");
    let began = std::time::Instant::now();
    while std::os::unix::net::UnixStream::connect(socket).is_err() {
        assert!(began.elapsed().as_secs() < 60, "no socket");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_wrong_use(&run(&["kernel", "--rate", "0"]), "1..=1000");
    assert_wrong_use(&run(&["kernel", "--overrun", "skp"]), "skip");
    assert_wrong_use(
        &run(&["parameters", "nom=1", "--socket", socket]),
        "no parameter",
    );
    assert_wrong_use(
        &run(&["beings", "erase", "0000000000000001", "--socket", socket]),
        "--yes",
    );
    let listed = run(&["beings", "--json", "--socket", socket]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    assert_eq!(listed["beings"].as_array().map(Vec::len), Some(1));
    let unknown = run(&["beings", "wake", "00000000000000ff", "--socket", socket]);
    assert_eq!(unknown.status.code(), Some(1), "{}", words(&unknown.stderr));
    for arguments in [
        &["kernel", "--json"][..],
        &["burst", "--json"],
        &["faults", "--json"],
        &["memory", "--json"],
        &["parameters", "--json"],
        &["recall", "keys", "--json"],
        &["status", "--json"],
        &["consent", "--json"],
        &["beings", "log", "--json"],
    ] {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--socket", socket]);
        let output = run(&arguments);
        let parsed: Result<serde_json::Value, _> = serde_json::from_slice(&output.stdout);
        assert!(parsed.is_ok(), "{arguments:?}: {}", words(&output.stdout));
    }
    drop(running);
}
