//! Arguments of the commands for models.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to do with models.
#[derive(Debug, Args)]
#[command(after_help = "\
A model is a folder with a manifest.toml, which names its files, inputs and outputs. The program
carries some; others lie in DATA/models. Models run in a process of their own: one that crashes
a library, or never ends, is told in a sentence.

  triune model                                   what is there, and where it would run
  triune model add face.onnx --dry-run           what a file takes and yields, and whether it runs
  triune model add face.onnx --shape image=1,3,96,160 --labels mood=calm,glad,angry
  triune model check face                        hashes, shapes, and the same results everywhere
  triune model bench face                        how fast it is on each backend")]
pub struct ModelArguments {
    /// What to do [default: list].
    #[command(subcommand)]
    pub action: Option<ModelAction>,
    /// Where and how.
    #[command(flatten)]
    pub place: ModelPlace,
}

/// Where models lie and run, and how it is told.
#[derive(Clone, Debug, Args)]
pub struct ModelPlace {
    /// Print JSON, one object a line.
    #[arg(long, global = true)]
    pub json: bool,
    /// Folder of the data; models lie in its folder 'models' [default: /var/lib/triune].
    #[arg(long, global = true, env = "TRIUNE_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The board [default: found by device tree, else host].
    #[arg(long, global = true, env = "TRIUNE_BOARD", value_name = "NAME")]
    pub board: Option<String>,
    /// Longest time for a backend to load a model and run it once; what takes longer is ended.
    #[arg(long, global = true, value_name = "SECONDS", default_value = "60",
        value_parser = clap::value_parser!(u16).range(1..))]
    pub patience: u16,
}

/// What may be done with models.
#[derive(Debug, Subcommand)]
pub enum ModelAction {
    /// List the models that are carried and those in DATA/models.
    List,
    /// Try an ONNX or .rknn file, or a folder with a manifest, and take it into DATA/models.
    ///
    /// Nothing is written before the model ran, and no model is ever replaced.
    Add(ModelAddArguments),
    /// Check hashes and shapes, run the model, and compare precisions and backends.
    ///
    /// Fails (exit 1) if anything is not as it should be.
    Check {
        /// A model's name, or a folder with a manifest [default: all models].
        #[arg(value_name = "NAME|FOLDER")]
        model: Option<String>,
    },
    /// Measure each file on each backend, beside pure Rust.
    Bench {
        /// A model's name, or a folder with a manifest [default: all models].
        #[arg(value_name = "NAME|FOLDER")]
        model: Option<String>,
    },
}

/// What to add, and what its file does not tell.
#[derive(Debug, Args)]
pub struct ModelAddArguments {
    /// An ONNX or .rknn file, or a folder with a manifest.toml.
    pub file: PathBuf,
    /// What it is called: lower-case letters, digits and '_' [default: the file's name].
    #[arg(long)]
    pub name: Option<String>,
    /// Under which terms it may be used (https://spdx.org/licenses) [default: NOASSERTION].
    #[arg(long, value_name = "SPDX")]
    pub licence: Option<String>,
    /// How it was trained and on what [default: not told].
    #[arg(long, value_name = "TEXT")]
    pub training: Option<String>,
    /// What the elements of an output stand for; may be repeated for other outputs.
    #[arg(long, value_name = "OUTPUT=A,B,C", value_parser = labels)]
    pub labels: Vec<(String, Vec<String>)>,
    /// The shape of an input or output of which the file leaves axes open; may be repeated.
    #[arg(long = "shape", value_name = "INPUT=1,3,96,160", value_parser = shape)]
    pub shapes: Vec<(String, Vec<usize>)>,
    /// Try it and print the manifest, but write nothing.
    #[arg(long)]
    pub dry_run: bool,
}

fn labels(text: &str) -> Result<(String, Vec<String>), String> {
    let (output, labels) = parts(text, "OUTPUT=A,B,C")?;
    let labels: Vec<String> = labels
        .split(',')
        .map(|label| label.trim().to_owned())
        .collect();
    if labels.iter().any(String::is_empty) {
        return Err("a label is empty".to_owned());
    }
    Ok((output, labels))
}

fn shape(text: &str) -> Result<(String, Vec<usize>), String> {
    let (tensor, axes) = parts(text, "INPUT=1,3,96,160")?;
    let axis = |axis: &str| match axis.trim().parse() {
        Ok(length) if length > 0 => Ok(length),
        _ => Err(format!(
            "'{axis}' is no length of an axis: give whole numbers from 1 up"
        )),
    };
    Ok((tensor, axes.split(',').map(axis).collect::<Result<_, _>>()?))
}

/// A name may hold '=', what follows may not.
fn parts<'a>(text: &'a str, form: &str) -> Result<(String, &'a str), String> {
    let (name, rest) = text
        .rsplit_once('=')
        .ok_or_else(|| format!("write it as {form}"))?;
    Ok((name.to_owned(), rest))
}
