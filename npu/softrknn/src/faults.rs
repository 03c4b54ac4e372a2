//! Faults on purpose.

use crate::exports::CALLS;
use crate::refusal::{Refusal, say};
use crate::runtime::lock;
use rknpu2_sys as sys;
use std::collections::HashMap;
use std::ffi::c_int;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Where the first plan stands.
const VARIABLE: &str = "TRIUNE_SOFTRKNN_FAULTS";

/// What is to go wrong, as a list with commas:
///
/// | text | what happens |
/// |---|---|
/// | `device-lost@CALL:N` | from the Nth call on, whatever needs the device gives -3 |
/// | `timeout@CALL:N` | the Nth call gives -2 |
/// | `malloc@CALL:N` | the Nth call gives -4, or a null pointer |
/// | `hang@CALL:N` | the Nth call never returns |
/// | `crash@CALL:N` | the Nth call aborts the process |
/// | `code@CALL:CODE` | every such call gives this code (a number below 0) |
/// | `version=TEXT` | the interface's version reads so |
/// | `count=N` | so many inputs and outputs are told |
/// | `stride@output:I`, `stride@input:I` | its `size_with_stride` and `w_stride` are told too small |
/// | `name-unterminated` | names of tensors have no NUL at their end |
/// | `nan@output:I` | the first element of an output is not a number, where it is floating point |
/// | `slow=Nms` | each run holds its cores so much longer |
/// | `strict-sync` | no run synchronises memory by itself |
/// | `half` | single precision is told as half precision, as the real one does without quantisation |
/// | `pure-rust` | models loaded now are computed in pure Rust, whatever else is there |
///
/// `CALL` is a function's name without `rknn_`; calls are counted from when the plan is made, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultPlan {
    counted: Vec<Counted>,
    codes: Vec<(&'static str, c_int)>,
    pub(crate) version: Option<String>,
    pub(crate) count: Option<u32>,
    pub(crate) short_inputs: Vec<usize>,
    pub(crate) short_outputs: Vec<usize>,
    pub(crate) unterminated: bool,
    pub(crate) not_numbers: Vec<usize>,
    pub(crate) slow: Duration,
    pub(crate) strict_sync: bool,
    pub(crate) pure_rust: bool,
    pub(crate) half: bool,
}

/// A fault at one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted {
    kind: Kind,
    call: &'static str,
    nth: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    DeviceLost,
    TimedOut,
    NoMemory,
    Hang,
    Crash,
}

/// A fault that is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the fault '{fault}' cannot be injected: {reason}")]
pub struct FaultPlanError {
    /// What was written.
    pub fault: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl FromStr for FaultPlan {
    type Err = FaultPlanError;

    fn from_str(text: &str) -> Result<Self, FaultPlanError> {
        let mut plan = Self::default();
        let faults = text.split(',').map(str::trim);
        for fault in faults.filter(|fault| !fault.is_empty()) {
            plan.add(fault).map_err(|reason| FaultPlanError {
                fault: fault.to_owned(),
                reason,
            })?;
        }
        Ok(plan)
    }
}

impl FaultPlan {
    fn add(&mut self, fault: &str) -> Result<(), &'static str> {
        if let Some((kind, place)) = fault.split_once('@') {
            let (place, number) = place.split_once(':').ok_or("give PLACE:NUMBER after '@'")?;
            return self.add_placed(kind, place, number);
        }
        match fault.split_once('=') {
            Some(("version", text)) => self.version = Some(text.to_owned()),
            Some(("count", number)) => {
                self.count = Some(number.parse().map_err(|_| "give a whole number")?);
            }
            Some(("slow", time)) => {
                let time = time.strip_suffix("ms").ok_or("give milliseconds as 5ms")?;
                let time = time.parse().map_err(|_| "give milliseconds as 5ms")?;
                self.slow = Duration::from_millis(time);
            }
            None if fault == "name-unterminated" => self.unterminated = true,
            None if fault == "strict-sync" => self.strict_sync = true,
            None if fault == "pure-rust" => self.pure_rust = true,
            None if fault == "half" => self.half = true,
            _ => return Err("there is no such fault"),
        }
        Ok(())
    }

