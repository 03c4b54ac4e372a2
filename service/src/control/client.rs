//! A client of the control socket.

use crate::http::Problem;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::UnixStream;

/// Time for a whole answer, when nothing else is said.
const TIME: Duration = Duration::from_secs(10);
/// Longest answer taken, bytes: a 4K picture fits.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// Asks the service that runs on this machine. Each call makes its own connection and blocks.
#[derive(Clone, Debug)]
pub struct Client {
    path: PathBuf,
    time: Duration,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No service runs.
    #[error("no service answers at {path}: start one with `triune serve`")]
    NotRunning {
        /// The control socket.
        path: PathBuf,
    },
    /// This user may not ask.
    #[error("this user may not use {path}: run the command as root or as the service's user")]
    Forbidden {
        /// The control socket.
        path: PathBuf,
    },
    /// The service does not answer.
    #[error("the service at {path} did not answer within {seconds} s: see its log")]
    TimedOut {
        /// The control socket.
        path: PathBuf,
        /// How long it was given, seconds.
        seconds: u64,
    },
    /// The service answered with an error.
    #[error("{0}")]
    Refused(String, Problem),
    /// The answer is not what was expected.
    #[error(
        "the service at {path} gave an answer that is not understood: {why}; is it of the same version?"
    )]
    NotUnderstood {
        /// The control socket.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The connection failed.
    #[error("the service at {path} cannot be asked: {why}")]
    Failed {
        /// The control socket.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
}

impl Client {
    /// A client of the control socket at `path`; connects only when asked.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            time: TIME,
        }
    }

    /// The same client, but with another limit of time for a whole answer.
    #[must_use]
    pub fn with_time(self, time: Duration) -> Self {
        Self { time, ..self }
    }

    /// Gets `path`, such as `/v1/status`, as JSON.
    ///
    /// # Errors
    /// [`ControlError`] when there is no answer or it is an error. Must not be called within a
    /// tokio runtime.
    pub fn get_json<T: DeserializeOwned>(&self, path: &str) -> Result<T, ControlError> {
        self.understand(&self.get_bytes(path)?)
    }

    /// Gets `path`, such as `/v1/frame.png`, as it is.
    ///
    /// # Errors
    /// As [`Client::get_json`].
    pub fn get_bytes(&self, path: &str) -> Result<Vec<u8>, ControlError> {
        self.ask(Method::GET, path, Bytes::new())
    }

    /// Posts `body` as JSON to `path` and takes the answer as JSON.
    ///
    /// # Errors
    /// As [`Client::get_json`].
    pub fn post_json<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ControlError> {
        let body = serde_json::to_vec(body).map_err(|error| self.failed(&error))?;
        self.understand(&self.ask(Method::POST, path, body.into())?)
    }

    /// Patches `path` with `body` as JSON and takes the answer as JSON.
    ///
    /// # Errors
    /// As [`Client::get_json`].
    pub fn patch_json<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ControlError> {
        let body = serde_json::to_vec(body).map_err(|error| self.failed(&error))?;
        self.understand(&self.ask(Method::PATCH, path, body.into())?)
    }

    /// Deletes what is at `path` and takes the answer as JSON.
    ///
    /// # Errors
    /// As [`Client::get_json`].
    pub fn delete_json<T: DeserializeOwned>(&self, path: &str) -> Result<T, ControlError> {
        self.understand(&self.ask(Method::DELETE, path, Bytes::new())?)
    }

    fn ask(&self, method: Method, path: &str, body: Bytes) -> Result<Vec<u8>, ControlError> {
        let (status, bytes) = self.exchange(method, path, body)?;
        if status.is_success() {
            return Ok(bytes);
        }
        Err(self.refusal(status, &bytes))
    }

    /// What an error's answer says.
    pub(super) fn refusal(&self, status: StatusCode, bytes: &[u8]) -> ControlError {
        if status == StatusCode::FORBIDDEN {
            return ControlError::Forbidden {
                path: self.path.clone(),
            };
        }
        match self.understand::<Problem>(bytes) {
            Ok(problem) => ControlError::Refused(problem.detail.clone(), problem),
            Err(error) => error,
        }
    }

    fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<(StatusCode, Vec<u8>), ControlError> {
        self.block_on(async {
            let media_type = (!body.is_empty()).then_some("application/json");
            let body = Full::new(body);
            let (status, body) = self.send(method, path, media_type, body).await?;
            let collected = Limited::new(body, ANSWER_BYTES).collect().await;
            let bytes = collected.map_err(|error| self.failed(&error))?.to_bytes();
            Ok((status, bytes.into()))
        })
    }

    /// Runs one conversation within the client's time.
    pub(super) fn block_on<T>(
        &self,
        conversation: impl Future<Output = Result<T, ControlError>>,
    ) -> Result<T, ControlError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| self.failed(&error))?;
        runtime.block_on(async {
            match tokio::time::timeout(self.time, conversation).await {
                Ok(outcome) => outcome,
                Err(_) => Err(ControlError::TimedOut {
                    path: self.path.clone(),
                    seconds: self.time.as_secs(),
                }),
            }
        })
    }

    /// Sends a request, with a body of `media_type` if any, on a connection of its own; gives the
    /// answer's status and body. The connection is driven by the runtime until that ends.
    pub(super) async fn send<B>(
        &self,
        method: Method,
        path: &str,
        media_type: Option<&'static str>,
        body: B,
    ) -> Result<(StatusCode, Incoming), ControlError>
    where
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let stream = UnixStream::connect(&self.path)
            .await
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound | ErrorKind::ConnectionRefused => ControlError::NotRunning {
                    path: self.path.clone(),
                },
                ErrorKind::PermissionDenied => ControlError::Forbidden {
                    path: self.path.clone(),
                },
                _ => self.failed(&error),
            })?;
        let shaken = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = shaken.map_err(|error| self.failed(&error))?;
        let mut request = Request::builder()
            .method(&method)
            .uri(path)
            .header(HOST, "localhost")
            .header(ACCEPT, "application/json");
        if let Some(media_type) = media_type {
            request = request.header(CONTENT_TYPE, media_type);
        }
        let request = request.body(body).map_err(|error| self.failed(&error))?;
        let _driven = tokio::spawn(connection);
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| self.failed(&error))?;
        let (head, body) = response.into_parts();
        Ok((head.status, body))
    }

    pub(super) fn understand<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, ControlError> {
        serde_json::from_slice(bytes).map_err(|error| ControlError::NotUnderstood {
            path: self.path.clone(),
            why: error.to_string(),
        })
    }

    pub(super) fn failed(&self, why: &impl ToString) -> ControlError {
        ControlError::Failed {
            path: self.path.clone(),
            why: why.to_string(),
        }
    }
}
