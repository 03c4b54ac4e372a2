//! A running service for tests, and sounds for it to hear.
#![allow(dead_code, reason = "each test file uses a part")]

mod asking;
pub(crate) mod files;
pub(crate) mod recording;

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use triune::control::Client;

/// Longest wait for anything: the machine may be busy with other tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The being that every service has.
pub(crate) const FIRST: &str = "0000000000000001";

/// The `triune` command.
pub(crate) fn triune() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_triune"));
    command
        .env_remove("TRIUNE_BOARD")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null());
    command
}

/// Runs `triune` to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    triune().args(arguments).output().expect("triune runs")
}

/// Fails with this status, tells all of `words`, and does not panic.
pub(crate) fn assert_fails(output: &Output, status: i32, words: &[&str]) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{told}");
    for word in words {
        assert!(told.contains(word), "'{word}' is not in: {told}");
    }
    assert!(!told.contains("panicked"), "{told}");
}

/// A running service; killed when it goes out of scope.
pub(crate) struct Service {
    child: Child,
    pub(crate) client: Client,
    socket: PathBuf,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    /// Address and token as the service printed them.
    pub(crate) link: String,
}

impl Service {
    /// Starts `triune serve` on `data` with further arguments and waits until it is ready.
    pub(crate) fn start(data: &Path, arguments: &[&str]) -> Self {
        let socket = data.join("run/control.sock");
        let mut child = triune()
            .args(["serve", "--board", "host", "--listen", "127.0.0.1:0"])
            .arg("--data")
            .arg(data)
            .arg("--socket")
            .arg(&socket)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("triune starts");
        let log = Arc::new(Mutex::new(String::new()));
        let (logged, errors) = (Arc::clone(&log), child.stderr.take().expect("piped"));
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                eprintln!("{line}");
                let mut log = logged.lock().expect("no panic");
                log.push_str(&line);
                log.push('\n');
            }
        });
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let link = lines
            .map_while(Result::ok)
            .find(|line| line.starts_with("http://"))
            .expect("the service prints its link");
        let service = Self {
            child,
            client: Client::new(&socket),
            socket,
            log,
            reader: Some(reader),
            link,
        };
        service.wait_for("ready", |service| service.status()["ready"] == true);
        service
    }

    /// The service's process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn status(&self) -> Value {
        self.client.get_json("/v1/status").expect("status")
    }

    /// Everything that was logged until now.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("no panic").clone()
    }

    pub(crate) fn detections(&self) -> Vec<Value> {
        let all: Value = self.client.get_json("/v1/detections").expect("detections");
        all["events"].as_array().expect("a list").clone()
    }

    /// Waits until `holds`, or fails.
    pub(crate) fn wait_for(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !holds(self) {
            assert!(
                began.elapsed() < PATIENCE,
                "not within {PATIENCE:?}: {what}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// SIGKILL: no chance to write anything.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("waited for");
    }

    /// SIGTERM, and the exit status.
    pub(crate) fn stop(self) -> ExitStatus {
        self.end().0
    }

    /// The same, and everything that was logged.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("signalled");
        let status = self.child.wait().expect("waited for");
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the log is read");
        }
        (status, self.log())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes a WAV of 48 kHz mono: `noise_seconds` of low noise, a spoken phrase over it, noise again.
/// `None`, with the reason printed, where nothing here can speak.
pub(crate) fn speech_in_noise(folder: &Path, noise_seconds: f32) -> Option<PathBuf> {
    let spoken = folder.join("phrase.wav");
    let said = Command::new("espeak-ng")
        .args(["-w"])
        .arg(&spoken)
        .arg("Good morning. Do you hear what I am saying to you?")
        .output();
    if !said.is_ok_and(|output| output.status.success()) {
        println!("skipped: espeak-ng is not installed");
        return None;
    }
    let mut reader = hound::WavReader::open(&spoken).expect("a WAV");
    let rate = reader.spec().sample_rate as f32;
    let phrase: Vec<f32> = reader
        .samples::<i16>()
        .map(|sample| f32::from(sample.expect("whole")) / 32768.0)
        .collect();
    let length = (phrase.len() as f32 / rate * 48_000.0) as usize;
    let pause = (noise_seconds * 48_000.0) as usize;
    let mut sound = noise(pause + length + 48_000, 0.004);
    for index in 0..length {
        let at = (index as f32 * rate / 48_000.0) as usize;
        sound[pause + index] += 0.5 * phrase.get(at).copied().unwrap_or(0.0);
    }
    Some(write(folder, "speech.wav", &sound))
}

/// White noise of the given amplitude from a seeded generator.
pub(crate) fn noise(samples: usize, amplitude: f32) -> Vec<f32> {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    (0..samples)
        .map(|_| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            ((random >> 40) as f32 / (1_u64 << 23) as f32 - 1.0) * amplitude
        })
        .collect()
}

/// Writes samples as a WAV of 48 kHz mono.
pub(crate) fn write(folder: &Path, name: &str, sound: &[f32]) -> PathBuf {
    let path = folder.join(name);
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).expect("created");
    for sample in sound {
        writer
            .write_sample((sample.clamp(-1.0, 1.0) * 32_767.0) as i16)
            .expect("written");
    }
    writer.finalize().expect("finished");
    path
}
