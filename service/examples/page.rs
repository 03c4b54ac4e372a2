//! Serves the page with moving figures and no board: `cargo run --example page [ADDRESS]`.
//!
//! Meant for work on the page. It prints a link with a token, and ends with the input.

#[path = "../tests/support/mod.rs"]
mod support;

use std::net::SocketAddr;
use support::kernel::RehearsedKernel;
use support::source::{Knobs, Rehearsal};
use triune::http::{AccessToken, Listener, ServerOptions, serve};
use triune::status::SenseState;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let address: SocketAddr = arguments
        .next()
        .unwrap_or_else(|| "127.0.0.1:8088".to_owned())
        .parse()?;
    let knobs = match arguments.next().as_deref() {
        Some("blind") => Knobs {
            sight: SenseState::Absent,
            renderer: false,
            ..Knobs::default()
        },
        _ => Knobs::default(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = Listener::tcp(address).await?;
        let token = AccessToken::generate()?;
        if let Some(address) = listener.local_address() {
            println!("http://{address}/?token={}", token.reveal());
        }
        let options = ServerOptions {
            tokens: vec![token],
            ..ServerOptions::default()
        };
        let shutdown = async {
            let ended = tokio::signal::ctrl_c().await;
            ended.expect("interrupts can be heard");
        };
        serve(
            vec![listener],
            Rehearsal::new(knobs),
            RehearsedKernel::new(),
            options,
            shutdown,
        )
        .await?;
        Ok(())
    })
}
