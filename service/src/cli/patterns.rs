//! Arguments of `triune patterns`.

use super::kernel::AskArguments;
use clap::{Args, Subcommand};
use triune_core::BeingId;

/// Whose patterns, and what to do with them.
#[derive(Debug, Args)]
pub struct PatternsArguments {
    /// What to do [default: list].
    #[command(subcommand)]
    pub action: Option<PatternsAction>,
    /// The being, 16 hexadecimal digits.
    #[arg(long, global = true, default_value_t = BeingId::FIRST, value_name = "ID")]
    pub being: BeingId,
    /// Where and how.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// What may be done with patterns.
#[derive(Debug, Subcommand)]
pub enum PatternsAction {
    /// List them: how often each came, how long it lasted, when it was there last.
    List,
    /// Say what a pattern is; an empty name takes the old one away.
    Name {
        /// Its number in the list.
        #[arg(value_name = "N")]
        number: u32,
        /// What people call it, at most 64 bytes.
        name: String,
    },
    /// Forget a pattern. Should it come again, it gets another number.
    Forget {
        /// Its number in the list.
        #[arg(value_name = "N")]
        number: u32,
    },
}