    fn add_placed(&mut self, kind: &str, place: &str, number: &str) -> Result<(), &'static str> {
        let index = || number.parse().map_err(|_| "give the tensor's index");
        match (kind, place) {
            ("stride", "input") => self.short_inputs.push(index()?),
            ("stride", "output") => self.short_outputs.push(index()?),
            ("nan", "output") => self.not_numbers.push(index()?),
            ("stride" | "nan", _) => return Err("it can be at 'output' (or 'input') only"),
            ("code", call) => {
                let code = number.parse().ok().filter(|&code: &c_int| code < 0);
                self.codes
                    .push((known(call)?, code.ok_or("give a number below 0")?));
            }
            (kind, call) => {
                let kind = match kind {
                    "device-lost" => Kind::DeviceLost,
                    "timeout" => Kind::TimedOut,
                    "malloc" => Kind::NoMemory,
                    "hang" => Kind::Hang,
                    "crash" => Kind::Crash,
                    _ => return Err("there is no such fault"),
                };
                let nth = number.parse().ok().filter(|&nth: &u64| nth > 0);
                let nth = nth.ok_or("give which call, from 1")?;
                let call = known(call)?;
                self.counted.push(Counted { kind, call, nth });
            }
        }
        Ok(())
    }
}

/// The call's whole name.
fn known(call: &str) -> Result<&'static str, &'static str> {
    CALLS
        .iter()
        .find(|name| name.strip_prefix("rknn_") == Some(call))
        .copied()
        .ok_or("there is no such call")
}

/// The plan in force, and what came of it so far.
pub(crate) struct Faults {
    state: Mutex<State>,
}

struct State {
    plan: Result<Arc<FaultPlan>, FaultPlanError>,
    calls: HashMap<&'static str, u64>,
    lost: bool,
}

impl Faults {
    pub(crate) fn from_environment() -> Self {
        let text = std::env::var(VARIABLE).unwrap_or_default();
        if !text.is_empty() {
            say(&format!("{VARIABLE}={text}"));
        }
        Self {
            state: Mutex::new(State {
                plan: text.parse().map(Arc::new),
                calls: HashMap::new(),
                lost: false,
            }),
        }
    }

    /// From now on this plan, with all calls counted anew and the device there again.
    pub(crate) fn replace(&self, plan: FaultPlan) {
        *lock(&self.state) = State {
            plan: Ok(Arc::new(plan)),
            calls: HashMap::new(),
            lost: false,
        };
    }

    /// # Errors
    /// If the environment's faults are not known: then nothing is tested as it was meant.
    pub(crate) fn plan(&self) -> Result<Arc<FaultPlan>, Refusal> {
        let plan = lock(&self.state).plan.clone();
        plan.map_err(|error| Refusal::parameter(error.to_string()))
    }

    /// What is to happen to a call before it does anything.
    pub(crate) fn before(&self, call: &'static str) -> Result<(), Refusal> {
        let plan = self.plan()?;
        let (due, lost) = {
            let mut state = lock(&self.state);
            let calls = state.calls.entry(call).or_default();
            *calls += 1;
            let nth = *calls;
            let due = plan
                .counted
                .iter()
                .find(|fault| fault.call == call && fault.nth == nth);
            state.lost |= due.is_some_and(|fault| fault.kind == Kind::DeviceLost);
            (due.map(|fault| fault.kind), state.lost)
        };
        match due {
            Some(Kind::TimedOut) => {
                return Err(Refusal::new(sys::RKNN_ERR_TIMEOUT, "time-out (injected)"));
            }
            Some(Kind::NoMemory) => return Err(Refusal::memory("out of memory (injected)")),
            Some(Kind::Hang) => loop {
                std::thread::sleep(Duration::from_secs(3600));
            },
            Some(Kind::Crash) => std::process::abort(),
            Some(Kind::DeviceLost) | None => {}
        }
        if lost && needs_device(call) {
            let why = "the device is lost (injected)";
            return Err(Refusal::new(sys::RKNN_ERR_DEVICE_UNAVAILABLE, why));
        }
        match plan.codes.iter().find(|(name, _)| *name == call) {
            Some(&(_, code)) => Err(Refusal::new(code, "code (injected)")),
            None => Ok(()),
        }
    }
}

/// What a program holds it may give back even when the device is lost.
fn needs_device(call: &str) -> bool {
    matches!(
        call,
        "rknn_init"
            | "rknn_dup_context"
            | "rknn_run"
            | "rknn_create_mem"
            | "rknn_create_mem2"
            | "rknn_matmul_create"
            | "rknn_matmul_create_dynamic_shape"
            | "rknn_matmul_run"
    )
}
