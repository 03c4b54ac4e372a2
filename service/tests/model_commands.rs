//! `triune model`: good models are taken in, and bad ones are told, whatever is wrong with them.
#![allow(missing_docs)]
mod common;
use common::{assert_fails, run, triune};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

/// Two inputs, two outputs: `sum` and `double`.
const MIXER: &[u8] = include_bytes!("../../npu/tests/specimens/mixer.onnx");

/// A field of Protocol Buffers that has a length; for messages below 16 KiB.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    assert!(length < 1 << 14);
    let length = [length as u8 | 0x80, (length >> 7) as u8];
    [&[number << 3 | 2][..], &length, content].concat()
}

/// `y = operator(x)` of four numbers, the first axis as told.
fn one_operator(operator: &str, first_axis: &[u8]) -> Vec<u8> {
    let tensor = |name: &str| {
        let shape = [field(1, first_axis), field(1, &[1 << 3, 4])].concat();
        let of_tensor = [vec![1 << 3, 1], field(2, &shape)].concat();
        [field(1, name.as_bytes()), field(2, &field(1, &of_tensor))].concat()
    };
    let node = [
        field(1, b"x"),
        field(2, b"y"),
        field(4, operator.as_bytes()),
    ]
    .concat();
    let graph = [
        field(1, &node),
        field(2, b"g"),
        field(11, &tensor("x")),
        field(12, &tensor("y")),
    ];
    [
        vec![1 << 3, 8],
        field(7, &graph.concat()),
        field(8, &[field(1, b""), vec![2 << 3, 17]].concat()),
    ]
    .concat()
}

/// `y` is what `x`, four numbers, becomes in a loop that runs as often as an i64 can say.
fn endless() -> Vec<u8> {
    let tensor = |name: &str, element: u8, shape: &[u8]| {
        let of_tensor = [vec![1 << 3, element], field(2, shape)].concat();
        [field(1, name.as_bytes()), field(2, &field(1, &of_tensor))].concat()
    };
    let node = |operator: &str, from: &[&str], to: &[&str]| {
        let names = |number, names: &[&str]| -> Vec<u8> {
            let names = names.iter().map(|name| field(number, name.as_bytes()));
            names.flatten().collect()
        };
        [names(1, from), names(2, to), field(4, operator.as_bytes())].concat()
    };
    let four = [field(1, ONE), field(1, &[1 << 3, 4])].concat();
    let body = [
        field(1, &node("Identity", &["b"], &["c"])),
        field(1, &node("Identity", &["v"], &["w"])),
        field(2, b"l"),
        field(11, &tensor("i", 7, &[])),
        field(11, &tensor("b", 9, &[])),
        field(11, &tensor("v", 1, &four)),
        field(12, &tensor("c", 9, &[])),
        field(12, &tensor("w", 1, &four)),
    ];
    // An attribute that is a graph.
    let body = [
        field(1, b"body"),
        field(6, &body.concat()),
        vec![0xA0, 1, 5],
    ]
    .concat();
    let constant = |name: &str, element: u8, bytes: &[u8]| {
        let value = [
            vec![2 << 3, element],
            field(8, name.as_bytes()),
            field(9, bytes),
        ];
        field(5, &value.concat())
    };
    let graph = [
        field(
            1,
            &[node("Loop", &["m", "t", "x"], &["y"]), field(5, &body)].concat(),
        ),
        field(2, b"g"),
        constant("m", 7, &i64::MAX.to_le_bytes()),
        constant("t", 9, &[1]),
        field(11, &tensor("x", 1, &four)),
        field(12, &tensor("y", 1, &four)),
    ];
    [
        vec![1 << 3, 8],
        field(7, &graph.concat()),
        field(8, &[field(1, b""), vec![2 << 3, 17]].concat()),
    ]
    .concat()
}

#[test]
fn a_model_that_never_ends_is_ended_and_not_added() {
    let home = Home::new();
    let file = home.file("endless.onnx", &endless());
    let added = home.add(&file, &["--patience", "3"]);
    assert_fails(
        &added,
        1,
        &["took longer than 3 s", "--patience", "not added"],
    );
    home.assert_empty();
}

/// An axis of length 1.
const ONE: &[u8] = &[1 << 3, 1];

struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn models(&self) -> PathBuf {
        self.data().join("models")
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    }

    fn model(&self, arguments: &[&str]) -> Output {
        triune()
            .args(["model", "--board", "host", "--data"])
            .arg(self.data())
            .args(arguments)
            .output()
            .expect("triune runs")
    }

    fn add(&self, file: &str, arguments: &[&str]) -> Output {
        self.model(&[&["add", file], arguments].concat())
    }

    /// Nothing was written, not even half.
    fn assert_empty(&self) {
        let left = fs::read_dir(self.models()).into_iter().flatten().count();
        assert_eq!(left, 0, "something is left in {}", self.models().display());
    }
}

fn told(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn lines(output: &Output) -> Vec<Value> {
    let lines = told(output);
    let object = |line| serde_json::from_str(line).expect("JSON");
    lines.lines().map(object).collect()
}

#[test]
fn a_good_model_is_taken_in_listed_checked_and_measured_and_never_replaced() {
    let home = Home::new();
    let file = home.file("My mixer.onnx", MIXER);
    let dry = told(&home.add(&file, &["--dry-run"]));
    assert!(dry.contains("left f32 [1, 3]"), "{dry}");
    home.assert_empty();
    let added = told(&home.add(&file, &["--licence", "MIT", "--labels", "sum=first,second"]));
    assert!(added.contains("added: "), "{added}");
    let kept = home.models().join("my_mixer");
    let manifest = fs::read_to_string(kept.join("manifest.toml")).expect("a manifest");
    assert!(
        manifest.contains("first") && manifest.contains("MIT"),
        "{manifest}"
    );
    assert_eq!(fs::read(kept.join("my_mixer.onnx")).expect("a file"), MIXER);

    let listed = lines(&home.model(&["list", "--json"]));
    let names: Vec<_> = listed.iter().map(|model| model["name"].as_str()).collect();
    let expected = ["dual_activation", "scene_embedding", "my_mixer"];
    assert_eq!(names, expected.map(Some));
    assert_eq!(listed[2]["runs"], "my_mixer.onnx");
    told(&home.model(&["check", "my_mixer"]));
    let measured = lines(&home.model(&["bench", "my_mixer", "--json"]));
    assert!(
        measured
            .iter()
            .all(|row| row["p50_us"].as_f64() > Some(0.0))
    );
    assert!(measured.iter().any(|row| row["beside_pure"] == 1.0));

    assert_fails(
        &home.add(&file, &[]),
        1,
        &["my_mixer", "is there already", "--name"],
    );
    assert_eq!(fs::read(kept.join("my_mixer.onnx")).expect("a file"), MIXER);
    // A folder with a manifest is taken as it is.
    let other = Home::new();
    told(&other.add(kept.to_str().expect("UTF-8"), &[]));
    told(&other.model(&["check", "my_mixer"]));
}

#[test]
fn the_models_that_are_carried_are_in_order() {
    let found = lines(&Home::new().model(&["check", "--json"]));
    assert!(found.iter().all(|one| one["fine"] == true), "{found:?}");
    let compared = |one: &&Value| {
        one["check"]
            .as_str()
            .is_some_and(|what| what.contains("INT8 and FP32"))
    };
    assert!(found.iter().filter(compared).count() >= 2, "{found:?}");
}

#[test]
fn a_file_that_is_cut_or_damaged_anywhere_is_told_and_not_taken() {
    let home = Home::new();
    for length in (0..MIXER.len()).step_by(17) {
        let file = home.file("cut.onnx", &MIXER[..length]);
        let output = home.add(&file, &[]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{length}: {message}");
        assert!(message.contains("cut.onnx"), "{length}: {message}");
    }
    home.assert_empty();
}

#[test]
fn foreign_files_are_called_by_their_name() {
    let home = Home::new();
    for (bytes, word) in [
        (&b"PK\x03\x04rest"[..], "PyTorch"),
        (b"\x1c\0\0\0TFL3", "TensorFlow Lite"),
        (b"hello\n", "a text"),
        (b"CYPTRKNN1234", "encrypted"),
        (b"RKNN\0\0\0\0\x07\0\0\0\0\0\0\0", "version 7"),
    ] {
        let file = home.file("foreign.bin", bytes);
        assert_fails(&home.add(&file, &[]), 1, &["foreign.bin", word]);
    }
    assert_fails(&home.add("/no/such/model", &[]), 2, &["/no/such/model"]);
    assert_fails(&home.add("/dev/zero", &[]), 2, &["is no file"]);
    home.assert_empty();
}

#[test]
fn a_model_that_does_not_run_is_not_taken() {
    let home = Home::new();
    let unsound = home.file("log.onnx", &one_operator("Log", ONE));
    assert_fails(&home.add(&unsound, &[]), 1, &["finite", "not added"]);
    let unknown = home.file("magic.onnx", &one_operator("Magic", ONE));
    assert_fails(&home.add(&unknown, &[]), 1, &["Magic", "not added"]);
    home.assert_empty();
}

#[test]
fn open_axes_labels_and_names_are_asked_for() {
    let home = Home::new();
    let file = home.file("open.onnx", &one_operator("Softmax", &field(2, b"batch")));
    assert_fails(&home.add(&file, &[]), 2, &["[batch, 4]", "--shape x="]);
    for (arguments, word) in [
        (&["--shape", "x=1,5"][..], "does not fit"),
        (&["--shape", "x=1,zero"], "zero"),
        (&["--shape", "z=1,4"], "has no 'z'"),
        (&["--shape", "x=1,4", "--labels", "y=a,b"], "4 elements"),
        (&["--shape", "x=1,4", "--name", "My Name"], "--name"),
    ] {
        assert_fails(&home.add(&file, arguments), 2, &[word]);
    }
    home.assert_empty();
    let added = told(&home.add(&file, &["--shape", "x=1,4"]));
    assert!(added.contains("--labels y="), "{added}");
    assert_fails(
        &home.add(&file, &["--name", "dual_activation", "--shape", "x=1,4"]),
        1,
        &["carries"],
    );
}

#[test]
fn an_rknn_file_without_a_runtime_says_what_is_missing() {
    let home = Home::new();
    let description = r#"{"version": "2.5.0", "target_platform": ["rk3588"],
        "graph": [{"left": "input", "left_tensor_id": 0, "right": "norm_tensor", "right_tensor_id": 0},
        {"left": "output", "left_tensor_id": 0, "right": "norm_tensor", "right_tensor_id": 1}],
        "norm_tensor": [{"tensor_id": 0, "url": "a", "size": [1, 4]}, {"tensor_id": 1, "url": "b", "size": [1, 4]}]}"#;
    let mut bytes = b"RKNN\0\0\0\0".to_vec();
    bytes.extend([6_u64, 8].map(u64::to_le_bytes).concat());
    bytes.extend([0; 40]);
    bytes.extend(b"\x38\0\0\0RKNN");
    bytes.extend((description.len() as u64).to_le_bytes());
    bytes.extend(description.as_bytes());
    let file = home.file("face.rknn", &bytes);
    let words = ["face.rknn", "librknnrt.so", "looked for"];
    assert_fails(&home.add(&file, &[]), 1, &words);
    home.assert_empty();
}

#[test]
fn a_damaged_model_fails_its_check_and_is_listed_as_broken() {
    let home = Home::new();
    told(&home.add(&home.file("mixer.onnx", MIXER), &[]));
    let kept = home.models().join("mixer");
    let mut bytes = MIXER.to_vec();
    bytes[100] ^= 1;
    fs::write(kept.join("mixer.onnx"), bytes).expect("written");
    let checked = home.model(&["check", "mixer"]);
    assert_fails(&checked, 1, &["1 of these checks failed"]);
    let text = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(text.contains("SHA-256"), "{text}");
    fs::write(kept.join("manifest.toml"), "format = 2\nname = 7\n").expect("written");
    assert!(told(&home.model(&[])).contains("broken: "));
    assert_fails(&home.model(&["check", "mixer"]), 1, &["failed"]);
    assert_fails(
        &home.model(&["check", "dual_activaton"]),
        2,
        &["did you mean 'dual_activation'"],
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let home = Home::new();
    let file = home.file("mixer.onnx", MIXER);
    fs::create_dir_all(home.data()).expect("a folder");
    fs::write(home.models(), "no folder").expect("written");
    assert_fails(&home.add(&file, &[]), 1, &["cannot be written", "--data"]);
    assert!(Path::new(&home.models()).is_file());
}

#[test]
fn the_help_teaches() {
    let help = told(&run(&["model", "--help"]));
    for word in [
        "triune model add",
        "--dry-run",
        "manifest.toml",
        "check",
        "bench",
    ] {
        assert!(help.contains(word), "'{word}' is not in: {help}");
    }
}
