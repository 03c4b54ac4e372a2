//! Products of matrices of 8-bit integers, summed in 32 bits.
//!
//! Other types, and the layouts of the device's own, are refused: no public, licensed source says
//! how they lie.

use crate::cores::CoreMask;
use crate::memory::Memory;
use crate::query::letters;
use crate::refusal::Refusal;
use crate::runtime::Runtime;
use rknpu2_sys as sys;
use std::ffi::c_char;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use sys::_rknn_matmul_type as kind;
use sys::_rknn_tensor_type as element;

/// K and N are multiples of this on an RK3588.
const STEP: i32 = 32;
/// Longer sums are to be split.
const LONGEST_K: i32 = 8192;
/// So that sizes stay within 32 bits.
const MOST_ROWS: i32 = 1 << 16;
const MOST_COLUMNS: i32 = 1 << 13;
/// Shapes that one context may have.
const MOST_SHAPES: i32 = 512;

/// C (M x N) = A (M x K) x B (K x N), each row after row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    m: usize,
    k: usize,
    n: usize,
}

/// One context of a product.
pub(crate) struct Matmul {
    shapes: Vec<Shape>,
    current: Shape,
    cores: CoreMask,
    /// A, B and C.
    bound: [Option<Arc<Memory>>; 3],
}

impl Shape {
    pub(crate) fn of(shape: sys::rknn_matmul_shape) -> Result<Self, Refusal> {
        let sys::rknn_matmul_shape { M: m, K: k, N: n } = shape;
        let fits = (1..=MOST_ROWS).contains(&m)
            && (STEP..=LONGEST_K).contains(&k)
            && (STEP..=MOST_COLUMNS).contains(&n)
            && k % STEP == 0
            && n % STEP == 0;
        if !fits {
            return Err(Refusal::parameter(format!(
                "M {m}, K {k}, N {n}: K and N are multiples of {STEP}, K at most {LONGEST_K}, \
                 N at most {MOST_COLUMNS}, M at most {MOST_ROWS}"
            )));
        }
        Ok(Self {
            m: m as usize,
            k: k as usize,
            n: n as usize,
        })
    }

    /// What the three matrices are.
    pub(crate) fn attributes(self) -> sys::rknn_matmul_io_attr {
        let attribute = |name, rows: usize, columns: usize, type_, bytes: usize| {
            let mut dims = [0; 16];
            dims[0] = rows as u32;
            dims[1] = columns as u32;
            sys::rknn_matmul_tensor_attr {
                name: letters(name),
                n_dims: 2,
                dims,
                size: (rows * columns * bytes) as u32,
                type_,
            }
        };
        sys::rknn_matmul_io_attr {
            A: attribute("A", self.m, self.k, element::RKNN_TENSOR_INT8, 1),
            B: attribute("B", self.k, self.n, element::RKNN_TENSOR_INT8, 1),
            C: attribute("C", self.m, self.n, element::RKNN_TENSOR_INT32, 4),
        }
    }

    /// Bytes of A, B and C.
    fn sizes(self) -> [usize; 3] {
        [self.m * self.k, self.k * self.n, self.m * self.n * 4]
    }
}

/// Whether products of this kind are computed.
pub(crate) fn check_kind(info: &sys::rknn_matmul_info) -> Result<(), Refusal> {
    if info.type_ != kind::RKNN_INT8_MM_INT8_TO_INT32 {
        return Err(Refusal::parameter(format!(
            "type {}: only INT8 x INT8 -> INT32 is computed",
            info.type_
        )));
    }
    let normal = sys::rknn_matmul_layout::RKNN_MM_LAYOUT_NORM as i16;
    if info.B_layout != normal || info.AC_layout != normal {
        return Err(Refusal::parameter("only the normal layout is known"));
    }
    Ok(())
}

