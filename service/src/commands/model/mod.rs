//! `triune model`: what models there are, and whether and how fast they run.

mod add;
mod bench;
mod catalogue;
mod check;
mod compare;
mod install;
mod list;
mod proposal;
mod runner;
mod trial;

use super::failure::{Exit, Failure};
use super::output;
use crate::cli::{ModelAction, ModelArguments, RunArguments, ServeArguments};
use crate::settings::Settings;
use std::path::PathBuf;
use std::time::Duration;
use triune_board::Board;

/// Where models lie and run.
struct Place {
    models: PathBuf,
    board: Board,
    json: bool,
    patience: Duration,
}

impl Place {
    /// One object a line, where JSON is wanted.
    fn tell(
        &self,
        object: &serde_json::Value,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if self.json {
            output::line(&object.to_string())
        } else {
            output::line(&text())
        }
    }
}

pub(super) fn run(arguments: &ModelArguments) -> Result<Exit, Failure> {
    let settings = Settings::resolve(&ServeArguments {
        run: RunArguments {
            board: arguments.place.board.clone(),
            data: arguments.place.data.clone(),
            ..RunArguments::default()
        },
        ..ServeArguments::default()
    })
    .map_err(Failure::wrong_use)?;
    let place = Place {
        models: settings.data.join("models"),
        board: settings.board,
        json: arguments.place.json,
        patience: Duration::from_secs(arguments.place.patience.into()),
    };
    match &arguments.action {
        None | Some(ModelAction::List) => list::run(&place),
        Some(ModelAction::Add(arguments)) => add::run(&place, arguments),
        Some(ModelAction::Check { model }) => check::run(&place, model.as_deref()),
        Some(ModelAction::Bench { model }) => bench::run(&place, model.as_deref()),
    }
}
