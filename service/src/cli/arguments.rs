//! What may stand on the command line.

use super::kernel::{
    AskArguments, BeingsArguments, BurstArguments, FaultsArguments, KernelArguments,
    MemoryArguments, ParametersArguments, RecallArguments, TellArguments,
};
use super::model::ModelArguments;
use super::patterns::PatternsArguments;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;
use triune_board::{ExecutorSpec, OverrunSpec};
use triune_core::BeingId;

/// A consciousness kernel on a board: it hears, sees, cycles at a fixed rate, remembers and answers.
///
/// Exit status: 0 fine, 1 failed, 2 wrong use, 3 degraded (doctor, status).
#[derive(Debug, Parser)]
#[command(name = "triune", version, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the kernel with its senses, memory and HTTP server.
    ///
    /// On a desktop:  triune serve --board host --hear speech.wav --see pattern --data ./data
    Serve(ServeArguments),
    /// Show how the running service is doing.
    Status(StatusArguments),
    /// Show or change what a being may sense, keep, share and say.
    ///
    /// A refusal is in force from the next cycle:  triune consent hear=no
    Consent(ConsentArguments),
    /// List beings; add, rename, wake, let sleep, export, import, erase them; give moments.
    ///
    /// A second being that cycles beside the first:  triune beings add Ada
    Beings(BeingsArguments),
    /// Tell a being that cycles something; it is kept, and found again by 'triune recall'.
    Tell(TellArguments),
    /// Search a being's memory by words, kind, time and nearness.
    ///
    /// What was said about keys in the last two days:  triune recall keys --since 2d
    Recall(RecallArguments),
    /// List what recurs in a being and was not taught; name it, forget it.
    ///
    /// A pattern is told once it has come three times and lasted a minute in all. What number 1 is,
    /// you know:  triune patterns name 1 'washing machine'
    Patterns(PatternsArguments),
    /// Show a memory's figures, or make everything durable.
    Memory(MemoryArguments),
    /// Show or change how a being's loops are tuned.
    ///
    /// In force from the next cycle:  triune parameters keep_threshold=0.3
    Parameters(ParametersArguments),
    /// Show the kernel: rate, overrun policy, executor, loops; change rate and policy.
    Kernel(KernelArguments),
    /// Show, begin or end a burst: a bounded time in which more beings cycle.
    Burst(BurstArguments),
    /// Show what is made to fail on purpose, and what of it fails now.
    ///
    /// Sight freezes for five seconds:  triune serve --inject sight=frozen@10s..15s
    Faults(FaultsArguments),
    /// Do real work on each device and say what works and what does not.
    Doctor(DoctorArguments),
    /// Run the kernel and record everything that decides what it does.
    ///
    /// Takes the options of serve for board, data, senses and kernel; nothing listens meanwhile. All
    /// beings of the data folder that are not asleep are recorded: 'triune beings add' makes them
    /// while the service runs.
    ///
    /// The recording replays bit for bit, on any machine:  triune replay --verify FILE
    Record(RecordArguments),
    /// Run a recording through the kernel again.
    Replay(ReplayArguments),
    /// Let hearing run over a WAV file as fast as it goes; prints one JSON event a line.
    Hear(FileArguments),
    /// Let sight run over a picture or a folder of pictures; prints one JSON event a line.
    See(FileArguments),
    /// Measure, beside a named peer or limit in the same run.
    Bench(BenchArguments),
    /// List, add, check and measure models.
    Model(ModelArguments),
    /// The process in which models run: started by the service, of no use to anybody else.
    #[command(hide = true)]
    NpuWorker {
        /// What runs models, as the board's file says, in JSON.
        #[arg(long, default_value = "\"none\"")]
        npu: String,
        /// Compute with what is built in, whatever the board has.
        #[arg(long)]
        pure_rust: bool,
    },
}

/// How to run the kernel. What is not given comes from the settings file, then from the board.
#[derive(Clone, Debug, Default, Args)]
pub struct RunArguments {
    /// The board: host, qemu-aarch64, orangepi-5-plus [default: found by device tree, else host].
    #[arg(long, env = "TRIUNE_BOARD", value_name = "NAME")]
    pub board: Option<String>,
    /// Settings file [default: DATA/triune.toml if it is there].
    #[arg(long, env = "TRIUNE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder for memory, models, recordings and log [default: /var/lib/triune].
    #[arg(long, env = "TRIUNE_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Hear this WAV file, over and over, in place of the board's microphone.
    #[arg(long, value_name = "FILE.wav")]
    pub hear: Option<PathBuf>,
    /// See this picture, folder of pictures, or 'pattern', in place of the board's camera.
    #[arg(long, value_name = "FILE|DIR|pattern")]
    pub see: Option<String>,
    /// Cycles a second, a whole number from 1 to 1000.
    #[arg(long, env = "TRIUNE_RATE", value_name = "HZ")]
    pub rate: Option<u32>,
    /// Who runs the three loops: inline (the cycle's own thread) or threaded (a pinned thread each).
    #[arg(long, env = "TRIUNE_EXECUTOR", value_name = "inline|threaded")]
    pub executor: Option<ExecutorSpec>,
    /// What becomes of lost deadlines: skip, catch-up:N or degrade.
    #[arg(long, env = "TRIUNE_OVERRUN", value_name = "POLICY")]
    pub overrun: Option<OverrunSpec>,
    /// Make inputs, loops or the store fail on purpose: 'WHAT=HOW@FROM..UNTIL', more with commas.
    ///
    /// Such as 'sight=frozen@10s..15s,memory=full@1m..2m'. 'triune faults' shows what fails now.
    #[arg(long, value_name = "PLAN")]
    pub inject: Option<String>,
    /// Wait out the last moments before each deadline busily: less late, more processor time.
    #[arg(long)]
    pub spin: bool,
    /// Print the settings in force and stop.
    #[arg(long)]
    pub print_config: bool,
}

