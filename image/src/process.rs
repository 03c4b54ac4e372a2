//! Running other programs: their output is kept, a failure says what they said.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::interrupt;

const TAIL_LINES: usize = 25;
/// Time for what a program that has ended wrote last.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Why a program did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProcessError {
    #[error("the program `{0}` is not there; run `cargo appliance setup`")]
    Missing(String),
    #[error("cannot run `{program}`: {source}")]
    Unstartable { program: String, source: io::Error },
    #[error("`{command}` failed ({status}):\n{tail}")]
    Failed {
        command: String,
        status: ExitStatus,
        tail: String,
    },
    #[error("`{command}` did not end within {limit:?} and was stopped; its last words:\n{tail}")]
    TooLong {
        command: String,
        limit: Duration,
        tail: String,
    },
    #[error("cannot keep the output in {path}: {source}")]
    Log { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Interrupted(#[from] interrupt::Interrupted),
}

/// Longest time for a short program; an emulated one on a busy machine included.
const SHORT_LIMIT: Duration = Duration::from_secs(600);

/// Runs a short program to its end and returns what it wrote to standard output; stops it at a
/// limit or when the user interrupts.
pub(crate) fn capture(command: &mut Command) -> Result<Vec<u8>, ProcessError> {
    interrupt::check()?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|source| unstartable(command, source))?;
    let (written, said) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let deadline = Instant::now() + SHORT_LIMIT;
    let status = loop {
        if let Some(status) = child
            .try_wait()
            .map_err(|source| unstartable(command, source))?
        {
            break status;
        }
        if let Err(interrupted) = interrupt::check() {
            stop_group(&mut child);
            return Err(interrupted.into());
        }
        if Instant::now() > deadline {
            stop_group(&mut child);
            return Err(ProcessError::TooLong {
                command: describe(command),
                limit: SHORT_LIMIT,
                tail: String::new(),
            });
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let (written, said) = (
        written.join().unwrap_or_default(),
        said.join().unwrap_or_default(),
    );
    if status.success() {
        return Ok(written);
    }
    let said = if said.is_empty() { &written } else { &said };
    Err(ProcessError::Failed {
        command: describe(command),
        status,
        tail: tail_of(&String::from_utf8_lossy(said)),
    })
}

/// Reads a pipe to its end on a thread of its own, so that no program waits for its reader.
fn drain(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What came before an error is still what the program said.
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

/// As [`capture`], for programs that write text.
pub(crate) fn capture_text(command: &mut Command) -> Result<String, ProcessError> {
    Ok(String::from_utf8_lossy(&capture(command)?).into_owned())
}

/// A long program: where its output goes and how long it may take.
pub(crate) struct Watch<'a> {
    /// Keeps the whole output in a file.
    pub(crate) log: Option<PathBuf>,
    pub(crate) limit: Duration,
    /// Sees every line of both outputs as it comes.
    pub(crate) on_line: &'a mut dyn FnMut(&str),
}

/// Runs a long program, line by line; stops it at the limit or when the user interrupts.
///
/// Returns its exit status, which may be a failure, and the tail of what it said.
pub(crate) fn watch(
    command: &mut Command,
    watch: &mut Watch<'_>,
) -> Result<(ExitStatus, String), ProcessError> {
    interrupt::check()?;
    let mut log = match &watch.log {
        Some(path) => Some((
            std::fs::File::create(path).map_err(|source| ProcessError::Log {
                path: path.clone(),
                source,
            })?,
            path.clone(),
        )),
        None => None,
    };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A group of its own, so that one signal reaches all of its children.
        .process_group(0)
        .spawn()
        .map_err(|source| unstartable(command, source))?;

    let (sender, lines) = mpsc::channel();
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);
    let deadline = Instant::now() + watch.limit;
    let mut tail = Tail::default();
    let mut ended = None;
    loop {
        match lines.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => {
                if let Some((file, path)) = &mut log {
                    writeln!(file, "{line}").map_err(|source| ProcessError::Log {
                        path: path.clone(),
                        source,
                    })?;
                }
                (watch.on_line)(&line);
                tail.push(line);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                // A grandchild may hold the pipes open after the program itself has ended.
                // It gets a moment for its last words, then it is none of the program's any more.
                if matches!(child.try_wait(), Ok(Some(_))) {
                    let since = *ended.get_or_insert_with(Instant::now);
                    if since.elapsed() > LAST_WORDS {
                        tail.push(
                            "a process that it started was left running and ended".to_owned(),
                        );
                        stop_group(&mut child);
                        break;
                    }
                }
            }
        }
        if let Err(interrupted) = interrupt::check() {
            stop_group(&mut child);
            return Err(interrupted.into());
        }
        if Instant::now() > deadline {
            stop_group(&mut child);
            return Err(ProcessError::TooLong {
                command: describe(command),
                limit: watch.limit,
                tail: tail.text(),
            });
        }
    }
    let status = child
        .wait()
        .map_err(|source| unstartable(command, source))?;
    Ok((status, tail.text()))
}

