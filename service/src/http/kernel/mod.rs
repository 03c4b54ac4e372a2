//! The kernel, its beings and their memories over HTTP.
//!
//! | path | answers |
//! |---|---|
//! | `GET /v1/beings` | [`BeingsView`](crate::kernel_api::BeingsView) |
//! | `POST /v1/beings` | makes a being, 201 |
//! | `POST /v1/beings/import?as=` | takes in an exported being (the body is the file), 201 |
//! | `GET`, `PATCH`, `DELETE /v1/beings/{id}` | shows; renames, wakes, lets sleep; erases for good |
//! | `GET /v1/beings/{id}/export` | the being in one file |
//! | `GET /v1/beings/{id}/consent/log?limit=` | every change of its consent, newest first |
//! | `GET /v1/beings/{id}/bridge/log?limit=` | every gift that it gave or received, newest first |
//! | `GET`, `PATCH /v1/beings/{id}/parameters` | how its loops are tuned |
//! | `GET /v1/beings/{id}/patterns` | what recurs in it and was not taught |
//! | `PATCH`, `DELETE /v1/beings/{id}/patterns/{number}` | names, forgets a pattern |
//! | `POST /v1/bridge` | one being gives moments to another |
//! | `POST /v1/recall` | searches a memory |
//! | `GET /v1/memory?being=` | figures of a memory |
//! | `POST /v1/memory/sync` | makes everything durable |
//! | `GET`, `PATCH /v1/kernel` | rate, policy, executor, loops |
//! | `POST`, `DELETE /v1/kernel/burst` | begins, ends a burst |
//! | `GET /v1/faults` | what is made to fail on purpose |

mod answer;
mod beings;
mod control;
mod memory;
mod patterns;
mod routes;
mod transfer;

pub(super) use routes::{long, short};
