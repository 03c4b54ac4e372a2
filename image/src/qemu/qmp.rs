//! QEMU's control protocol: a JSON object a line, answers between events
//! (QEMU, `docs/interop/qmp-spec.rst`).

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::error::QemuError;

const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Qmp {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
}

impl Qmp {
    /// Greets QEMU on a fresh connection.
    pub(super) fn open(stream: UnixStream) -> Result<Self, QemuError> {
        stream
            .set_read_timeout(Some(PATIENCE))
            .map_err(QemuError::Control)?;
        let writer = stream.try_clone().map_err(QemuError::Control)?;
        let mut qmp = Self {
            reader: BufReader::new(stream),
            writer,
        };
        qmp.message()?;
        qmp.execute("qmp_capabilities", &json!({}))?;
        Ok(qmp)
    }

    /// Runs a command and returns its answer.
    pub(super) fn execute(&mut self, command: &str, arguments: &Value) -> Result<Value, QemuError> {
        let request = json!({ "execute": command, "arguments": arguments });
        self.writer
            .write_all(format!("{request}\n").as_bytes())
            .map_err(QemuError::Control)?;
        loop {
            let mut message = self.message()?;
            if let Some(error) = message.get("error") {
                let reason = error
                    .get("desc")
                    .and_then(Value::as_str)
                    .unwrap_or("no reason given");
                return Err(QemuError::Command {
                    command: command.to_owned(),
                    reason: reason.to_owned(),
                });
            }
            if let Some(answer) = message.get_mut("return") {
                return Ok(answer.take());
            }
            // Anything else is an event, which nobody here waits for.
        }
    }

    fn message(&mut self) -> Result<Value, QemuError> {
        let mut line = String::new();
        let count = self
            .reader
            .read_line(&mut line)
            .map_err(QemuError::Control)?;
        if count == 0 {
            return Err(QemuError::Control(io::ErrorKind::UnexpectedEof.into()));
        }
        serde_json::from_str(&line).map_err(|error| QemuError::Control(error.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers like QEMU: a greeting, then the given lines, one per request.
    fn qemu(mut stream: UnixStream, answers: &'static [&'static str]) {
        std::thread::spawn(move || {
            stream.write_all(b"{\"QMP\": {}}\n").unwrap();
            let mut requests = BufReader::new(stream.try_clone().unwrap());
            for answer in answers {
                let mut line = String::new();
                requests.read_line(&mut line).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
    }

    #[test]
    fn events_between_request_and_answer_are_passed_over() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        qemu(
            theirs,
            &[
                "{\"return\": {}}\n",
                "{\"event\": \"RESUME\"}\n{\"return\": 5}\n",
            ],
        );
        let mut qmp = Qmp::open(ours).unwrap();
        assert_eq!(qmp.execute("query", &json!({})).unwrap(), 5);
    }

    #[test]
    fn a_refusal_carries_its_reason() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        qemu(
            theirs,
            &[
                "{\"return\": {}}\n",
                "{\"error\": {\"desc\": \"no such thing\"}}\n",
            ],
        );
        let mut qmp = Qmp::open(ours).unwrap();
        let error = qmp.execute("query", &json!({})).unwrap_err().to_string();
        assert!(
            error.contains("no such thing") && error.contains("query"),
            "{error}"
        );
    }

    #[test]
    fn a_closed_connection_is_an_error() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        drop(theirs);
        assert!(matches!(Qmp::open(ours), Err(QemuError::Control(_))));
    }
}
