//! Makes the fuzz targets' seed corpus from real files:
//! `cargo run --package triune-tests --example seeds`. Run it again when a format changes; what
//! it makes is a few kilobytes a target.
#![forbid(unsafe_code)]

use std::error::Error;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use triune_core::{
    Being, BeingId, Consent, CrystalDraft, CrystalKind, Embedding, EnergyCentres, Judgement,
    LoopSet, Parameters, Percept, Tick, Timestamp, step,
};
use triune_engine::{BeingStart, CycleRecord, Entry, RecordingHeader, StepRecord, Writer};
use triune_memory::catalog::Profile;
use triune_memory::crystals::{Crystal, CrystalStore, Provenance, Stamp};
use triune_memory::essence::{Essence, EssenceCounters, EssenceFile};
use triune_memory::search::examine_index;
use triune_memory::transfer::export_being;
use triune_memory::wear::WearDay;
use triune_memory::{BootId, Memory, Options};

type Outcome = Result<(), Box<dyn Error>>;

/// Whose files they are, and records of a segment: as the targets in `fuzz/` open them.
const BEING: BeingId = BeingId::FIRST;
const RECORDS: u32 = 2;

/// Ten cycles a second, so that few of them fill a block.
const PERIOD: u64 = 100_000_000;

fn main() -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let scratch = tempfile::tempdir()?;
    let seeds = Seeds(root.join("fuzz/corpus"));
    recordings(&seeds, scratch.path())?;
    memory(&seeds, scratch.path())?;
    texts(&seeds, &root)?;
    models(&seeds, &root)?;
    sounds(&seeds)?;
    pictures(&seeds)
}

struct Seeds(PathBuf);

impl Seeds {
    fn keep(&self, target: &str, name: &str, bytes: impl AsRef<[u8]>) -> Outcome {
        let folder = self.0.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)?;
        println!("{target}/{name}");
        Ok(())
    }
}

fn recordings(seeds: &Seeds, scratch: &Path) -> Outcome {
    for (name, cycles, beings) in [("empty", 0, 0), ("short", 3, 1), ("two-blocks", 26, 2)] {
        let path = scratch.join(name);
        let mut beings: Vec<Being> = (1..=beings).map(|id| Being::new(BeingId(id))).collect();
        let mut writer = Writer::create(&path, &RecordingHeader::new(PERIOD, 1))?;
        for being in &beings {
            writer.add(&Entry::Joined(BeingStart::from(being)))?;
        }
        for cycle in 1..=cycles {
            if cycle == 2 {
                writer.add(&Entry::Parameters(
                    beings[0].state.being,
                    Parameters::default(),
                ))?;
            }
            if cycle == 25
                && let Some(gone) = beings.pop()
            {
                writer.add(&Entry::Left(gone.state.being))?;
            }
            let tick = Tick {
                time: Timestamp(cycle * PERIOD),
                elapsed: PERIOD,
            };
            writer.add(&Entry::Cycle(CycleRecord {
                tick,
                period: PERIOD,
                lateness: 100,
                skipped: 0,
                joined: LoopSet::ALL,
                beings: u32::try_from(beings.len())?,
                level: 0,
                burst: 0,
            }))?;
            for being in &mut beings {
                writer.add(&Entry::Step(lived(being, cycle, tick)))?;
            }
        }
        writer.finish()?;
        let bytes = fs::read(&path)?;
        seeds.keep("recording", name, &bytes)?;
        if cycles > 0 {
            seeds.keep(
                "recording",
                &format!("{name}-cut"),
                &bytes[..bytes.len() - 30],
            )?;
        }
    }
    for plan in [
        "",
        "sight=frozen@10s..15s,hearing=late:250ms,seed=7",
        "told=burst:5/s@..2min,loop.analytical=late,body=nan",
        "slow-sync:50ms",
    ] {
        let name = plan.split(['=', ':']).next().unwrap_or_default();
        let name = if name.is_empty() { "none" } else { name };
        seeds.keep("faults", name, plan)?;
    }
    for (name, plan) in [
        ("none", ""),
        (
            "both",
            "sight=frozen@5s..10s, memory=full@1s..2s,told=burst:10/s@0s..",
        ),
        ("store", "memory=slow-sync:50ms@10s.."),
        ("slip", "memory=full@5s..3s"),
    ] {
        seeds.keep("injection", name, plan)?;
    }
    Ok(())
}

/// One cycle of a being that hears somebody speak every other cycle.
fn lived(being: &mut Being, cycle: u64, tick: Tick) -> StepRecord {
    let mut percept = Percept::ABSENT;
    percept.hearing.speech = Judgement::fresh((cycle % 2) as f32, 0.9);
    let (state, _) = step(
        &being.state,
        &percept,
        being.consent,
        &being.parameters,
        tick,
    );
    being.state = state;
    StepRecord {
        being: being.state.being,
        consent: being.consent,
        reserved: 0,
        percept,
        state,
    }
}

