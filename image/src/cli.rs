//! What can be asked of the tool.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Prepares this machine, builds the Triune appliance and runs it.
#[derive(Parser)]
#[command(
    name = "cargo appliance",
    bin_name = "cargo appliance",
    version,
    after_help = "\
First time:
  cargo appliance setup     installs what is missing (Debian; says what before it does)
  cargo appliance boot      builds the image if anything changed, boots it in QEMU and
                            prints a link to the page; Ctrl-C powers it off
  cargo appliance test      runs every test; the last line counts them

Everything it makes lies under target/appliance and can be removed at any time."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Install what building and booting need; quick when nothing is missing
    Setup(SetupOptions),
    /// Build the image: cross-build the service, fetch packages, assemble
    Build(BuildOptions),
    /// Boot the image in QEMU, with the page and the serial console here
    Boot(BootOptions),
    /// Run every test: format, lints, unit, cross, and a boot
    Test(TestOptions),
    /// Check kernel/engine and kernel/memory: models by loom, interpretation by Miri
    CheckUnsafe(CheckUnsafeOptions),
    /// Record the kernel here, replay it here and as an aarch64 program, compare bit for bit
    Replay,
    /// Remove what was built under target/appliance
    Clean(CleanOptions),
    /// Bring image/packages.lock and image/emulator.lock up to what the Debian mirror offers now
    Lock,
}

#[derive(Args)]
pub(crate) struct SetupOptions {
    /// Only say what is missing and what would be run
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The boards that can be built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Board {
    /// QEMU's `virt` machine: a bootable image of kernel, root and data disk
    #[value(name = "qemu-aarch64")]
    QemuAarch64,
    /// Orange Pi 5 Plus: the service, tuned for its cores
    #[value(name = "orangepi-5-plus")]
    OrangePi5Plus,
}

/// The kinds of image that can be booted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImageKind {
    /// Assembled in seconds from Debian's arm64 packages
    Quick,
}

#[derive(Args, Clone)]
pub(crate) struct BuildOptions {
    /// The board to build for
    #[arg(long, value_enum, default_value = "qemu-aarch64")]
    pub(crate) board: Board,
    /// Quick to link, a little slower to run (the default)
    #[arg(long, conflicts_with = "release_optimized")]
    pub(crate) quick: bool,
    /// As shipped: whole-program optimisation, minutes to link
    #[arg(long)]
    pub(crate) release_optimized: bool,
    /// Use this aarch64 build of `triune` instead of building one (for example from
    /// `cross build`), and the `librknnrt.so` beside it if there is one
    #[arg(long, value_name = "FILE")]
    pub(crate) service: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct BootOptions {
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    /// Which image to boot
    #[arg(long, value_enum, default_value = "quick")]
    pub(crate) image: ImageKind,
    /// Check the appliance and power off: speak to it and change its light at random
    /// moments, demand that it notices each and neither too early, print one JSON line
    #[arg(long)]
    pub(crate) smoke: bool,
    /// Port of this machine's loopback address that the page is on (--smoke finds a free one)
    #[arg(long, default_value_t = 8088)]
    pub(crate) port: u16,
    /// Leave the guest's world silent and still: no phrases, no change of light
    #[arg(long, conflicts_with = "smoke")]
    pub(crate) no_stage: bool,
    /// Show the guest's console during --smoke too
    #[arg(long, requires = "smoke")]
    pub(crate) console: bool,
    /// Seed of the smoke test's random moments and words (printed by every run)
    #[arg(long, requires = "smoke")]
    pub(crate) seed: Option<u64>,
}

#[derive(Args)]
pub(crate) struct TestOptions {
    /// Run only these suites (repeat, or separate by commas)
    #[arg(long, value_delimiter = ',', value_name = "SUITE")]
    pub(crate) only: Vec<String>,
    /// Name the suites and stop
    #[arg(long)]
    pub(crate) list: bool,
    /// Run the long suites instead: crash trials, soak and fuzzing
    #[arg(long)]
    pub(crate) long: bool,
    /// Seconds for each fuzz target
    #[arg(long, requires = "long", default_value_t = 300, value_name = "SECONDS")]
    pub(crate) fuzz_seconds: u32,
    /// Crash trials
    #[arg(long, requires = "long", default_value_t = 1000, value_name = "COUNT")]
    pub(crate) crash_trials: u32,
    /// Seconds of the soak test
    #[arg(long, requires = "long", default_value_t = 600, value_name = "SECONDS")]
    pub(crate) soak_seconds: u32,
    /// Seconds of killing and hanging the models' worker
    #[arg(long, requires = "long", default_value_t = 300, value_name = "SECONDS")]
    pub(crate) chaos_seconds: u32,
}

/// The ways to check unsafe code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum UnsafeCheck {
    /// Every interleaving of threads
    Loom,
    /// Interpretation that finds undefined behaviour
    Miri,
}

#[derive(Args)]
pub(crate) struct CheckUnsafeOptions {
    /// Check in this way alone
    #[arg(long, value_enum, value_name = "WAY")]
    pub(crate) only: Option<UnsafeCheck>,
}

#[derive(Args)]
pub(crate) struct CleanOptions {
    /// Keep downloaded packages, so that the next build needs no network
    #[arg(long)]
    pub(crate) keep_downloads: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn smoke_is_refused_together_with_an_empty_stage() {
        let line = ["cargo appliance", "boot", "--smoke", "--no-stage"];
        assert!(Arguments::try_parse_from(line).is_err());
    }
}
