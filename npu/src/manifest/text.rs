//! A manifest as text again.

use super::document::{MANIFEST_FORMAT, Manifest};
use crate::model_file::{FileFormat, Precision};
use crate::tensor::{ElementType, Quantisation, TensorDescription};
use serde::Serialize;
use std::iter;

#[derive(Serialize)]
struct Document<'a> {
    format: u64,
    name: &'a str,
    version: &'a str,
    licence: &'a str,
    training: &'a str,
    files: Vec<FileEntry<'a>>,
    inputs: Vec<TensorEntry<'a>>,
    outputs: Vec<TensorEntry<'a>>,
}

#[derive(Serialize)]
struct FileEntry<'a> {
    file: &'a str,
    format: FileFormat,
    precision: Precision,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
}

#[derive(Serialize)]
struct TensorEntry<'a> {
    name: &'a str,
    shape: &'a [usize],
    element: ElementType,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    labels: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    quantisation: Option<Quantisation>,
}

impl Manifest {
    /// Its text: [`Manifest::parse`] gives the same manifest again.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let files = self.files.iter().map(|file| FileEntry {
            file: &file.name,
            format: file.format,
            precision: file.precision,
            sha256: file.sha256.to_string(),
            target: file.target.as_deref(),
        });
        let labels = self.labels.iter().map(Vec::as_slice);
        let document = Document {
            format: MANIFEST_FORMAT,
            name: &self.name,
            version: &self.version,
            licence: &self.licence,
            training: &self.training,
            files: files.collect(),
            inputs: entries(&self.inputs, iter::repeat(&[][..])),
            outputs: entries(&self.outputs, labels.chain(iter::repeat(&[][..]))),
        };
        toml::to_string(&document).expect("a manifest holds nothing that TOML cannot say")
    }
}

fn entries<'a>(
    tensors: &'a [TensorDescription],
    labels: impl Iterator<Item = &'a [String]>,
) -> Vec<TensorEntry<'a>> {
    let entry = |(tensor, labels): (&'a TensorDescription, &'a [String])| TensorEntry {
        name: &tensor.name,
        shape: &tensor.shape,
        element: tensor.element,
        labels,
        quantisation: tensor.quantisation,
    };
    tensors.iter().zip(labels).map(entry).collect()
}