/// How many shapes a context is made for.
pub(crate) fn check_shape_count(count: i32) -> Result<u32, Refusal> {
    u32::try_from(count)
        .ok()
        .filter(|_| (1..=MOST_SHAPES).contains(&count))
        .ok_or_else(|| Refusal::parameter(format!("{count} shapes: give 1 to {MOST_SHAPES}")))
}

impl Matmul {
    pub(crate) fn new(shapes: Vec<Shape>) -> Result<Self, Refusal> {
        let current = *shapes
            .first()
            .ok_or_else(|| Refusal::parameter("there is no shape"))?;
        Ok(Self {
            shapes,
            current,
            cores: CoreMask::Any,
            bound: [None, None, None],
        })
    }

    pub(crate) fn set_shape(&mut self, shape: Shape) -> Result<(), Refusal> {
        if !self.shapes.contains(&shape) {
            return Err(Refusal::parameter(
                "the context was not made for this shape",
            ));
        }
        self.current = shape;
        Ok(())
    }

    /// Several cores for one product are refused by the real runtime too.
    pub(crate) fn set_cores(&mut self, cores: CoreMask) -> Result<(), Refusal> {
        if !cores.is_single() {
            return Err(Refusal::parameter("a product runs on one core"));
        }
        self.cores = cores;
        Ok(())
    }

    pub(crate) fn bind(
        &mut self,
        memory: Arc<Memory>,
        name: &[c_char; 256],
    ) -> Result<(), Refusal> {
        let place = ["A", "B", "C"]
            .iter()
            .position(|own| letters::<256>(own) == *name)
            .ok_or_else(|| Refusal::parameter("the matrices are called A, B and C"))?;
        check_room(&memory, self.current.sizes()[place])?;
        self.bound[place] = Some(memory);
        Ok(())
    }

    pub(crate) fn run(&self, runtime: &Runtime) -> Result<(), Refusal> {
        let [Some(left), Some(right), Some(product)] = &self.bound else {
            return Err(Refusal::parameter("a matrix has no memory"));
        };
        let plan = runtime.faults.plan()?;
        let by_itself = !plan.strict_sync;
        let [left_size, right_size, product_size] = self.current.sizes();
        let take = |memory: &Memory, size| {
            check_room(memory, size)?;
            if by_itself {
                memory.sync_to_device()?;
            }
            memory.on_device(|bytes| Ok(bytes[..size].to_vec()))
        };
        let (left, right) = (take(left, left_size)?, take(right, right_size)?);
        check_room(product, product_size)?;
        let sums = {
            let _cores = runtime.cores.hold(self.cores);
            std::thread::sleep(plan.slow);
            self.current.multiply(&left, &right)
        };
        product.on_device(|bytes| {
            for (place, sum) in bytes.chunks_exact_mut(4).zip(sums) {
                place.copy_from_slice(&sum.to_ne_bytes());
            }
            Ok(())
        })?;
        if by_itself {
            product.sync_from_device()?;
        }
        runtime.runs.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// Memory that was bound for a smaller shape may not hold a larger one.
fn check_room(memory: &Memory, needed: usize) -> Result<(), Refusal> {
    if memory.size() < needed {
        return Err(Refusal::parameter(format!(
            "the matrix needs {needed} bytes, the memory has {}",
            memory.size()
        )));
    }
    Ok(())
}

impl Shape {
    /// No sum leaves 32 bits: 8192 x 128 x 128 is 2^27.
    fn multiply(self, left: &[u8], right: &[u8]) -> Vec<i32> {
        let mut sums = vec![0_i32; self.m * self.n];
        for (row, sums) in left.chunks_exact(self.k).zip(sums.chunks_exact_mut(self.n)) {
            for (&factor, row) in row.iter().zip(right.chunks_exact(self.n)) {
                let factor = i32::from(factor as i8);
                for (sum, &value) in sums.iter_mut().zip(row) {
                    *sum += factor * i32::from(value as i8);
                }
            }
        }
        sums
    }
}