/// How to run the service.
#[derive(Clone, Debug, Default, Args)]
pub struct ServeArguments {
    /// How to run the kernel.
    #[command(flatten)]
    pub run: RunArguments,
    /// Address and port of the HTTP server; may be repeated [default: 127.0.0.1:8088].
    #[arg(
        long,
        env = "TRIUNE_LISTEN",
        value_name = "ADDR",
        value_delimiter = ','
    )]
    pub listen: Vec<SocketAddr>,
    /// Read the API token from this file; without one a token is made and printed.
    #[arg(long, env = "TRIUNE_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Control socket [default: triune/control.sock in /run or the user's runtime folder].
    #[arg(long, env = "TRIUNE_SOCKET", value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// Stop by itself after this many seconds.
    #[arg(long, value_name = "SECONDS")]
    pub r#for: Option<f64>,
}

/// How to show the status.
#[derive(Debug, Args)]
pub struct StatusArguments {
    /// Where and how.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// What to allow and refuse.
#[derive(Debug, Args)]
pub struct ConsentArguments {
    /// Changes, such as hear=no or remember=yes; senses: hear, see, feel, remember, share, speak.
    #[arg(value_name = "SENSE=yes|no")]
    pub changes: Vec<String>,
    /// The being, 16 hexadecimal digits.
    #[arg(long, default_value_t = BeingId::FIRST, value_name = "ID")]
    pub being: BeingId,
    /// Where and how.
    #[command(flatten)]
    pub ask: AskArguments,
}

/// What to examine.
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Parts to examine [default: all].
    pub parts: Vec<DoctorPart>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// The board [default: found by device tree, else host].
    #[arg(long, env = "TRIUNE_BOARD", value_name = "NAME")]
    pub board: Option<String>,
    /// Examine hearing with this WAV file in place of the board's microphone.
    #[arg(long, value_name = "FILE.wav")]
    pub hear: Option<PathBuf>,
    /// Examine sight with this picture, folder of pictures, or 'pattern'.
    #[arg(long, value_name = "FILE|DIR|pattern")]
    pub see: Option<String>,
}

/// A part that the doctor knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DoctorPart {
    /// Real-time scheduling and timer.
    Timer,
    /// Runs real inferences.
    Npu,
    /// Draws a picture.
    Gpu,
    /// Captures sound.
    Audio,
    /// Captures frames.
    Camera,
    /// Opens the display.
    Display,
    /// Reads the board's own condition.
    Body,
}

/// How to record.
#[derive(Debug, Args)]
pub struct RecordArguments {
    /// File to write; an existing one is never replaced.
    pub file: PathBuf,
    /// Seconds to record; without it until Ctrl-C.
    #[arg(long, value_name = "SECONDS")]
    pub seconds: Option<f64>,
    /// As for serve.
    #[command(flatten)]
    pub run: RunArguments,
}

/// How to replay.
#[derive(Debug, Args)]
pub struct ReplayArguments {
    /// Recording made by 'triune record'.
    pub file: PathBuf,
    /// Fail (exit 1) at the first cycle that does not come out as recorded.
    #[arg(long)]
    pub verify: bool,
    /// Begin with the block of two seconds that holds this cycle of the recording.
    #[arg(long, value_name = "CYCLE", default_value_t = 1)]
    pub from: u64,
    /// Print the outcome as JSON.
    #[arg(long)]
    pub json: bool,
}

/// A sense over a file.
#[derive(Debug, Args)]
pub struct FileArguments {
    /// The file or folder.
    pub path: PathBuf,
}

/// What to measure.
#[derive(Debug, Args)]
#[command(after_help = crate::bench::areas_help())]
pub struct BenchArguments {
    /// Areas to measure, of those below [default: all].
    pub areas: Vec<String>,
    /// Print one JSON object a line.
    #[arg(long)]
    pub json: bool,
}
