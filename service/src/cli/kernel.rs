//! Arguments of the commands for the kernel, its beings and their memories.

use clap::{Args, Subcommand};
use std::path::PathBuf;
use triune_board::OverrunSpec;
use triune_core::BeingId;

/// Where the service answers, and how its answer is printed.
#[derive(Clone, Debug, Args)]
pub struct AskArguments {
    /// Print JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// Control socket of the service.
    #[arg(long, global = true, env = "TRIUNE_SOCKET", value_name = "PATH")]
    pub socket: Option<PathBuf>,
}

/// What to do with beings.
#[derive(Debug, Args)]
pub struct BeingsArguments {
    /// What to do [default: list].
    #[command(subcommand)]
    pub action: Option<BeingsAction>,
    /// Where and how.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// What may be done with beings.
#[derive(Debug, Subcommand)]
pub enum BeingsAction {
    /// List all beings, asleep ones too.
    List,
    /// Make a new being; it cycles at once if there is room.
    Add {
        /// What people call it.
        name: Option<String>,
    },
    /// Call a being something else.
    Rename {
        /// The being, 16 hexadecimal digits.
        being: BeingId,
        /// What people call it from now on.
        name: String,
    },
    /// Take a being out of the cycle; it keeps everything.
    Sleep {
        /// The being, 16 hexadecimal digits.
        being: BeingId,
    },
    /// Let a sleeping being cycle again.
    Wake {
        /// The being, 16 hexadecimal digits.
        being: BeingId,
    },
    /// End a being and remove everything that it ever wrote. Nothing brings it back.
    Erase {
        /// The being, 16 hexadecimal digits.
        being: BeingId,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Write a being whole into a file, while it runs.
    Export {
        /// The being, 16 hexadecimal digits.
        being: BeingId,
        /// File to write; an existing one is never replaced.
        file: PathBuf,
    },
    /// Take in a being from a file made by export; it is asleep then.
    Import {
        /// File made by export.
        file: PathBuf,
        /// Take it in under this id instead of its own.
        #[arg(long = "as", value_name = "ID")]
        as_being: Option<BeingId>,
    },
    /// Let one being give moments to another, if both consent to share and the other to remember.
    Give {
        /// The being that gives.
        #[arg(long)]
        from: BeingId,
        /// The being that receives.
        #[arg(long)]
        to: BeingId,
        /// Sequence numbers of the moments, as 'triune recall' shows them.
        #[arg(required = true)]
        crystals: Vec<u64>,
    },
    /// Show every change of a being's consent, newest first.
    Log {
        /// The being, 16 hexadecimal digits.
        #[arg(default_value_t = BeingId::FIRST)]
        being: BeingId,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
}

/// What to tell.
#[derive(Debug, Args)]
pub struct TellArguments {
    /// The words.
    #[arg(required = true)]
    pub words: Vec<String>,
    /// The being, 16 hexadecimal digits.
    #[arg(long, default_value_t = BeingId::FIRST, value_name = "ID")]
    pub being: BeingId,
    /// Where and how.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// What to recall.
#[derive(Debug, Args)]
pub struct RecallArguments {
    /// Words that the moment must hold, all of them; a trailing * takes any ending.
    pub words: Vec<String>,
    /// Whose memory.
    #[arg(long, default_value_t = BeingId::FIRST, value_name = "ID")]
    pub being: BeingId,
    /// Only moments of this kind: voice, sound, sight, body, words, surprise; may be repeated.
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<String>,
    /// Only moments younger than this, such as 90s, 2h or 3d.
    #[arg(long, value_name = "SPAN", value_parser = humantime::parse_duration)]
    pub since: Option<std::time::Duration>,
    /// Only moments older than this, such as 90s, 2h or 3d.
    #[arg(long, value_name = "SPAN", value_parser = humantime::parse_duration)]
    pub until: Option<std::time::Duration>,
    /// Only moments that stood out at least so much, 0 to 1.
    #[arg(long, value_name = "SHARE")]
    pub salience: Option<f32>,
    /// Nearest first to the moment of this sequence number, or to the present for 'now'.
    #[arg(long, value_name = "SEQUENCE|now", value_parser = near)]
    pub near: Option<u64>,
    /// At most so many.
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
    /// Where and how.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// What to do with a memory.
#[derive(Debug, Args)]
pub struct MemoryArguments {
    /// What to do [default: status].
    #[command(subcommand)]
    pub action: Option<MemoryAction>,
    /// Where and how.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// What may be done with a memory.
#[derive(Debug, Subcommand)]
pub enum MemoryAction {
    /// Show what is kept, how safe it is and what it costs the flash.
    Status {
        /// Whose memory.
        #[arg(long, default_value_t = BeingId::FIRST, value_name = "ID")]
        being: BeingId,
    },
    /// Make everything durable now, for all beings.
    Sync,
    /// Bring the memories of a service that does not run to another version of their files.
    Migrate {
        /// Folder of the data.
        #[arg(
            long,
            env = "TRIUNE_DATA",
            default_value = "/var/lib/triune",
            value_name = "DIR"
        )]
        data: PathBuf,
        /// The version.
        #[arg(long, value_name = "VERSION")]
        to: u32,
    },
}

/// How the kernel is to run.
#[derive(Debug, Args)]
pub struct KernelArguments {
    /// Cycles a second from the next cycle on, 1 to 1000.
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rate: Option<u32>,
    /// What becomes of lost deadlines: skip, catch-up:N or degrade.
    #[arg(long, value_name = "POLICY")]
    pub overrun: Option<OverrunSpec>,
    /// Where and how.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// Whether to burst.
#[derive(Debug, Args)]
pub struct BurstArguments {
    /// What to do [default: show].
    #[command(subcommand)]
    pub action: Option<BurstAction>,
    /// Where and how.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// What may be done about a burst.
#[derive(Debug, Subcommand)]
pub enum BurstAction {
    /// Begin one: waiting beings cycle until it ends, by itself at the latest.
    Start,
    /// End it.
    End,
}

/// How to tune.
#[derive(Debug, Args)]
pub struct ParametersArguments {
    /// Changes, all or none of them, such as act_threshold=0.4.
    #[arg(value_name = "NAME=VALUE")]
    pub changes: Vec<String>,
    /// The being, 16 hexadecimal digits.
    #[arg(long, default_value_t = BeingId::FIRST, value_name = "ID")]
    pub being: BeingId,
    /// Where and how.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// What fails on purpose.
#[derive(Debug, Args)]
pub struct FaultsArguments {
    /// Where and how.
    #[command(flatten)]
    pub ask: AskArguments,
}

fn near(text: &str) -> Result<u64, String> {
    if text == "now" {
        return Ok(0);
    }
    text.parse()
        .ok()
        .filter(|&sequence| sequence > 0)
        .ok_or_else(|| "name a sequence number from 1 up, or 'now'".to_owned())
}