/// As [`watch`], where a failing status is an error.
pub(crate) fn watch_well(
    command: &mut Command,
    limits: &mut Watch<'_>,
) -> Result<(), ProcessError> {
    let (status, tail) = watch(command, limits)?;
    if status.success() {
        Ok(())
    } else {
        Err(ProcessError::Failed {
            command: describe(command),
            status,
            tail,
        })
    }
}

/// Time that a program gets to end by itself: apt finishes the package that it is at, and a
/// guest powers off.
const PATIENCE: Duration = Duration::from_secs(18);

/// Asks a program and its children to end, then makes them.
pub(crate) fn stop_group(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // Both signals may find the group gone, which is what is wanted.
        let _ = kill_process_group(group, Signal::TERM);
        let patience = Instant::now() + PATIENCE;
        while Instant::now() < patience {
            if !matches!(child.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = child.wait();
}

/// Whether a program is on the search path.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    // Administration tools are off an ordinary user's path, yet runnable.
    let extra = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path)
        .chain(extra)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// A command of a program that may lie where an ordinary user's path does not look.
pub(crate) fn program(name: &str) -> Command {
    Command::new(find_program(name).unwrap_or_else(|| PathBuf::from(name)))
}

/// A command of a program that gets a signal when we end, however we end: even killed, we
/// leave nothing running. Start it from the main thread: the end of the starting thread counts
/// (`PR_SET_PDEATHSIG`, prctl(2)).
pub(crate) fn tied(program: &OsStr, signal: &str) -> Command {
    match find_program("setpriv") {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", signal]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

fn forward(stream: Option<impl Read + Send + 'static>, sender: mpsc::Sender<String>) {
    let Some(stream) = stream else { return };
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            match reader.read_until(b'\n', &mut bytes) {
                Ok(0) | Err(_) => return,
                Ok(_) => {
                    let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            }
        }
    });
}

fn unstartable(command: &Command, source: io::Error) -> ProcessError {
    let program = command.get_program().to_string_lossy().into_owned();
    match source.kind() {
        io::ErrorKind::NotFound => ProcessError::Missing(program),
        _ => ProcessError::Unstartable { program, source },
    }
}

fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program()];
    words.extend(command.get_args());
    let text: Vec<_> = words
        .iter()
        .map(|word| OsStr::to_string_lossy(word))
        .collect();
    let text = text.join(" ");
    if text.chars().count() > 300 {
        text.chars().take(300).collect::<String>() + " ..."
    } else {
        text
    }
}

fn tail_of(text: &str) -> String {
    let mut tail = Tail::default();
    text.lines().for_each(|line| tail.push(line.to_owned()));
    tail.text()
}

/// The last lines of something long.
#[derive(Default)]
struct Tail(VecDeque<String>);

impl Tail {
    fn push(&mut self, line: String) {
        if self.0.len() == TAIL_LINES {
            self.0.pop_front();
        }
        self.0.push_back(line);
    }

    fn text(&self) -> String {
        self.0.iter().map(|line| format!("    {line}\n")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(limit: Duration, on_line: &mut dyn FnMut(&str)) -> Watch<'_> {
        Watch {
            log: None,
            limit,
            on_line,
        }
    }

    #[test]
    fn a_missing_program_points_to_setup() {
        let error = capture(&mut Command::new("no-such-program-anywhere")).unwrap_err();
        assert!(
            error.to_string().contains("cargo appliance setup"),
            "{error}"
        );
    }

    #[test]
    fn a_failure_carries_what_the_program_said() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo the reason >&2; exit 3"]);
        let error = capture(&mut command).unwrap_err().to_string();
        assert!(
            error.contains("the reason") && error.contains('3'),
            "{error}"
        );
    }

    #[test]
    fn both_outputs_are_seen_line_by_line() {
        let mut seen = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; exit 7"]);
        let mut on_line = |line: &str| seen.push(line.to_owned());
        let (status, _) = watch(
            &mut command,
            &mut quiet(Duration::from_secs(20), &mut on_line),
        )
        .unwrap();
        seen.sort();
        assert_eq!(seen, ["one", "two"]);
        assert_eq!(status.code(), Some(7));
    }

    #[test]
    fn what_takes_too_long_is_stopped_with_its_children() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo started; wait"]);
        let mut on_line = |_: &str| {};
        let error = watch(
            &mut command,
            &mut quiet(Duration::from_millis(400), &mut on_line),
        )
        .unwrap_err();
        assert!(matches!(error, ProcessError::TooLong { .. }), "{error}");
    }
}
