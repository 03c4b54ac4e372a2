//! The control socket and its client.

use crate::support::server::Running;
use crate::support::source::Knobs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use triune::control::{Client, ControlError};
use triune::http::{Accepted, ControlListener, ListenError, Readiness, Words};
use triune::status::Status;

fn place() -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run/control.sock");
    (folder, path)
}

fn running(path: &Path) -> Running {
    Running::with(Knobs::default(), |_| {}, Some(path.to_owned()))
}

fn bind(path: &Path) -> Result<ControlListener, ListenError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { ControlListener::bind(path) })
}

/// The listener's thread may come to its socket a little after the port is known.
fn client(path: &Path) -> Client {
    for _ in 0..200 {
        if std::os::unix::net::UnixStream::connect(path).is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Client::new(path)
}

#[test]
fn the_same_routes_answer_without_a_token() {
    let (_folder, path) = place();
    let running = running(&path);
    let client = client(&path);
    let status: Status = client.get_json("/v1/status").unwrap();
    assert_eq!(status.board, "qemu-aarch64");
    let words = Words {
        words: "good evening".to_owned(),
        being: None,
    };
    let accepted: Accepted = client.post_json("/v1/events", &words).unwrap();
    assert_eq!(accepted.accepted, 2);
    assert!(
        client
            .get_bytes("/v1/frame.png?width=16&height=16")
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    let readiness: Readiness = client.get_json("/readyz").unwrap();
    assert!(readiness.ready);
    match client.get_json::<Status>("/nowhere") {
        Err(ControlError::Refused(detail, problem)) => {
            assert_eq!(problem.status, 404);
            assert!(detail.contains("/nowhere"));
        }
        other => panic!("{other:?}"),
    }
    drop(running);
}

#[test]
fn the_socket_is_private_and_goes_with_the_service() {
    let (_folder, path) = place();
    let running = running(&path);
    client(&path);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&path), 0o600);
    running.stop();
    assert!(!path.exists());
    match Client::new(&path).get_json::<Status>("/v1/status") {
        Err(error @ ControlError::NotRunning { .. }) => {
            assert!(error.to_string().contains("triune serve"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_socket_left_behind_is_replaced() {
    let (_folder, path) = place();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "closing a listener leaves its file");
    match Client::new(&path).get_json::<Status>("/v1/status") {
        Err(ControlError::NotRunning { .. }) => {}
        other => panic!("{other:?}"),
    }
    let running = running(&path);
    client(&path).get_json::<Status>("/v1/status").unwrap();
    drop(running);
}

#[test]
fn a_service_that_answers_is_left_alone() {
    let (_folder, path) = place();
    let running = running(&path);
    client(&path);
    assert!(matches!(
        bind(&path),
        Err(ListenError::AlreadyServed { .. })
    ));
    client(&path).get_json::<Status>("/v1/status").unwrap();
    drop(running);
    // One that does not hold the lock is left alone as well.
    let _other = UnixListener::bind(&path).unwrap();
    assert!(matches!(
        bind(&path),
        Err(ListenError::AlreadyServed { .. })
    ));
}

#[test]
fn another_file_in_the_way_is_not_touched() {
    let (_folder, path) = place();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "precious").unwrap();
    assert!(matches!(bind(&path), Err(ListenError::NotASocket { .. })));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn a_service_that_hangs_is_given_up() {
    let (_folder, path) = place();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _deaf = UnixListener::bind(&path).unwrap();
    let client = Client::new(&path).with_time(Duration::from_millis(200));
    assert!(matches!(
        client.get_json::<Status>("/v1/status"),
        Err(ControlError::TimedOut { .. })
    ));
}

#[test]
fn other_users_are_refused() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can become another user");
        return;
    }
    let (folder, path) = place();
    let _running = running(&path);
    client(&path);
    for (place, mode) in [
        (folder.path(), 0o755),
        (path.parent().unwrap(), 0o755),
        (&path, 0o777),
    ] {
        std::fs::set_permissions(place, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let asked = Command::new("setpriv")
        .args([
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "curl",
            "-s",
            "-i",
            "--max-time",
            "10",
        ])
        .arg("--unix-socket")
        .arg(&path)
        .arg("http://localhost/v1/status")
        .output();
    match asked {
        Ok(output) if output.status.success() => {
            let answer = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
            assert!(answer.contains("application/problem+json"), "{answer}");
        }
        other => println!("skipped: setpriv and curl are needed: {other:?}"),
    }
}