fn memory(seeds: &Seeds, scratch: &Path) -> Outcome {
    let draft = CrystalDraft {
        being: BEING,
        cycle: 9,
        time: Timestamp(36_000_000),
        told: 0,
        kind: CrystalKind::Voice as u32,
        salience: 0.8,
        confidence: 0.7,
        coherence: 0.6,
        centres: EnergyCentres([0.5; 7]),
        flux: 3,
        embedding: Embedding([0.1; 64]),
    };
    let stamp = Stamp {
        unix: 1_700_000_000_000_000_000,
        boot: BootId([7; 16]),
    };
    let from = Provenance {
        being: BEING,
        board: [9; 16],
        sequence: 0,
    };
    let crystal = Crystal::seal(&draft, 1, stamp, from);
    seeds.keep("crystal", "whole", crystal.to_bytes())?;
    seeds.keep("crystal", "torn", &crystal.to_bytes()[..300])?;

    let name = "segment-00000000.crystals";
    let (mut store, _) = CrystalStore::open(scratch, BEING, RECORDS, 0)?;
    for _ in 0..RECORDS {
        store.append(&draft, stamp, from)?;
        store.sync()?;
    }
    drop(store);
    let bytes = fs::read(scratch.join(name))?;
    seeds.keep("segment", "full", &bytes)?;
    seeds.keep("segment", "cut", &bytes[..bytes.len() - 100])?;
    let mut torn = bytes;
    let last = torn.len() - 50;
    torn[last] ^= 0x40;
    seeds.keep("segment", "torn", &torn)?;

    let (mut file, _) = EssenceFile::open(scratch, BEING)?;
    let mut essence = Essence {
        state: Being::new(BEING).state,
        consent: Consent::ALL,
        parameters: Parameters::default(),
        written_unix: stamp.unix,
        written: Timestamp(1),
        boot: stamp.boot,
        clean: false,
        counters: EssenceCounters {
            last_crystal: 1,
            dropped: 0,
            starts: 1,
            withheld: 0,
        },
        wear: WearDay::default(),
    };
    file.write(&essence)?;
    seeds.keep("essence", "first", fs::read(scratch.join("essence"))?)?;
    essence.clean = true;
    file.write(&essence)?;
    let bytes = fs::read(scratch.join("essence"))?;
    seeds.keep("essence", "second", &bytes)?;
    seeds.keep("essence", "cut", &bytes[..bytes.len() - 1])?;
    index(seeds, &scratch.join("indexed"), &draft, stamp, from)?;
    export(seeds, &scratch.join("memory"), &draft)
}

/// A segment with the index of its moments behind it. The indexer stores one of 20 000 moments and
/// more, so this small one is put together here, and read to see that it is one.
fn index(
    seeds: &Seeds,
    folder: &Path,
    draft: &CrystalDraft,
    stamp: Stamp,
    from: Provenance,
) -> Outcome {
    const ROWS: u32 = 6;
    const NONE: u32 = u32::MAX;
    fs::create_dir(folder)?;
    // Nothing that an embedding of nothing could be near to: all codes are the same.
    let draft = CrystalDraft {
        embedding: Embedding([0.0; 64]),
        ..*draft
    };
    let (mut store, _) = CrystalStore::open(folder, BEING, ROWS, 0)?;
    for _ in 0..ROWS {
        store.append(&draft, stamp, from)?;
    }
    store.sync()?;
    let mut index = b"TRIUNEIX".to_vec();
    // Version, way of embedding, dimensions, nothing.
    index.extend([1_u32, 1, 64, 0].map(u32::to_le_bytes).concat());
    let (rows, last) = (u64::from(ROWS), u64::from(ROWS));
    index.extend([BEING.0, rows, last, 0, 0].map(u64::to_le_bytes).concat());
    for crystal in store.reader().view().iter() {
        index.extend(crystal.sequence().to_le_bytes());
        index.extend(crystal.unix().to_le_bytes());
        index.extend(crystal.salience().to_le_bytes());
        index.extend(draft.kind.to_le_bytes());
    }
    for row in 0..ROWS {
        // The first and the last row are compared with their moments.
        let step = if row == 0 || row == ROWS - 1 { 0 } else { 900 };
        index.extend((0..64_i16).flat_map(|at| (step * (at % 7 - 3)).to_le_bytes()));
    }
    for row in 0..ROWS {
        let mut links = [NONE; 48];
        // Each row leads to the next; the last is a copy of the first.
        links[0] = 1;
        links[1] = if row == 0 { ROWS - 1 } else { NONE };
        links[2] = (row + 1) % (ROWS - 1);
        index.extend(links.map(u32::to_le_bytes).concat());
    }
    let checksum = crc32c::crc32c(&index);
    index.extend(checksum.to_le_bytes());
    fs::write(folder.join("moments-1.index"), &index)?;
    let covered = examine_index(folder, BEING, &store.reader())?;
    if covered != Some(rows) {
        return Err(format!("{covered:?} of {rows} moments").into());
    }
    drop(store);
    let mut whole = fs::read(folder.join("segment-00000000.crystals"))?;
    whole.extend(index);
    seeds.keep("index_file", "whole", &whole)?;
    seeds.keep("index_file", "cut", &whole[..whole.len() - 100])
}

