//! Each fault that can be injected, what the program sees of it, and that nothing is left behind.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::specimens::{MIXER, coded_picture, mixer, picture};
use common::{Soft, call, floats, is_emulated, name};
use rknpu2_sys as sys;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::ptr::null_mut;
use std::time::{Duration, Instant};
use sys::_rknn_query_cmd as ask;
use sys::{
    RKNN_ERR_DEVICE_UNAVAILABLE, RKNN_ERR_MALLOC_FAIL, RKNN_ERR_PARAM_INVALID, RKNN_ERR_TIMEOUT,
};

/// Where a process of its own is told its faults.
const VARIABLE: &str = "TRIUNE_SOFTRKNN_FAULTS";

#[test]
fn a_lost_device_stays_lost_on_every_context_until_it_is_mended() {
    let soft = Soft::open();
    soft.faults("device-lost@run:2").unwrap();
    let [first, second] = [(); 2].map(|()| soft.load(&mixer()).unwrap());
    soft.give_mixer(first);
    soft.give_mixer(second);
    soft.run(first).unwrap();
    for context in [second, first, second] {
        assert_eq!(soft.run(context), Err(RKNN_ERR_DEVICE_UNAVAILABLE));
    }
    assert_eq!(soft.load(&mixer()), Err(RKNN_ERR_DEVICE_UNAVAILABLE));
    assert_eq!(soft.memory(first, 8), None);
    let mut own = first;
    let mut copy = 0;
    let copied = call!(soft, rknn_dup_context(&raw mut own, &raw mut copy));
    assert_eq!(copied, RKNN_ERR_DEVICE_UNAVAILABLE);
    // What is held can be given back.
    soft.destroy(first).unwrap();
    soft.faults("").unwrap();
    soft.run(second).unwrap();
    soft.destroy(second).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn a_time_out_passes() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    soft.give_mixer(context);
    soft.faults("timeout@run:3").unwrap();
    let runs: Vec<_> = (0..5).map(|_| soft.run(context)).collect();
    assert_eq!(
        runs,
        [Ok(()), Ok(()), Err(RKNN_ERR_TIMEOUT), Ok(()), Ok(())]
    );
    assert_eq!(floats(&soft.output(context, 0, true).unwrap()), [0.0, 10.0]);
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn memory_runs_out() {
    let soft = Soft::open();
    soft.faults("malloc@init:1, malloc@create_mem:2").unwrap();
    assert_eq!(soft.load(&mixer()), Err(RKNN_ERR_MALLOC_FAIL));
    assert_eq!(soft.held(), [0; 4]);
    let context = soft.load(&mixer()).unwrap();
    let first = soft.memory(context, 8).unwrap();
    assert_eq!(soft.memory(context, 8), None);
    let third = soft.memory(context, 8).unwrap();
    for memory in [first, third] {
        soft.destroy_memory(context, memory).unwrap();
    }
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn versions_can_be_any() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    for version in ["1.4.0", "9.0.0", "garbage"] {
        soft.faults(&format!("version={version}")).unwrap();
        let told: sys::rknn_sdk_version =
            soft.query(context, ask::RKNN_QUERY_SDK_VERSION, 0).unwrap();
        assert_eq!(name(&told.api_version), version);
    }
    soft.destroy(context).unwrap();
}

#[test]
fn more_tensors_are_told_than_there_are() {
    let soft = Soft::open();
    soft.faults("count=1000").unwrap();
    let context = soft.load(&mixer()).unwrap();
    let told: sys::rknn_input_output_num =
        soft.query(context, ask::RKNN_QUERY_IN_OUT_NUM, 0).unwrap();
    assert_eq!((told.n_input, told.n_output), (1000, 1000));
    let beyond = soft.query::<sys::rknn_tensor_attr>(context, ask::RKNN_QUERY_INPUT_ATTR, 999);
    assert_eq!(beyond.err(), Some(RKNN_ERR_PARAM_INVALID));
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn strides_are_told_too_small() {
    let soft = Soft::open();
    soft.faults("stride@output:0,stride@input:0").unwrap();
    for specimen in [picture(), coded_picture()] {
        let context = soft.load(&specimen).unwrap();
        for what in [
            ask::RKNN_QUERY_INPUT_ATTR,
            ask::RKNN_QUERY_OUTPUT_ATTR,
            ask::RKNN_QUERY_NATIVE_OUTPUT_ATTR,
        ] {
            let told = soft.attribute(context, what, 0);
            assert!(told.size_with_stride < told.size, "query {what}");
            assert!(told.w_stride == 0 || told.w_stride < 5, "query {what}");
        }
        // Who believes it is not let write beyond.
        let mut output = soft.attribute(context, ask::RKNN_QUERY_OUTPUT_ATTR, 0);
        assert_eq!(soft.bind(context, &mut output), Err(RKNN_ERR_PARAM_INVALID));
        soft.destroy(context).unwrap();
    }
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn names_have_no_end() {
    let soft = Soft::open();
    soft.faults("name-unterminated").unwrap();
    let context = soft.load(&mixer()).unwrap();
    let told = soft.attribute(context, ask::RKNN_QUERY_INPUT_ATTR, 0);
    assert!(told.name.iter().all(|&letter| letter != 0));
    soft.destroy(context).unwrap();
}

#[test]
fn any_call_can_give_any_code() {
    let soft = Soft::open();
    let context = soft.load(&mixer()).unwrap();
    soft.give_mixer(context);
    soft.faults("code@query:-99,code@run:-14,code@create_mem2:-1")
        .unwrap();
    let told = soft.query::<sys::rknn_input_output_num>(context, ask::RKNN_QUERY_IN_OUT_NUM, 0);
    assert_eq!(told.err(), Some(-99));
    assert_eq!(soft.run(context), Err(-14));
    assert!(call!(soft, rknn_create_mem2(context, 8, 0)).is_null());
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn an_output_is_not_a_number() {
    let soft = Soft::open();
    soft.faults("nan@output:1").unwrap();
    let context = soft.load(&mixer()).unwrap();
    soft.give_mixer(context);
    let mut double = soft.attribute(context, ask::RKNN_QUERY_OUTPUT_ATTR, 1);
    let memory = soft.bind(context, &mut double).unwrap();
    soft.run(context).unwrap();
    assert_eq!(floats(&soft.output(context, 0, true).unwrap()), [0.0, 10.0]);
    let copied = floats(&soft.output(context, 1, true).unwrap());
    for values in [copied, floats(common::contents(memory))] {
        assert!(values[0].is_nan());
        assert_eq!(values[1], -4.0);
    }
    soft.faults("").unwrap();
    soft.run(context).unwrap();
    assert_eq!(floats(&soft.output(context, 1, true).unwrap()), [3.0, -4.0]);
    soft.destroy_memory(context, memory).unwrap();
    soft.destroy(context).unwrap();
    assert_eq!(soft.held(), [0; 4]);
}

#[test]
fn faults_that_are_not_known_change_nothing() {
    let soft = Soft::open();
    soft.faults("version=1.4.0").unwrap();
    for unknown in [
        "wonder",
        "wonder=1",
        "crash",
        "crash@run",
        "crash@run:0",
        "crash@wonder:1",
        "wonder@run:1",
        "code@run:1",
        "nan@input:0",
        "stride@output:x",
        "count=-1",
        "slow=5",
        "slow=5ms,,wonder",
    ] {
        assert_eq!(
            soft.faults(unknown),
            Err(RKNN_ERR_PARAM_INVALID),
            "{unknown}"
        );
    }
    let context = soft.load(&mixer()).unwrap();
    let told: sys::rknn_sdk_version = soft.query(context, ask::RKNN_QUERY_SDK_VERSION, 0).unwrap();
    assert_eq!(name(&told.api_version), "1.4.0");
    soft.destroy(context).unwrap();
}

/// The faults of a process of its own, which runs `a_process_of_its_own` with them.
fn with_faults(faults: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "a_process_of_its_own",
            "--ignored",
            "--nocapture",
        ])
        .env(VARIABLE, faults)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Loads and runs the mixer for ever; only with `with_faults` does it end.
#[test]
#[ignore = "other tests run it in a process of its own"]
fn a_process_of_its_own() {
    let path = rknnrt::built_library().unwrap();
    // SAFETY: it is the library of this workspace, whose initialisers do nothing.
    let api = unsafe { sys::rknn::new(path) }.unwrap();
    struct Alone {
        api: sys::rknn,
    }
    let soft = Alone { api };
    let specimen = mixer();
    let mut bytes = triune_npu::EmbeddedManifest::append(MIXER, &specimen.manifest);
    let mut context = 0;
    let (model, size) = (bytes.as_mut_ptr().cast(), bytes.len() as u32);
    let code = call!(
        soft,
        rknn_init(&raw mut context, model, size, 0, null_mut())
    );
    println!("init {code}");
    if code != 0 {
        return;
    }
    let mut values = [1.0_f32; 3];
    for (index, size) in [(0, 12), (1, 8)] {
        let mut input = sys::rknn_input {
            index,
            buf: values.as_mut_ptr().cast(),
            size,
            pass_through: 0,
            type_: common::F32,
            fmt: common::UNDEFINED,
        };
        assert_eq!(call!(soft, rknn_inputs_set(context, 1, &raw mut input)), 0);
    }
    for run in 1..=5 {
        let code = call!(soft, rknn_run(context, null_mut()));
        println!("run {run} {code}");
    }
    assert_eq!(call!(soft, rknn_destroy(context)), 0);
}

fn lines_of(faults: &str) -> (Vec<String>, std::process::ExitStatus) {
    let output = with_faults(faults).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let told = |line: &&str| line.starts_with("init") || line.starts_with("run ");
    let lines = text.lines().filter(told).map(str::to_owned).collect();
    (lines, output.status)
}

#[test]
fn the_environment_injects_faults() {
    if is_emulated() {
        return;
    }
    let (lines, status) = lines_of("timeout@run:2,device-lost@run:4");
    assert!(status.success());
    assert_eq!(
        lines,
        [
            "init 0", "run 1 0", "run 2 -2", "run 3 0", "run 4 -3", "run 5 -3"
        ]
    );
}

#[test]
fn an_environment_that_is_not_understood_stops_the_first_call() {
    if is_emulated() {
        return;
    }
    let (lines, status) = lines_of("wonder@run:2");
    assert!(status.success());
    assert_eq!(lines, ["init -5"]);
}

#[test]
fn a_crash_takes_the_process() {
    if is_emulated() {
        return;
    }
    let (lines, status) = lines_of("crash@run:3");
    assert_eq!(lines, ["init 0", "run 1 0", "run 2 0"]);
    // SIGABRT.
    assert_eq!(status.signal(), Some(6));
}

#[test]
fn a_hang_lasts_until_the_process_is_killed() {
    if is_emulated() {
        return;
    }
    let mut child = with_faults("hang@run:2").spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut lines = output.lines().map_while(Result::ok);
    assert!(lines.any(|line| line == "run 1 0"));
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(300) {
        assert_eq!(child.try_wait().unwrap(), None);
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    assert_eq!(lines.next(), None);
}
