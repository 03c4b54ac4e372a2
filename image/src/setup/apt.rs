//! Installs packages on this machine through apt, patiently.

use std::fs;
use std::process::Command;
use std::time::Duration;

use super::error::SetupError;
use super::needs::Need;
use crate::process::{self, ProcessError, Watch};
use crate::progress;

const ARM64: &str = "arm64";
const INSTALL_LIMIT: Duration = Duration::from_secs(1500);
const UPDATE_LIMIT: Duration = Duration::from_secs(300);
/// How often to ask again while another program holds apt's lists.
const LOCK_TRIES: u32 = 60;

/// What will be run, worked out before anything is.
pub(super) struct Plan {
    prefix: Option<&'static str>,
    /// A dpkg that was cut off must finish first.
    finish_dpkg: bool,
    add_architecture: bool,
    packages: Vec<&'static str>,
}

impl Plan {
    pub(super) fn new(missing: &[&'static Need], root: bool) -> Result<Self, ProcessError> {
        let packages: Vec<_> = missing.iter().map(|need| need.package).collect();
        let foreign = packages.iter().any(|package| package.ends_with(":arm64"));
        Ok(Self {
            prefix: (!root).then_some("sudo"),
            finish_dpkg: was_interrupted(),
            add_architecture: foreign && !knows_arm64()?,
            packages,
        })
    }

    /// The commands, for people.
    pub(super) fn commands(&self) -> String {
        self.steps()
            .iter()
            .map(|(_, words)| {
                format!(
                    "  {}{}\n",
                    self.prefix.map_or("", |_| "sudo "),
                    words.join(" ")
                )
            })
            .collect()
    }

    fn steps(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        let mut steps = Vec::new();
        if self.finish_dpkg {
            steps.push((FINISHING, vec!["dpkg", "--configure", "-a"]));
        }
        if self.add_architecture {
            steps.push((
                "adding the board's architecture",
                vec!["dpkg", "--add-architecture", ARM64],
            ));
        }
        steps.push((UPDATE, vec!["apt-get", "update"]));
        if self.finish_dpkg {
            // What was unpacked when it was cut off may lack what it depends on.
            steps.push((
                "mending what was cut off",
                vec!["apt-get", "install", "--yes", "--fix-broken"],
            ));
        }
        if !self.packages.is_empty() {
            let mut install = vec!["apt-get", "install", "--yes", "--no-install-recommends"];
            install.extend(&self.packages);
            steps.push(("installing", install));
        }
        steps
    }

    /// Runs the commands.
    pub(super) fn run(&self) -> Result<(), SetupError> {
        for (what, words) in self.steps() {
            let outcome = self.run_step(what, &words);
            match outcome {
                Err(ProcessError::Failed { .. }) if what == UPDATE => {
                    // Often one source of many is down, and ours are well.
                    progress::note("some package lists could not be had; installing all the same");
                }
                Err(ProcessError::Failed { .. }) if what == FINISHING => {
                    progress::note("dpkg could not finish alone; apt mends the rest");
                }
                other => other.map_err(|source| SetupError::Install {
                    what,
                    source,
                    commands: self.commands(),
                })?,
            }
        }
        Ok(())
    }

    fn run_step(&self, what: &'static str, words: &[&str]) -> Result<(), ProcessError> {
        let step = progress::step(what);
        let limit = if what == UPDATE {
            UPDATE_LIMIT
        } else {
            INSTALL_LIMIT
        };
        let mut hiccups = 0;
        let mut locked = 0;
        loop {
            let mut on_line = |line: &str| step.detail(line.to_owned());
            let mut watch = Watch {
                log: None,
                limit,
                on_line: &mut on_line,
            };
            match process::watch_well(&mut self.command(words), &mut watch) {
                Ok(()) => {
                    step.done("done");
                    return Ok(());
                }
                Err(ProcessError::Failed { tail, .. })
                    if tail.contains("Could not get lock") && locked < LOCK_TRIES =>
                {
                    locked += 1;
                    step.detail("another program is using apt; waiting for it");
                    std::thread::sleep(Duration::from_secs(5));
                }
                Err(ProcessError::Failed { .. }) if hiccups < 1 && words[0] == "apt-get" => {
                    hiccups += 1;
                    step.detail("the mirror hiccuped; trying once more");
                    std::thread::sleep(Duration::from_secs(5));
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn command(&self, words: &[&str]) -> Command {
        let program = words.first().copied().unwrap_or_default();
        let mut command = match self.prefix {
            Some(sudo) => {
                let mut command = Command::new(sudo);
                // Sudo clears the environment, so it goes on the command line.
                command.args([
                    "--non-interactive",
                    "env",
                    "DEBIAN_FRONTEND=noninteractive",
                    "LC_ALL=C",
                ]);
                command.arg(program);
                command
            }
            None => {
                let mut command = process::program(program);
                command
                    .env("DEBIAN_FRONTEND", "noninteractive")
                    .env("LC_ALL", "C");
                command
            }
        };
        if program == "apt-get" {
            // Waits for another dpkg instead of failing.
            command.args(["-oDPkg::Lock::Timeout=600", "-oAcquire::Retries=2"]);
        }
        command.args(&words[1..]);
        command
    }
}

const UPDATE: &str = "reading package lists";
const FINISHING: &str = "finishing dpkg's work";

/// Whether an installation was cut off: dpkg's journal is not folded, or packages are unpacked
/// but not configured (second and third letter of the state in dpkg's list, dpkg-query(1)).
pub(super) fn was_interrupted() -> bool {
    let half_done = || {
        process::capture_text(process::program("dpkg-query").args([
            "-W",
            "-f",
            "${db:Status-Abbrev}\n",
        ]))
        .is_ok_and(|list| {
            list.lines()
                .any(|state| matches!(state.as_bytes().get(1), Some(b'U' | b'F' | b'H' | b'W')))
        })
    };
    interrupted_dpkg() || half_done()
}

/// Whether dpkg was cut off in the middle of its work.
fn interrupted_dpkg() -> bool {
    let Ok(entries) = fs::read_dir("/var/lib/dpkg/updates") else {
        return false;
    };
    entries.filter_map(Result::ok).any(|entry| {
        entry
            .file_name()
            .to_string_lossy()
            .bytes()
            .all(|byte| byte.is_ascii_digit())
    })
}

fn knows_arm64() -> Result<bool, ProcessError> {
    let known = |argument| process::capture_text(process::program("dpkg").arg(argument));
    let list = known("--print-architecture")? + &known("--print-foreign-architectures")?;
    Ok(list.lines().any(|line| line.trim() == ARM64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(prefix: Option<&'static str>) -> Plan {
        Plan {
            prefix,
            finish_dpkg: false,
            add_architecture: true,
            packages: vec!["a", "b:arm64"],
        }
    }

    #[test]
    fn the_commands_can_be_typed_as_shown() {
        assert_eq!(
            plan(None).commands(),
            "  dpkg --add-architecture arm64\n  apt-get update\n  \
             apt-get install --yes --no-install-recommends a b:arm64\n"
        );
        assert!(
            plan(Some("sudo"))
                .commands()
                .lines()
                .all(|line| line.starts_with("  sudo "))
        );
    }

    #[test]
    fn a_cut_off_dpkg_is_finished_first() {
        let plan = Plan {
            finish_dpkg: true,
            ..plan(None)
        };
        assert!(plan.commands().starts_with("  dpkg --configure -a\n"));
    }
}