/// A being with a name and a moment, in one file.
fn export(seeds: &Seeds, root: &Path, draft: &CrystalDraft) -> Outcome {
    fs::create_dir(root)?;
    let options = Options {
        history_records: 2,
        records_per_segment: RECORDS,
        ..Options::default()
    };
    let mut opened = Memory::open(root, BEING, &options)?;
    opened
        .memory
        .catalog()
        .set_profile(&Profile::new("Ada", "lives in the kitchen")?)?;
    let state = Being::new(BEING).state;
    let _ = opened.cycle.remember(&state, Some(draft));
    opened.memory.close()?;
    let file = root.join("ada.being");
    export_being(root, BEING, &file, &mut |_| ControlFlow::Continue(()))?;
    let bytes = fs::read(file)?;
    seeds.keep("export", "whole", &bytes)?;
    seeds.keep("export", "cut", &bytes[..bytes.len() - 40])
}

fn patterns(seeds: &Seeds) -> Outcome {
    let empty = triune_npu::patterns::Patterns::default().encode();
    seeds.keep("patterns_file", "empty", &empty)?;
    // One told pattern with a name, as `npu/src/patterns/file.rs` tells.
    let mut told = empty[..empty.len() - 4].to_vec();
    told[8..16].copy_from_slice(&90_u64.to_le_bytes());
    told[16..20].copy_from_slice(&2_u32.to_le_bytes());
    told[20..24].copy_from_slice(&1_u32.to_le_bytes());
    for number in [1_u32, 9, 4] {
        told.extend(number.to_le_bytes());
    }
    for number in [80_u64, 1_790_000_000_000, 1_790_000_600_000] {
        told.extend(number.to_le_bytes());
    }
    told.extend(
        [0.5_f32; triune_npu::patterns::SIGNATURE_LENGTH]
            .map(f32::to_le_bytes)
            .as_flattened(),
    );
    told.push(7);
    told.extend(b"laundry");
    seeds.keep("patterns_file", "unsummed", &told)?;
    told.extend(crc32c::crc32c(&told).to_le_bytes());
    triune_npu::patterns::Patterns::decode(&told)?;
    seeds.keep("patterns_file", "told", &told)
}

