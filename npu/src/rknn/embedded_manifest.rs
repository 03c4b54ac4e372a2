//! A manifest inside the model file that it describes.
//!
//! The runtime library takes one run of bytes and no manifest. The soft runtime needs one, so it travels
//! within those bytes: as one entry of `metadata_props` (`onnx.proto3`: `ModelProto`, field 14), appended
//! to the file. Joining two messages of Protocol Buffers merges them
//! (protobuf.dev/programming-guides/encoding, "Last One Wins"), so the result is an ONNX model
//! as before, and what stands in front of the entry is the file whose hash the manifest holds.

use crate::manifest::{Manifest, ManifestError};
use crate::wire::{Content, Field, Fields};

/// Key of the entry.
const KEY: &[u8] = b"triune.manifest";
/// Number of the field `metadata_props`.
const METADATA_FIELD: u64 = 14;
/// Numbers of the entry's own two fields, `key` and `value`.
const KEY_FIELD: u64 = 1;
const VALUE_FIELD: u64 = 2;
/// The wire type of what has a length.
const WITH_LENGTH: u64 = 2;

/// Why no manifest was found in a model file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EmbeddedManifestError {
    /// The bytes are no ONNX model.
    #[error("the file is no ONNX model: {0}; give an ONNX file with its manifest embedded")]
    NotOnnx(&'static str),
    /// There is no manifest in it.
    #[error("the ONNX model carries no manifest: embed it, or lay manifest.toml beside the file")]
    Missing,
    /// Something was appended behind it, so that the hash can no longer be checked.
    #[error("the manifest is not the last thing in the file: embed it after every other change")]
    NotLast,
    /// It is not UTF-8.
    #[error("the manifest in the file is no text: embed it again")]
    NotText,
    /// It is refused.
    #[error("the manifest in the file is refused: {0}")]
    Refused(#[from] ManifestError),
}

/// A model file, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddedManifest<'a> {
    /// The file as it was before the manifest was appended.
    pub model: &'a [u8],
    /// The manifest.
    pub manifest: Manifest,
}

impl<'a> EmbeddedManifest<'a> {
    /// `model`, an ONNX file, with its manifest appended.
    #[must_use]
    pub fn append(model: &[u8], manifest: &Manifest) -> Vec<u8> {
        let text = manifest.to_toml();
        let mut entry = Vec::with_capacity(text.len() + 32);
        put_field(&mut entry, KEY_FIELD, KEY);
        put_field(&mut entry, VALUE_FIELD, text.as_bytes());
        let mut bytes = Vec::with_capacity(model.len() + entry.len() + 12);
        bytes.extend_from_slice(model);
        put_field(&mut bytes, METADATA_FIELD, &entry);
        bytes
    }

    /// Finds the manifest in `bytes`.
    ///
    /// # Errors
    /// [`EmbeddedManifestError`] if there is none, or none that can be believed.
    pub fn read(bytes: &'a [u8]) -> Result<Self, EmbeddedManifestError> {
        let mut fields = Fields::of(bytes);
        loop {
            let start = bytes.len() - fields.left();
            let Some(field) = fields.take().map_err(EmbeddedManifestError::NotOnnx)? else {
                return Err(EmbeddedManifestError::Missing);
            };
            let Field {
                number: METADATA_FIELD,
                content: Content::Bytes(entry),
            } = field
            else {
                continue;
            };
            let Some(text) = value_of(entry)? else {
                continue;
            };
            if fields.left() > 0 {
                return Err(EmbeddedManifestError::NotLast);
            }
            let text = str::from_utf8(text).map_err(|_| EmbeddedManifestError::NotText)?;
            return Ok(Self {
                model: &bytes[..start],
                manifest: Manifest::parse(text)?,
            });
        }
    }
}

/// The value of an entry of `metadata_props`, if it is the manifest's.
fn value_of(entry: &[u8]) -> Result<Option<&[u8]>, EmbeddedManifestError> {
    let mut fields = Fields::of(entry);
    let (mut key, mut value) = (None, None);
    while let Some(field) = fields.take().map_err(EmbeddedManifestError::NotOnnx)? {
        match (field.number, field.content) {
            (KEY_FIELD, Content::Bytes(content)) => key = Some(content),
            (VALUE_FIELD, Content::Bytes(content)) => value = Some(content),
            _ => {}
        }
    }
    Ok(value.filter(|_| key == Some(KEY)))
}

fn put_field(bytes: &mut Vec<u8>, number: u64, content: &[u8]) {
    put_varint(bytes, number << 3 | WITH_LENGTH);
    put_varint(bytes, content.len() as u64);
    bytes.extend_from_slice(content);
}

fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}
