//! A loaded model with its inputs and outputs.

use crate::binding::Binding;
use crate::cores::CoreMask;
use crate::element::Element;
use crate::faults::FaultPlan;
use crate::layout::{Layout, Role, View, element};
use crate::memory::Memory;
use crate::model_source::{ModelSource, chain};
use crate::refusal::Refusal;
use crate::runtime::Runtime;
use crate::transfer::{check_wanted, gather, scatter};
use rknpu2_sys as sys;
use std::ffi::CString;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use triune_npu::{Backend, Model, RunError, Tensor, TensorData, TensorDescription, Timing};

/// All flags of `rknn_init` that the interface has.
const KNOWN_FLAGS: u32 = 0x1_FFFF;

/// One context.
pub(crate) struct Context {
    pub(crate) source: ModelSource,
    pub(crate) flags: u32,
    pub(crate) cores: CoreMask,
    /// Of the last run.
    pub(crate) timing: Option<Timing>,
    /// What `RKNN_QUERY_PERF_DETAIL` points to.
    pub(crate) report: CString,
    model: Box<dyn Model>,
    inputs: Vec<Input>,
    outputs: Vec<Output>,
    frames: u64,
    /// Memory of the program for weights and between layers, where it wanted to give it.
    pub(crate) weights: Option<Arc<Memory>>,
    pub(crate) scratch: Option<Arc<Memory>>,
}

struct Input {
    tensor: Tensor,
    given: bool,
    bound: Option<Binding>,
}

struct Output {
    tensor: Tensor,
    bound: Option<Binding>,
}

impl Context {
    pub(crate) fn load(
        source: ModelSource,
        flags: u32,
        backend: &dyn Backend,
    ) -> Result<Self, Refusal> {
        if flags & !KNOWN_FLAGS != 0 {
            return Err(Refusal::parameter(format!("unknown flags in {flags:#x}")));
        }
        for tensor in source
            .manifest
            .inputs
            .iter()
            .chain(&source.manifest.outputs)
        {
            check_size(tensor)?;
        }
        let model = backend
            .load(&source.bytes, &source.manifest)
            .map_err(|error| Refusal::model(chain(&error)))?;
        let description = model.describe();
        let inputs = description.inputs.iter().map(|tensor| Input {
            tensor: Tensor::zero(tensor),
            given: false,
            bound: None,
        });
        let outputs = description.outputs.iter().map(|tensor| Output {
            tensor: Tensor::zero(tensor),
            bound: None,
        });
        Ok(Self {
            inputs: inputs.collect(),
            outputs: outputs.collect(),
            source,
            flags,
            cores: CoreMask::Any,
            timing: None,
            report: CString::default(),
            model,
            frames: 0,
            weights: None,
            scratch: None,
        })
    }