fn texts(seeds: &Seeds, root: &Path) -> Outcome {
    for name in ["host", "qemu-aarch64", "orangepi-5-plus"] {
        let path = root.join("board/boards").join(name).join("board.toml");
        seeds.keep("board", name, fs::read(path)?)?;
    }
    let manifest = root.join("models/dual_activation/manifest.toml");
    seeds.keep("manifest", "dual_activation", fs::read(manifest)?)?;
    patterns(seeds)?;
    let mut settings = triune::settings::SettingsFile::default();
    seeds.keep("settings", "default", toml::to_string(&settings)?)?;
    settings.board = Some("host".to_owned());
    settings.listen = vec!["127.0.0.1:8088".parse()?, "[::1]:9".parse()?];
    settings.rate_hz = Some(250);
    settings.see = Some("pattern".to_owned());
    settings.log = Some("debug".to_owned());
    settings.parameters.insert("centre_damping".to_owned(), 2.0);
    seeds.keep("settings", "full", toml::to_string(&settings)?)?;
    seeds.keep("settings", "slip", "rate_hertz = 250\n")?;
    seeds.keep("bodies", "words", r#"{"words": "good morning"}"#)?;
    seeds.keep("bodies", "consent", r#"{"hear": false, "remember": true}"#)?;
    seeds.keep("bodies", "being", BEING.to_string())?;
    seeds.keep("bodies", "awake", r#"{"name": "Ada", "awake": false}"#)?;
    let gift = r#"{"from": "1", "to": "2", "crystals": [1, 7]}"#;
    seeds.keep("bodies", "gift", gift)?;
    seeds.keep(
        "bodies",
        "kernel",
        r#"{"rate_hz": 100, "overrun": "catch-up:4"}"#,
    )?;
    seeds.keep("question", "empty", "{}")?;
    let question = r#"{"words": "keys tab*", "kinds": ["voice"], "since_unix_ms": 7, "salience": 0.5,
        "near": 0, "limit": 3}"#;
    seeds.keep("question", "full", question)?;
    seeds.keep("question", "infinite", r#"{"salience": 1e39}"#)?;
    let status = triune::status::Status::default();
    seeds.keep("status", "default", serde_json::to_vec(&status)?)
}

/// Small model files, and what a worker says.
fn models(seeds: &Seeds, root: &Path) -> Outcome {
    let specimens = root.join("npu/tests/specimens");
    for name in ["mixer", "quantised", "root", "inside"] {
        let bytes = fs::read(specimens.join(name).with_extension("onnx"))?;
        seeds.keep("onnx_header", name, &bytes)?;
        let cut = &bytes[..bytes.len() - bytes.len() / 3];
        seeds.keep("onnx_header", &format!("{name}-cut"), cut)?;
    }
    let description = r#"{"name": "rknn model", "version": "2.5.0", "target_platform": ["rk3588"],
        "graph": [{"left": "input", "left_tensor_id": 0, "right": "norm_tensor", "right_tensor_id": 0},
        {"left": "output", "left_tensor_id": 0, "right": "norm_tensor", "right_tensor_id": 1}],
        "norm_tensor": [{"tensor_id": 0, "url": "window", "size": [1, 32], "dtype": {"qnt_type": "int8"}},
        {"tensor_id": 1, "url": "feeling", "size": [1, 4], "dtype": {"qnt_type": ""}}]}"#;
    for version in [1_u64, 6, 7] {
        let mut bytes = b"RKNN\0\0\0\0".to_vec();
        bytes.extend([version, 8].map(u64::to_le_bytes).concat());
        bytes.extend(vec![0; if version < 2 { 0 } else { 40 }]);
        bytes.extend(b"\x38\0\0\0RKNN");
        bytes.extend((description.len() as u64).to_le_bytes());
        bytes.extend(description.as_bytes());
        seeds.keep("rknn_header", &format!("version-{version}"), &bytes)?;
        let cut = &bytes[..bytes.len() / 2];
        seeds.keep("rknn_header", &format!("version-{version}-cut"), cut)?;
    }
    seeds.keep("rknn_header", "encrypted", b"CYPTRKNN\x06")?;
    let numbers = |numbers: &[u32]| numbers.iter().copied().flat_map(u32::to_le_bytes).collect();
    let said: [(&str, Vec<u8>, &[u8]); 4] = [
        (
            "hello",
            numbers(&[0x5452_0001, 1, 3, 3]),
            b"rknn (soft runtime)",
        ),
        ("hello-newer", numbers(&[0x5452_0001, 9, 1, 1]), b""),
        ("loaded", numbers(&[0x5452_0002, 1]), b""),
        (
            "refused",
            numbers(&[0x5452_0003, 1, 2]),
            b"output\x1ffeeling\x1fthe file\x1fthe manifest",
        ),
    ];
    for (name, mut packet, text) in said {
        packet.extend_from_slice(text);
        seeds.keep("worker_message", name, packet)?;
    }
    Ok(())
}

fn sounds(seeds: &Seeds) -> Outcome {
    for (name, bits, format) in [
        ("pcm8", 8, hound::SampleFormat::Int),
        ("pcm16", 16, hound::SampleFormat::Int),
        ("float", 32, hound::SampleFormat::Float),
    ] {
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 16_000,
            bits_per_sample: bits,
            sample_format: format,
        };
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut bytes, spec)?;
        for sample in 0..64_i32 {
            match format {
                hound::SampleFormat::Float => writer.write_sample(sample as f32 / 64.0)?,
                hound::SampleFormat::Int => writer.write_sample(sample - 32)?,
            }
        }
        writer.finalize()?;
        seeds.keep("sound", name, bytes.into_inner())?;
    }
    Ok(())
}

fn pictures(seeds: &Seeds) -> Outcome {
    for (name, colour, samples) in [
        ("grey", png::ColorType::Grayscale, 1),
        ("rgb", png::ColorType::Rgb, 3),
        ("rgba", png::ColorType::Rgba, 4),
    ] {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 4, 3);
        encoder.set_color(colour);
        let pixels: Vec<u8> = (0..4 * 3 * samples).map(|value| value * 5).collect();
        encoder.write_header()?.write_image_data(&pixels)?;
        seeds.keep("picture", name, &bytes)?;
    }
    Ok(())
}
