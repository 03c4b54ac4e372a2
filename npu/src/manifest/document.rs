//! The form of a manifest.

use super::error::ManifestError;
use super::rules;
use crate::model_file::{FileFormat, ModelFile, Precision};
use crate::model_hash::ModelHash;
use crate::tensor::{ElementType, Quantisation, TensorDescription};
use serde::Deserialize;

/// Newest format of manifests that this program reads.
pub const MANIFEST_FORMAT: u64 = 2;

/// What is known of a model: its files, what it takes and yields, where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The model's name: lower-case letters, digits and `_`.
    pub name: String,
    /// The model's version.
    pub version: String,
    /// Its files, the one that is to be preferred first. All take and yield the same.
    pub files: Vec<ModelFile>,
    /// Under which terms the model may be used (SPDX).
    pub licence: String,
    /// How it was trained and on what.
    pub training: String,
    /// Inputs in the order in which they are given.
    pub inputs: Vec<TensorDescription>,
    /// Outputs in the order in which they are filled.
    pub outputs: Vec<TensorDescription>,
    /// For each output what its elements along the last axis stand for; empty where nothing is told.
    pub labels: Vec<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[allow(dead_code, reason = "read before everything else, see `format_of`")]
    format: u64,
    name: String,
    version: String,
    files: Vec<FileEntry>,
    licence: String,
    training: String,
    inputs: Vec<TensorEntry>,
    outputs: Vec<TensorEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileEntry {
    pub(super) file: String,
    pub(super) format: FileFormat,
    pub(super) precision: Precision,
    pub(super) sha256: String,
    pub(super) target: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TensorEntry {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) element: ElementType,
    pub(super) quantisation: Option<Quantisation>,
    #[serde(default)]
    pub(super) labels: Vec<String>,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// [`ManifestError`] if the text is no manifest, was written for a newer program, has a
    /// field that is not known, or says something impossible.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let unreadable = |error: toml::de::Error| ManifestError::Unreadable(error.to_string());
        let table: toml::Table = text.parse().map_err(unreadable)?;
        // A newer format may have fields that are not known here, so it is looked at first.
        let found = format_of(&table)?;
        if found > MANIFEST_FORMAT {
            return Err(ManifestError::TooNew {
                found,
                newest: MANIFEST_FORMAT,
            });
        }
        if found < MANIFEST_FORMAT {
            return Err(ManifestError::TooOld {
                found,
                oldest: MANIFEST_FORMAT,
            });
        }
        let document: Document = table.try_into().map_err(unreadable)?;
        document.checked()
    }

    /// Reads what [`Manifest::to_toml`] wrote, whatever the manifest says: who wrote it has checked it.
    pub(crate) fn read_again(text: &str) -> Result<Self, ManifestError> {
        let unreadable = |error: toml::de::Error| ManifestError::Unreadable(error.to_string());
        let document: Document = toml::from_str(text).map_err(unreadable)?;
        document.manifest()
    }

    /// The first of its files of the first of `formats` that it has.
    #[must_use]
    pub fn file_for(&self, formats: &[FileFormat]) -> Option<&ModelFile> {
        let of = |format: &FileFormat| self.files.iter().find(|file| file.format == *format);
        formats.iter().find_map(of)
    }

    /// The file that has this hash.
    #[must_use]
    pub fn file_with(&self, hash: &ModelHash) -> Option<&ModelFile> {
        self.files.iter().find(|file| file.sha256 == *hash)
    }

    /// Place of the output of this name.
    #[must_use]
    pub fn output_index(&self, name: &str) -> Option<usize> {
        self.outputs.iter().position(|output| output.name == name)
    }
}

fn format_of(table: &toml::Table) -> Result<u64, ManifestError> {
    table
        .get("format")
        .and_then(toml::Value::as_integer)
        .and_then(|number| u64::try_from(number).ok())
        .filter(|&number| number > 0)
        .ok_or_else(|| ManifestError::invalid("format", "is missing or no whole number above 0"))
}

impl Document {
    fn checked(self) -> Result<Manifest, ManifestError> {
        rules::check_name(&self.name)?;
        rules::check_files(&self.files)?;
        let texts = [
            ("version", &self.version),
            ("licence", &self.licence),
            ("training", &self.training),
        ];
        for (field, text) in texts {
            rules::check_text(field, text)?;
        }
        rules::check_tensors("inputs", &self.inputs)?;
        rules::check_tensors("outputs", &self.outputs)?;
        self.manifest()
    }

    fn manifest(self) -> Result<Manifest, ManifestError> {
        let files = self
            .files
            .into_iter()
            .map(FileEntry::checked)
            .collect::<Result<_, _>>()?;
        let labels = self
            .outputs
            .iter()
            .map(|output| output.labels.clone())
            .collect();
        Ok(Manifest {
            name: self.name,
            version: self.version,
            files,
            licence: self.licence,
            training: self.training,
            inputs: self
                .inputs
                .into_iter()
                .map(TensorEntry::description)
                .collect(),
            outputs: self
                .outputs
                .into_iter()
                .map(TensorEntry::description)
                .collect(),
            labels,
        })
    }
}

impl FileEntry {
    fn checked(self) -> Result<ModelFile, ManifestError> {
        let sha256 = self
            .sha256
            .parse()
            .map_err(|error| ManifestError::invalid("sha256", format!("is no hash: {error}")))?;
        Ok(ModelFile {
            name: self.file,
            format: self.format,
            precision: self.precision,
            sha256,
            target: self.target,
        })
    }
}

impl TensorEntry {
    fn description(self) -> TensorDescription {
        TensorDescription {
            name: self.name,
            shape: self.shape,
            element: self.element,
            quantisation: self.quantisation,
        }
    }
}