    pub(crate) fn has_flag(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    pub(crate) fn tensors(&self, role: Role) -> &[TensorDescription] {
        let description = self.model.describe();
        match role {
            Role::Input => &description.inputs,
            Role::Output => &description.outputs,
        }
    }

    pub(crate) fn tensor(&self, role: Role, index: u32) -> Result<&TensorDescription, Refusal> {
        let tensors = self.tensors(role);
        tensors.get(index as usize).ok_or_else(|| {
            let count = tensors.len();
            match role {
                Role::Input => Refusal::input(format!("input {index} is none of {count}")),
                Role::Output => Refusal::output(format!("output {index} is none of {count}")),
            }
        })
    }

    /// Takes an input from `bytes`, which lie at `input.buf`.
    pub(crate) fn set_input(
        &mut self,
        input: &sys::rknn_input,
        bytes: &[u8],
    ) -> Result<(), Refusal> {
        let tensor = self.tensor(Role::Input, input.index)?.clone();
        let (kind, layout) = input_form(input, &tensor)?;
        let needed = layout.slots() * kind.bytes();
        if bytes.len() != needed {
            return Err(Refusal::input(format!(
                "input '{}' has {needed} bytes as {kind:?}, {} were given",
                tensor.name,
                bytes.len()
            )));
        }
        let slot = &mut self.inputs[input.index as usize];
        gather(&mut slot.tensor, &tensor, &layout, kind, bytes);
        slot.given = true;
        slot.bound = None;
        Ok(())
    }

    /// Whether `rknn_inputs_set` would take the input, before anything is changed.
    pub(crate) fn check_input(&self, input: &sys::rknn_input) -> Result<(), Refusal> {
        let tensor = self.tensor(Role::Input, input.index)?;
        input_form(input, tensor).map(|_| ())
    }

    /// The attribute's name says which tensor is meant, as inputs and outputs count from 0 each.
    pub(crate) fn bind(
        &mut self,
        memory: Arc<Memory>,
        attribute: &sys::rknn_tensor_attr,
    ) -> Result<(), Refusal> {
        let index = attribute.index as usize;
        let named = |role| {
            self.tensors(role)
                .get(index)
                .filter(|tensor| crate::query::name(&tensor.name) == attribute.name)
        };
        if let Some(tensor) = named(Role::Input) {
            let binding = Binding::new(memory, attribute, tensor)?;
            self.inputs[index].bound = Some(binding);
        } else if let Some(tensor) = named(Role::Output) {
            let binding = Binding::new(memory, attribute, tensor)?;
            check_wanted(tensor, binding.element)?;
            self.outputs[index].bound = Some(binding);
        } else {
            return Err(Refusal::parameter(format!(
                "no tensor has index {index} and the attribute's name"
            )));
        }
        Ok(())
    }

    /// Runs the model once and tells the number of the run.
    pub(crate) fn run(&mut self, runtime: &Runtime) -> Result<u64, Refusal> {
        let plan = runtime.faults.plan()?;
        self.check_ready()?;
        self.take_bound(&plan)?;
        self.compute(runtime, &plan)?;
        for &index in &plan.not_numbers {
            if let Some(TensorData::F32(values)) = self
                .outputs
                .get_mut(index)
                .map(|output| &mut output.tensor.data)
            {
                values[0] = f32::NAN;
            }
        }
        self.give_bound(&plan)?;
        runtime.runs.fetch_add(1, Ordering::Relaxed);
        self.frames += 1;
        Ok(self.frames)
    }

    fn check_ready(&self) -> Result<(), Refusal> {
        if self.has_flag(sys::RKNN_FLAG_COLLECT_MODEL_INFO_ONLY) {
            let why = "the context was made to tell sizes only";
            return Err(Refusal::failed(why));
        }
        let outside = self.has_flag(sys::RKNN_FLAG_MEM_ALLOC_OUTSIDE);
        if outside && self.weights.is_none() {
            return Err(Refusal::failed("no memory was given for the weights"));
        }
        let scratch_outside = outside || self.has_flag(sys::RKNN_FLAG_INTERNAL_ALLOC_OUTSIDE);
        if scratch_outside && self.scratch.is_none() {
            return Err(Refusal::failed(
                "no memory was given for what is between layers",
            ));
        }
        let tensors = self.tensors(Role::Input);
        for (tensor, input) in tensors.iter().zip(&self.inputs) {
            if !input.given && input.bound.is_none() {
                let name = &tensor.name;
                return Err(Refusal::input(format!("input '{name}' was not given")));
            }
        }
        Ok(())
    }

    fn take_bound(&mut self, plan: &FaultPlan) -> Result<(), Refusal> {
        let by_itself =
            !plan.strict_sync && !self.has_flag(sys::RKNN_FLAG_DISABLE_FLUSH_INPUT_MEM_CACHE);
        let tensors = &self.model.describe().inputs;
        for (tensor, input) in tensors.iter().zip(&mut self.inputs) {
            let Some(bound) = &input.bound else { continue };
            if by_itself {
                bound.memory.sync_to_device()?;
            }
            bound.memory.on_device(|bytes| {
                let bytes = &bytes[..bound.length()];
                gather(
                    &mut input.tensor,
                    tensor,
                    &bound.layout,
                    bound.element,
                    bytes,
                );
                Ok(())
            })?;
        }
        Ok(())
    }

    fn compute(&mut self, runtime: &Runtime, plan: &FaultPlan) -> Result<(), Refusal> {
        let inputs: Vec<_> = self
            .inputs
            .iter()
            .map(|input| input.tensor.view())
            .collect();
        let mut outputs: Vec<_> = self
            .outputs
            .iter_mut()
            .map(|output| output.tensor.view_mut())
            .collect();
        let _cores = runtime.cores.hold(self.cores);
        if !plan.slow.is_zero() {
            std::thread::sleep(plan.slow);
        }
        // What came out before is no result of this run.
        self.timing = None;
        let timing = self.model.run(&inputs, &mut outputs).map_err(|error| {
            let why = chain(&error);
            match error {
                RunError::InputNotFinite { .. } => Refusal::input(why),
                _ => Refusal::failed(why),
            }
        })?;
        self.timing = Some(timing);
        Ok(())
    }

    fn give_bound(&mut self, plan: &FaultPlan) -> Result<(), Refusal> {
        let by_itself =
            !plan.strict_sync && !self.has_flag(sys::RKNN_FLAG_DISABLE_FLUSH_OUTPUT_MEM_CACHE);
        let tensors = &self.model.describe().outputs;
        for (tensor, output) in tensors.iter().zip(&self.outputs) {
            let Some(bound) = &output.bound else { continue };
            bound.memory.on_device(|bytes| {
                let bytes = &mut bytes[..bound.length()];
                scatter(&output.tensor, tensor, &bound.layout, bound.element, bytes);
                Ok(())
            })?;
            if by_itself {
                bound.memory.sync_from_device()?;
            }
        }
        Ok(())
    }

    /// An output of the last run, in the usual layout.
    pub(crate) fn output(&self, index: u32, want_float: bool) -> Result<Box<[u8]>, Refusal> {
        let tensor = self.tensor(Role::Output, index)?;
        if self.timing.is_none() {
            return Err(Refusal::output(
                "there is no result: the last run failed, or none was made",
            ));
        }
        let kind = if want_float {
            Element::F32
        } else {
            element(View::Usual, tensor)
        };
        let layout = Layout::of(Role::Output, View::Usual, tensor);
        let mut bytes = vec![0; layout.slots() * kind.bytes()].into_boxed_slice();
        let values = &self.outputs[index as usize].tensor;
        scatter(values, tensor, &layout, kind, &mut bytes);
        Ok(bytes)
    }

    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }
}

