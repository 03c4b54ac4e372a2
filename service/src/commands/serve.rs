//! `triune serve`.

use super::failure::{Exit, Failure};
use super::{logging, output};
use crate::cli::ServeArguments;
use crate::http::{AccessToken, Listener, ServerOptions, serve};
use crate::settings::Settings;
use crate::wiring::{Ending, Running, Stop};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;
use triune_board::Topology;
use triune_engine::{RealTimeWish, request_real_time};

/// How long work that was begun for a client may go on after the end has come.
const UNFINISHED_WORK: Duration = Duration::from_secs(5);

pub(super) fn run(arguments: &ServeArguments) -> Result<Exit, Failure> {
    let settings = Settings::resolve(arguments).map_err(Failure::wrong_use)?;
    if arguments.run.print_config {
        return print_settings(&settings);
    }
    logging::start(&settings.log);
    let token = token(&settings)?;
    let stop = Stop::default();
    end_on_signals(&stop)?;
    // Every thread of the server stays off the cycle's processors.
    let cores = settings
        .board
        .cores
        .resolve(&Topology::read())
        .map_err(Failure::failed)?;
    let control = RealTimeWish {
        processors: cores.control,
        ..RealTimeWish::default()
    };
    let pinned = control.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("http")
        .on_thread_start(move || drop(request_real_time(&pinned)))
        .enable_all()
        .build()
        .map_err(Failure::failed)?;
    // The doors are opened first: where they cannot be, nothing is begun.
    let (listeners, addresses) = runtime.block_on(open_doors(&settings))?;
    let running = Running::start(&settings, None, &stop).map_err(Failure::failed)?;
    greet(&settings, &addresses, &token);
    let mut options = ServerOptions {
        tokens: vec![token],
        token_hint: "the service prints a link with the token on its console when it starts"
            .to_owned(),
        ..ServerOptions::default()
    };
    if let Ok(name) = rustix::system::uname().nodename().to_str() {
        options.host_names.push(name.to_lowercase());
    }
    let (source, kernel, ended) = (running.source(), running.kernel(), stop.clone());
    let server = std::thread::Builder::new()
        .name("http".to_owned())
        .spawn(move || {
            let _grant = request_real_time(&control);
            let outcome = runtime.block_on(serve(listeners, source, kernel, options, async move {
                while !ended.is_set() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }));
            // A whole memory on its way to a file does not hold up the end.
            runtime.shutdown_timeout(UNFINISHED_WORK);
            outcome
        })
        .map_err(Failure::failed)?;
    if settings.run_for.is_some_and(|span| !stop.wait(span)) {
        stop.set();
    }
    let outcome = server
        .join()
        .map_err(|_| Failure::failed("the HTTP server panicked"))?;
    stop.set();
    outcome.map_err(Failure::failed)?;
    report(running)
}

/// Prints the settings in force, in the places where a settings file has them.
pub(super) fn print_settings(settings: &Settings) -> Result<Exit, Failure> {
    let mut all = toml::Table::try_from(settings).map_err(Failure::failed)?;
    let board = all.get_mut("board").and_then(toml::Value::as_table_mut);
    if let Some(kernel) = board.and_then(|board| board.remove("kernel")) {
        all.insert("kernel".to_owned(), kernel);
    }
    let text = toml::to_string(&all).map_err(Failure::failed)?;
    output::line(text.trim_end())?;
    Ok(Exit::Fine)
}

/// Ends the service and says what it did.
pub(super) fn report(running: Running) -> Result<Exit, Failure> {
    let counters = running.counters();
    let (explained, unexplained) = running.explained_overruns();
    let Ending {
        being,
        recording,
        memory,
    } = running.finish().map_err(Failure::failed)?;
    // Read now that the cycle has ended, so that nothing is left out.
    let cycle = counters.read();
    log::info!(
        "{} scheduled = {} cycles + {} skipped; {} overruns, {explained} where the machine stalled \
         the thread, {unexplained} not explained; being at cycle {}",
        cycle.scheduled,
        cycle.cycles,
        cycle.skipped,
        cycle.overruns,
        being.state.cycle
    );
    if let Err(error) = memory {
        return Err(Failure::failed(error));
    }
    match recording {
        None => Ok(Exit::Fine),
        Some(Err(error)) => Err(Failure::failed(error)),
        Some(Ok(outcome)) if outcome.lost > 0 => Err(Failure::failed(format!(
            "the disk was too slow: the recording {} ends after {} cycles",
            outcome.path.display(),
            outcome.summary.cycles
        ))),
        Some(Ok(outcome)) => {
            output::line(&format!(
                "{}: {} cycles, {} bytes, final hash {:016x}",
                outcome.path.display(),
                outcome.summary.cycles,
                outcome.summary.bytes,
                outcome.summary.hash.0
            ))?;
            Ok(Exit::Fine)
        }
    }
}

/// The first signal ends the service in order, the second at once.
pub(super) fn end_on_signals(stop: &Stop) -> Result<(), Failure> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(Failure::failed)?;
    let stop = stop.clone();
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for _signal in signals.forever() {
                if stop.is_set() {
                    signal_hook::low_level::exit(130);
                }
                log::info!("ending");
                stop.set();
            }
        })
        .map_err(Failure::failed)?;
    Ok(())
}

async fn open_doors(settings: &Settings) -> Result<(Vec<Listener>, Vec<SocketAddr>), Failure> {
    let mut listeners = vec![Listener::control(&settings.socket).map_err(Failure::failed)?];
    for &address in &settings.listen {
        listeners.push(Listener::tcp(address).await.map_err(Failure::failed)?);
    }
    let addresses = listeners
        .iter()
        .filter_map(Listener::local_address)
        .collect();
    Ok((listeners, addresses))
}

fn token(settings: &Settings) -> Result<AccessToken, Failure> {
    let usual = settings.data.join("token");
    let path: &Path = settings.token_file.as_deref().unwrap_or(&usual);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|error| {
            Failure::failed(format!(
                "the folder {} cannot be made: {error}; name another with --data",
                parent.display()
            ))
        })?;
    }
    AccessToken::load_or_create(path).map_err(Failure::failed)
}

/// What is printed first: who it is and where it answers.
fn greet(settings: &Settings, addresses: &[SocketAddr], token: &AccessToken) {
    output::line_if_open(&format!(
        "Triune {} on {}: {} Hz, data in {}",
        env!("CARGO_PKG_VERSION"),
        settings.board.name,
        settings.rate_hz,
        settings.data.display()
    ));
    for address in addresses {
        if !address.ip().is_loopback() {
            log::warn!(
                "{address} answers in clear text to the whole network: whoever listens there can \
                 read the token; keep it to networks that you trust"
            );
        }
        // "Every address" is none that a person could visit.
        let place = if address.ip().is_unspecified() {
            SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()))
        } else {
            *address
        };
        // Who gave the token by a file knows it, and knows the address that leads here.
        match settings.token_file {
            None => output::line_if_open(&format!("http://{place}/?token={}", token.reveal())),
            Some(_) => output::line_if_open(&format!("listening on {address}")),
        }
    }
}
