//! The C client, which shares no code with the crate, gets from a library what the crate gets.
#![allow(missing_docs)]

mod common;

use std::process::Command;

use common::stub::{MODEL, compile};
use common::{compiler, must_succeed, source};

#[test]
fn the_c_client_runs_a_model() {
    let Some(library) = compile("runtime.c", &[]) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (program, model) = (folder.path().join("client"), folder.path().join("model"));
    std::fs::write(&model, MODEL).unwrap();
    let mut command = compiler().unwrap();
    must_succeed(
        command
            .arg(source("client/client.c"))
            .arg("-o")
            .arg(&program)
            .arg("-ldl"),
    );
    let printed = must_succeed(Command::new(&program).arg(&library.path).arg(&model));
    // Zeros as integers stand for (0 - 10) x 0.5; twice that, and the sum of 30 of them.
    let expected = "version 2.3.2 (stub@2025-04-09T09:09:27)\ninputs 1 outputs 2\n\
                    output doubled elements 30 first -10\noutput sum elements 1 first -150\n";
    assert_eq!(printed, expected);
    let refused = Command::new(&program)
        .arg("/nowhere")
        .arg(&model)
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
}
