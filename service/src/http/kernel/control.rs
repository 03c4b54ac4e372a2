//! Rate, policy, burst and faults.

use super::answer::answer;
use crate::http::extract::ValidJson;
use crate::http::problem::Problem;
use crate::http::shared::Shared;
use crate::kernel_api::{FaultsView, KernelChange, KernelView};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;

pub(super) async fn shown(State(shared): State<Arc<Shared>>) -> Result<Json<KernelView>, Problem> {
    answer(&shared, |kernel| Ok(kernel.kernel())).await
}

pub(super) async fn changed(
    State(shared): State<Arc<Shared>>,
    ValidJson(change): ValidJson<KernelChange>,
) -> Result<Json<KernelView>, Problem> {
    answer(&shared, move |kernel| kernel.change_kernel(&change)).await
}

pub(super) async fn burst(State(shared): State<Arc<Shared>>) -> Result<Json<KernelView>, Problem> {
    answer(&shared, |kernel| kernel.start_burst()).await
}

pub(super) async fn end_burst(
    State(shared): State<Arc<Shared>>,
) -> Result<Json<KernelView>, Problem> {
    answer(&shared, |kernel| kernel.end_burst()).await
}

pub(super) async fn faults(State(shared): State<Arc<Shared>>) -> Result<Json<FaultsView>, Problem> {
    answer(&shared, |kernel| Ok(kernel.faults())).await
}
