//! One moment appended and made durable, beside databases that commit a record of the same
//! size to the same file system, by turns.

use super::AREA;
use crate::bench::figure::{Figure, Finding, Kind};
use crate::bench::spread::Spread;
use std::path::Path;
use std::time::Instant;
use triune_core::{BeingId, CrystalDraft, CrystalKind, Embedding, EnergyCentres, Timestamp};
use triune_memory::BootId;
use triune_memory::Options;
use triune_memory::crystals::{CrystalStore, Provenance, RECORD_BYTES, Stamp};

/// Rounds; each side gets a turn in each.
const ROUNDS: usize = 60;
/// Commits in one turn. The first round only warms up.
const COMMITS: usize = 10;

/// Makes one record durable.
pub(super) type Commit = Box<dyn FnMut() -> Result<(), String>>;

/// A store that takes part.
pub(super) struct Contender {
    pub(super) name: &'static str,
    pub(super) version: String,
    /// How it was told to be durable.
    pub(super) durability: &'static str,
    pub(super) commit: Commit,
}

pub(super) fn measure(folder: &Path) -> Result<Vec<Finding>, String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let mut contenders = vec![crystals(folder)?];
    contenders.extend(peers(folder)?);
    let mut spans: Vec<Vec<f64>> = contenders.iter().map(|_| Vec::new()).collect();
    for round in 0..=ROUNDS {
        for turn in 0..contenders.len() {
            // The order turns, so that no side always follows the same other one.
            let side = (round + turn) % contenders.len();
            for _ in 0..COMMITS {
                let began = Instant::now();
                (contenders[side].commit)()?;
                let microseconds = began.elapsed().as_nanos() as f64 / 1e3;
                if round > 0 {
                    spans[side].push(microseconds);
                }
            }
        }
    }
    let mut spreads = spans.into_iter().map(Spread::of);
    let ours = spreads.next().unwrap_or_default();
    let mut findings: Vec<Finding> = contenders[1..]
        .iter()
        .zip(spreads)
        .map(|(peer, spread)| figure(&ours, &contenders[0], peer, &spread, folder).into())
        .collect();
    if findings.is_empty() {
        findings.push(Finding::skipped(
            AREA,
            "durable commits have no peer in this build: build with --features bench-peers",
        ));
    }
    Ok(findings)
}

fn figure(ours: &Spread, us: &Contender, peer: &Contender, theirs: &Spread, at: &Path) -> Figure {
    Figure::less_is_better(AREA, "us", ours.p50(), peer.name, theirs.p50(), Kind::Peer)
        .with("what", "one record, one durable commit")
        .with("p50_us", ours.p50())
        .with("p99_us", ours.p99())
        .with("peer_p50_us", theirs.p50())
        .with("peer_p99_us", theirs.p99())
        .with("durability", us.durability)
        .with("peer_durability", peer.durability)
        .with("version", us.version.as_str())
        .with("peer_version", peer.version.as_str())
        .with("record_bytes", RECORD_BYTES)
        .with("n", ours.count())
        .with("threads", 1)
        .with("file_system", file_system(at))
}

/// Our own store: append, then sync.
fn crystals(folder: &Path) -> Result<Contender, String> {
    let folder = folder.join("crystals");
    std::fs::create_dir(&folder).map_err(|error| error.to_string())?;
    let being = BeingId::FIRST;
    let records = Options::default().records_per_segment;
    let (mut store, _) =
        CrystalStore::open(&folder, being, records, 0).map_err(|error| error.to_string())?;
    let mut cycle = 0;
    let commit = move || {
        cycle += 1;
        let draft = CrystalDraft {
            being,
            cycle,
            time: Timestamp(cycle),
            told: 0,
            kind: CrystalKind::Sound as u32,
            salience: 0.5,
            confidence: 0.5,
            coherence: 0.5,
            centres: EnergyCentres([0.5; 7]),
            flux: 3,
            embedding: Embedding(std::array::from_fn(|axis| (cycle + axis as u64) as f32)),
        };
        let stamp = Stamp {
            unix: cycle,
            boot: BootId([1; 16]),
        };
        let from = Provenance {
            being,
            board: [0; 16],
            sequence: 0,
        };
        store
            .append(&draft, stamp, from)
            .and_then(|_| store.sync())
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    Ok(Contender {
        name: "crystals",
        version: env!("CARGO_PKG_VERSION").to_owned(),
        durability: "pwrite, fdatasync",
        commit: Box::new(commit),
    })
}

#[cfg(feature = "bench-peers")]
fn peers(folder: &Path) -> Result<Vec<Contender>, String> {
    Ok(vec![
        super::redb::contender(folder)?,
        super::lmdb::contender(folder)?,
    ])
}

#[cfg(not(feature = "bench-peers"))]
#[expect(clippy::unnecessary_wraps, reason = "as with the peers")]
fn peers(_folder: &Path) -> Result<Vec<Contender>, String> {
    Ok(Vec::new())
}

/// Kind of the file system: on one in memory nothing is durable and the figures mean little
/// (magic numbers of Linux, include/uapi/linux/magic.h).
fn file_system(at: &Path) -> String {
    match rustix::fs::statfs(at).map(|found| found.f_type) {
        Ok(0xef53) => "ext4".to_owned(),
        Ok(0x0102_1994) => "tmpfs (nothing is durable there: set TMPDIR)".to_owned(),
        Ok(0x5846_5342) => "xfs".to_owned(),
        Ok(0x9123_683e) => "btrfs".to_owned(),
        Ok(0x794c_7630) => "overlayfs".to_owned(),
        Ok(other) => format!("{other:#x}"),
        Err(error) => error.to_string(),
    }
}
