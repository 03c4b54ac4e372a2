//! One lane's thread.

use super::executor::{ExecuteError, RunningRequest};
use super::state::{Shared, Taken};
use crate::check::check_call;
use crate::error::{DeviceFault, RunError};
use crate::model::Timing;
use crate::tensor::Tensor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs what there is to run until all is stopped.
pub(super) fn run(shared: &Shared, lane: usize) {
    while let Some(mut taken) = shared.next(lane) {
        // Whatever happens, the request is answered or refused.
        let attempt = catch_unwind(AssertUnwindSafe(|| execute(shared, lane, &mut taken)));
        let outcome = attempt.unwrap_or_else(|_| {
            let fault = DeviceFault::Failed("running the model panicked".to_owned());
            Err(RunError::from(fault).into())
        });
        shared.finish(lane, taken, outcome);
    }
}

fn execute(shared: &Shared, lane: usize, taken: &mut Taken) -> Result<Timing, ExecuteError> {
    let job = &mut *taken.job;
    let inputs: Vec<_> = job.inputs.iter().map(Tensor::view).collect();
    let outputs: Vec<_> = job.outputs.iter_mut().map(Tensor::view_mut).collect();
    check_call(&job.description, &inputs, &outputs)?;
    drop(outputs);
    let mut request = RunningRequest {
        model: job.model,
        inputs: &job.inputs,
        outputs: &mut job.outputs,
        deadline: job.deadline,
        usual: taken.usual,
    };
    shared.executor.run(lane, &mut request)
}