/// The type and layout in which `rknn_inputs_set` gets an input.
fn input_form(
    input: &sys::rknn_input,
    tensor: &TensorDescription,
) -> Result<(Element, Layout), Refusal> {
    let refuse = |why: String| Refusal::input(format!("input '{}': {why}", tensor.name));
    let own = element(View::Usual, tensor);
    if input.pass_through != 0 {
        // Type and format are not looked at: they are the model's.
        return Ok((own, Layout::of(Role::Input, View::Usual, tensor).dense()));
    }
    let kind = Element::of(input.type_)
        .ok_or_else(|| refuse(format!("type {} is not supported", input.type_)))?;
    let layout = Layout::of_format(input.fmt, tensor)
        .filter(|layout| !layout.is_blocks())
        .ok_or_else(|| refuse(format!("it cannot be given in format {}", input.fmt)))?;
    Ok((kind, layout.dense()))
}

/// The interface tells sizes in 32 bits, and rows and channels are filled up.
fn check_size(tensor: &TensorDescription) -> Result<(), Refusal> {
    for view in [View::Usual, View::Native, View::NativeNhwc] {
        let slots = Layout::of(Role::Input, view, tensor).slots();
        if u32::try_from(slots * Element::F32.bytes()).is_err() {
            return Err(Refusal::model(format!(
                "tensor '{}' is too large for the interface",
                tensor.name
            )));
        }
    }
    Ok(())
}
