//! The models that there are.

use super::Place;
use crate::commands::failure::Failure;
use std::borrow::Cow;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use triune_board::nearest;
use triune_npu::scheduler::ModelSource;
use triune_npu::{Manifest, ModelFile, ModelFolder, ModelFolderError, ShippedModel};

/// A model with its manifest.
pub(super) struct KnownModel {
    pub(super) manifest: Manifest,
    origin: Origin,
}

enum Origin {
    Shipped(ShippedModel),
    Folder(ModelFolder, PathBuf),
}

/// A folder that holds no model.
pub(super) struct Broken {
    pub(super) folder: PathBuf,
    pub(super) why: String,
}

impl KnownModel {
    pub(super) fn open(folder: &Path) -> Result<Self, Broken> {
        let opened = ModelFolder::open(folder).map_err(|error| Broken {
            folder: folder.to_owned(),
            why: told(&error),
        })?;
        Ok(Self {
            manifest: opened.manifest().clone(),
            origin: Origin::Folder(opened, folder.to_owned()),
        })
    }

    fn shipped(model: ShippedModel) -> Result<Self, Failure> {
        Ok(Self {
            manifest: model.manifest().map_err(Failure::failed)?,
            origin: Origin::Shipped(model),
        })
    }

    /// Its folder; nothing for a model that the program carries.
    pub(super) fn folder(&self) -> Option<&Path> {
        match &self.origin {
            Origin::Shipped(_) => None,
            Origin::Folder(_, path) => Some(path),
        }
    }

    /// Where it lies, for people.
    pub(super) fn place(&self) -> String {
        self.folder()
            .map_or_else(|| "carried".to_owned(), |path| path.display().to_string())
    }

    /// One of its files.
    pub(super) fn read(&self, file: &ModelFile) -> Result<Cow<'static, [u8]>, String> {
        match &self.origin {
            Origin::Shipped(model) => model
                .read(file)
                .map(Cow::Borrowed)
                .ok_or_else(|| format!("{} is not carried", file.name)),
            Origin::Folder(folder, _) => folder
                .read(file)
                .map(Cow::Owned)
                .map_err(|error| told(&error)),
        }
    }

    /// One of its files, ready to be loaded.
    pub(super) fn source(&self, file: &ModelFile) -> Result<ModelSource, String> {
        let bytes = self.read(file)?;
        Ok(ModelSource::new(self.manifest.clone(), &*bytes))
    }
}

/// All models, and all folders that should hold one and do not.
pub(super) fn all(place: &Place) -> Result<(Vec<KnownModel>, Vec<Broken>), Failure> {
    let shipped = ShippedModel::ALL.into_iter().map(KnownModel::shipped);
    let mut models = shipped.collect::<Result<Vec<_>, _>>()?;
    let mut broken = Vec::new();
    for folder in folders(&place.models)? {
        match KnownModel::open(&folder) {
            Ok(model) => models.push(model),
            Err(fault) => broken.push(fault),
        }
    }
    Ok((models, broken))
}

/// The folders of models; what begins with a dot is not finished.
fn folders(models: &Path) -> Result<Vec<PathBuf>, Failure> {
    let cannot = |error| Failure::failed(format!("{} cannot be read: {error}", models.display()));
    let entries = match fs::read_dir(models) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(cannot(error)),
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry.map_err(cannot)?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && entry.path().is_dir() {
            folders.push(entry.path());
        }
    }
    folders.sort();
    Ok(folders)
}

/// The models that are meant: all, the one of this name, or the one in this folder.
pub(super) fn chosen(
    place: &Place,
    wanted: Option<&str>,
) -> Result<(Vec<KnownModel>, Vec<Broken>), Failure> {
    let (models, broken) = all(place)?;
    let Some(wanted) = wanted else {
        return Ok((models, broken));
    };
    let names: Vec<String> = models
        .iter()
        .map(|model| model.manifest.name.clone())
        .collect();
    if let Some(model) = models
        .into_iter()
        .find(|model| model.manifest.name == wanted)
    {
        return Ok((vec![model], Vec::new()));
    }
    let is_meant = |fault: &Broken| fault.folder.file_name().is_some_and(|name| name == wanted);
    if let Some(fault) = broken.into_iter().find(is_meant) {
        return Ok((Vec::new(), vec![fault]));
    }
    let folder = Path::new(wanted);
    if folder.is_dir() {
        return Ok(match KnownModel::open(folder) {
            Ok(model) => (vec![model], Vec::new()),
            Err(fault) => (Vec::new(), vec![fault]),
        });
    }
    let meant = nearest(wanted, names.iter().map(String::as_str))
        .map_or_else(String::new, |near| format!(" (did you mean '{near}'?)"));
    let names = names.join(", ");
    Err(Failure::wrong_use(format!(
        "no model and no folder is called '{wanted}'{meant}; there are: {names}"
    )))
}

/// An error with what caused it.
pub(super) fn told(error: &ModelFolderError) -> String {
    match error {
        ModelFolderError::Manifest { reason, .. } => format!("{error}: {reason}"),
        other => other.to_string(),
    }
}
