//! `cargo appliance boot`: the appliance in QEMU, with its page and its console.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use triune_stage::{Report, START_COMMAND};

use crate::api::Api;
use crate::assemble::{self, Image};
use crate::cli::{Board, BootOptions, ImageKind};
use crate::qemu::{Echo, Instance, Machine};
use crate::stage_disk::{self, Script};
use crate::terminal::Lent;
use crate::workspace::Workspace;
use crate::{cross, data_disk, interrupt, random, scratch, setup, smoke};

const POLL: Duration = Duration::from_millis(100);

pub(crate) fn run(workspace: &Workspace, options: &BootOptions) -> anyhow::Result<()> {
    if options.build.board != Board::QemuAarch64 {
        bail!("only the board qemu-aarch64 boots here; leave --board away");
    }
    // One kind so far; a new one must say here how it boots.
    let ImageKind::Quick = options.image;
    setup::prepare()?;
    if options.smoke {
        smoke::run(workspace, options)
    } else {
        interactive(workspace, options)
    }
}

fn interactive(workspace: &Workspace, options: &BootOptions) -> anyhow::Result<()> {
    demand_free(options.port)?;
    let image = assemble::quick_image(workspace, &options.build)?;
    let scratch = scratch::folder()?;
    let stage = if options.no_stage {
        None
    } else {
        let program = cross::stage(workspace)?;
        let script = Script::for_company(random::seed()?);
        Some(stage_disk::make(&image, &program, &script, scratch.path())?)
    };
    let data = workspace.appliance().join("data.img");
    data_disk::ensure(&data)?;
    let token = random::token()?;
    let machine = machine(&image, data, stage, options.port, token.clone(), true);
    let mut instance = Instance::start(&machine, Echo::Shown)?;
    let api = Api::new(options.port, &token);
    let began = Instant::now();
    let lent = Lent::to(instance.console_input()?)?;
    let mut stage = instance.take_stage();
    let mut ready = false;
    let ended = loop {
        if interrupt::requested() {
            break Ok(());
        }
        if let Err(error) = instance.check() {
            break Err(error);
        }
        if !ready && api.ready() {
            ready = true;
            announce(&api, began.elapsed());
            if let Some(stage) = stage.take() {
                keep_company(stage);
            }
        }
        std::thread::sleep(POLL);
    };
    drop(lent);
    match ended {
        Ok(()) => {
            eprintln!("\npowering off ...");
            if !instance.power_off() {
                eprintln!("the guest did not answer its power key; stopped hard");
            }
            Ok(())
        }
        // The guest powered itself off: that is how its own `poweroff` ends.
        Err(crate::qemu::QemuError::Ended { status, .. }) if status == "exit status: 0" => Ok(()),
        Err(error) => Err(error).context("the appliance stopped"),
    }
}

/// The machine for an image.
pub(crate) fn machine(
    image: &Image,
    data: std::path::PathBuf,
    stage: Option<std::path::PathBuf>,
    port: u16,
    token: String,
    restarts: bool,
) -> Machine {
    Machine {
        kernel: image.kernel.clone(),
        initramfs: image.initramfs.clone(),
        root: image.root.clone(),
        data,
        stage,
        port,
        token,
        restarts,
    }
}

fn announce(api: &Api, took: Duration) {
    println!("\r\n  ready after {:.1} s", took.as_secs_f64());
    println!("  the page:   {}", api.link());
    println!("  here:       the appliance's console; Enter gives a shell, Ctrl-C powers off\r\n");
}

/// Starts the stage and reads what it reports, so that its line never fills up.
fn keep_company(stage: UnixStream) {
    std::thread::spawn(move || {
        let Ok(mut writer) = stage.try_clone() else {
            return;
        };
        for line in BufReader::new(stage).lines() {
            let Ok(line) = line else { return };
            match Report::from_line(&line) {
                Ok(Report::Ready) if writeln!(writer, "{START_COMMAND}").is_err() => return,
                Ok(Report::Failed { message }) => eprintln!("\r\nthe stage stopped: {message}"),
                _ => {}
            }
        }
    });
}

fn demand_free(port: u16) -> anyhow::Result<()> {
    TcpListener::bind(("127.0.0.1", port))
        .map(|_| ())
        .with_context(|| {
            format!(
                "port {port} of 127.0.0.1 cannot be used; end the program that has it (another \
             `make run`?), or choose another with --port"
            )
        })
}

/// A port that nobody uses at the moment.
pub(crate) fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
