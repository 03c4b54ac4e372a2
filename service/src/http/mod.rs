//! The HTTP interface: over TCP with a token, over the control socket by the peer's user.
//!
//! | path | answers |
//! |---|---|
//! | `GET /healthz` | 200 while the process lives; no token |
//! | `GET /readyz` | 200 or 503 and the reasons; no token |
//! | `GET /` | the page; `/?token=...` sets the cookie; no token |
//! | `GET /metrics` | OpenMetrics text |
//! | `GET /v1/status` | [`Status`](crate::status::Status) |
//! | `GET /v1/state` | [`StateView`] |
//! | `GET /v1/models` | [`ModelsView`] |
//! | `POST /v1/models/{name}/release` | 202 and [`ModelsView`]: a model that was set aside is tried again |
//! | `GET /v1/stream?hz=&with=` | server-sent events: `state`, and `status`, `detections` if asked for |
//! | `GET /v1/detections?since_ns=&limit=` | [`Detections`] |
//! | `GET /v1/memory/crystals?limit=&before=&kind=` | [`Crystals`] |
//! | `GET /v1/frame.png?width=&height=` | the face |
//! | `POST /v1/events` | takes [`Words`], answers 202 and [`Accepted`] |
//!
//! Kernel, beings and memories: see the table in `kernel/mod.rs`.
//!
//! What only reads is given up after [`ServerOptions::request_time`] and can be sent again (408); what
//! changes something, searches or moves a memory is waited for up to `transfer_time`, and may still be
//! done when that ends (504).
//!
//! Every error is a [`Problem`]. A request that is not HTTP at all gets a bare 400.

mod connection;
mod consent;
mod control_listener;
mod crystals;
mod extract;
mod failures;
mod figures;
mod frame;
mod guard;
mod health;
mod host;
mod kernel;
mod listener;
mod models;
mod options;
mod page;
mod problem;
mod routes;
mod server;
mod shared;
mod source;
mod stall;
mod state_view;
mod stream;
mod token;
mod words;

pub use crate::kernel_api::{ConsentChange, ConsentView, CrystalView};
pub use control_listener::ControlListener;
pub use health::Readiness;
pub use listener::{ListenError, Listener};
pub use models::{ModelView, ModelsView, TensorView};
pub use options::ServerOptions;
pub use problem::Problem;
pub use server::{ServeError, serve};
pub use source::{
    ConsentError, CrystalQuery, Crystals, CrystalsError, Detection, DetectionQuery, Detections,
    FrameError, ReleaseError, Source, ToldError,
};
pub use state_view::{
    ActivationView, AnalyticalView, CentreView, CentresView, ElpView, EnvironmentalView,
    ExperientialView, FeatureView, ObservationView, PatternNow, SceneView, StateView,
};
pub use token::{AccessToken, TokenError};
pub use words::{Accepted, Words};
