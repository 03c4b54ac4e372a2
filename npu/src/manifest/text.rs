//! A manifest as text again.

use super::document::{MANIFEST_FORMAT, Manifest};
use crate::model_file::ModelFile;
use crate::tensor::TensorDescription;
use toml::{Table, Value};

impl Manifest {
    /// The text that [`Manifest::parse`] reads as this manifest.
    #[must_use]
    pub fn text(&self) -> String {
        let tensors = |tensors: &[TensorDescription]| tensors.iter().map(tensor).collect();
        let mut outputs: Vec<Table> = tensors(&self.outputs);
        for (output, labels) in outputs.iter_mut().zip(&self.labels) {
            if !labels.is_empty() {
                output.insert("labels".into(), labels.clone().into());
            }
        }
        let inputs: Vec<Table> = tensors(&self.inputs);
        let files: Vec<Table> = self.files.iter().map(file).collect();
        let mut table = Table::new();
        table.insert("format".into(), (MANIFEST_FORMAT as i64).into());
        let texts = [
            ("name", &self.name),
            ("version", &self.version),
            ("licence", &self.licence),
            ("training", &self.training),
        ];
        for (field, text) in texts {
            table.insert(field.into(), text.clone().into());
        }
        for (field, entries) in [("files", files), ("inputs", inputs), ("outputs", outputs)] {
            table.insert(field.into(), entries.into());
        }
        table.to_string()
    }
}

fn file(file: &ModelFile) -> Table {
    let mut table = Table::new();
    table.insert("file".into(), file.name.clone().into());
    table.insert(
        "format".into(),
        file.format.to_string().to_lowercase().into(),
    );
    let precision = match file.precision {
        crate::model_file::Precision::F32 => "f32",
        crate::model_file::Precision::Int8 => "int8",
    };
    table.insert("precision".into(), precision.into());
    table.insert("sha256".into(), file.sha256.to_string().into());
    if let Some(target) = &file.target {
        table.insert("target".into(), target.clone().into());
    }
    table
}

fn tensor(tensor: &TensorDescription) -> Table {
    let mut table = Table::new();
    table.insert("name".into(), tensor.name.clone().into());
    let axes = tensor.shape.iter().map(|&axis| Value::from(axis as i64));
    table.insert("shape".into(), axes.collect::<Vec<_>>().into());
    table.insert("element".into(), tensor.element.to_string().into());
    if let Some(quantisation) = tensor.quantisation {
        let mut inner = Table::new();
        inner.insert("scale".into(), f64::from(quantisation.scale).into());
        inner.insert(
            "zero_point".into(),
            i64::from(quantisation.zero_point).into(),
        );
        table.insert("quantisation".into(), inner.into());
    }
    table
}
