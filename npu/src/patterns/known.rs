//! What the recogniser was taught, so that something else can be told from it.

use super::segment::{SIGNATURE_LENGTH, Segment, TRACE_LENGTH};
use crate::manifest::Manifest;
use crate::model_hash::ModelHash;

const MAGIC: &[u8; 4] = b"TRKN";
const VERSION: u32 = 1;
/// More than these no file needs.
const MOST_CLASSES: usize = 64;
const MOST_SIGNATURES: usize = 8192;

/// Statistics of taught segments; `models/dual_activation/known.py` makes them and tells their
/// file's form.
#[derive(Clone, Debug)]
pub struct Known {
    /// Turns a trace so that its spread within a class is one in every direction: row by row.
    whitening: Vec<[f32; TRACE_LENGTH]>,
    /// Mean of each class, turned likewise.
    classes: Vec<[f32; TRACE_LENGTH]>,
    signatures: Vec<[f32; SIGNATURE_LENGTH]>,
    trace_limit: f32,
    signature_limit: f32,
}

/// Why statistics were refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KnownError {
    /// It is no file of statistics.
    #[error("this is no file of taught statistics: restore the model's known.bin")]
    Foreign,
    /// A later program wrote it.
    #[error("the taught statistics have version {0}, this program reads 1: update the program")]
    TooNew(u32),
    /// It is cut, has more than it should, or holds what is no number.
    #[error("the taught statistics are damaged: restore the model's known.bin")]
    Damaged,
    /// They were made with another model.
    #[error(
        "the taught statistics belong to the model file with SHA-256 {0}, which the manifest does \
         not name: install both of the same version"
    )]
    OtherModel(ModelHash),
}

/// Up to how many times the limit of signatures a trace may vouch for a segment.
const VOUCHED: f32 = 1.5;

impl Known {
    /// The statistics of the recogniser that is part of this program.
    ///
    /// # Errors
    /// [`KnownError`] if they do not belong to `manifest`.
    pub fn shipped(manifest: &Manifest) -> Result<Self, KnownError> {
        const BYTES: &[u8] = include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../models/dual_activation/known.bin"
        ));
        Self::parse(BYTES, manifest)
    }

    /// Reads statistics that must belong to a model file which `manifest` names.
    ///
    /// # Errors
    /// See [`KnownError`].
    pub fn parse(bytes: &[u8], manifest: &Manifest) -> Result<Self, KnownError> {
        let mut rest = bytes;
        if take::<4>(&mut rest).as_ref() != Some(MAGIC) {
            return Err(KnownError::Foreign);
        }
        let number = |rest: &mut &[u8]| {
            let bytes = take(rest).ok_or(KnownError::Damaged)?;
            Ok(u32::from_le_bytes(bytes))
        };
        let version = number(&mut rest)?;
        if version != VERSION {
            return Err(KnownError::TooNew(version));
        }
        let model = ModelHash(take(&mut rest).ok_or(KnownError::Damaged)?);
        if !manifest.files.iter().any(|file| file.sha256 == model) {
            return Err(KnownError::OtherModel(model));
        }
        let classes = number(&mut rest)? as usize;
        let signatures = number(&mut rest)? as usize;
        if !(1..=MOST_CLASSES).contains(&classes) || !(1..=MOST_SIGNATURES).contains(&signatures) {
            return Err(KnownError::Damaged);
        }
        let [trace_limit, signature_limit] = values(&mut rest)?;
        let known = Self {
            whitening: rows(&mut rest, TRACE_LENGTH)?,
            classes: rows(&mut rest, classes)?,
            signatures: rows(&mut rest, signatures)?,
            trace_limit,
            signature_limit,
        };
        if rest.is_empty() && trace_limit > 0.0 && signature_limit > 0.0 {
            Ok(known)
        } else {
            Err(KnownError::Damaged)
        }
    }

    /// Whether the segment shows what was taught: its signature lies near one that was met in training,
    /// or not far from one while its trace lies near a class (Mahalanobis 1936, with one covariance for
    /// all classes). The trace does not vouch for what is clearly elsewhere: the model gives every
    /// window one of its classes.
    #[must_use]
    pub fn is_known(&self, segment: &Segment) -> bool {
        let apart = self.signature_distance(segment) / self.signature_limit;
        apart <= 1.0 || apart <= VOUCHED && self.trace_distance(segment) <= self.trace_limit
    }

    /// Mahalanobis distance of the trace to the nearest class.
    #[must_use]
    pub fn trace_distance(&self, segment: &Segment) -> f32 {
        let mut turned = [0.0; TRACE_LENGTH];
        for (value, row) in turned.iter_mut().zip(&self.whitening) {
            *value = row.iter().zip(&segment.trace).map(|(a, b)| a * b).sum();
        }
        nearest(&self.classes, &turned)
    }

    /// Distance of the signature to the nearest one of training.
    #[must_use]
    pub fn signature_distance(&self, segment: &Segment) -> f32 {
        nearest(&self.signatures, &segment.signature)
    }
}

fn nearest<const N: usize>(places: &[[f32; N]], point: &[f32; N]) -> f32 {
    let distances = places.iter().map(|place| distance(place, point));
    distances.fold(f32::INFINITY, f32::min)
}

pub(super) fn distance<const N: usize>(one: &[f32; N], other: &[f32; N]) -> f32 {
    let squares = one.iter().zip(other).map(|(a, b)| (a - b) * (a - b));
    squares.sum::<f32>().sqrt()
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk::<N>()?;
    *rest = left;
    Some(*taken)
}

fn values<const N: usize>(rest: &mut &[u8]) -> Result<[f32; N], KnownError> {
    let mut values = [0.0; N];
    for value in &mut values {
        *value = f32::from_le_bytes(take(rest).ok_or(KnownError::Damaged)?);
        if !value.is_finite() {
            return Err(KnownError::Damaged);
        }
    }
    Ok(values)
}

fn rows<const N: usize>(rest: &mut &[u8], count: usize) -> Result<Vec<[f32; N]>, KnownError> {
    (0..count).map(|_| values(rest)).collect()
}
