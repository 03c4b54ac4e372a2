//! What the system knows of the service and its children.

use std::fs;
use std::path::Path;

/// A child of the service: its id, and the letter of its state.
pub(crate) fn children(service: u32) -> Vec<(u32, char)> {
    let all = fs::read_dir("/proc").expect("/proc is there");
    let ids = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter_map(|id: u32| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name in front may hold anything.
        let mut fields = stat.rsplit(')').next()?.split_whitespace();
        let state = fields.next()?.chars().next()?;
        let parent: u32 = fields.next()?.parse().ok()?;
        (parent == service).then_some((id, state))
    })
    .collect()
}

/// The worker, if there is one that lives.
pub(crate) fn worker(service: u32) -> Option<u32> {
    let is_worker = |id: u32| {
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains("npu-worker")
    };
    children(service)
        .into_iter()
        .find(|&(id, state)| state != 'Z' && is_worker(id))
        .map(|(id, _)| id)
}

/// Open files.
pub(crate) fn open_files(service: u32) -> usize {
    fs::read_dir(format!("/proc/{service}/fd")).map_or(0, Iterator::count)
}

/// Memory that is shared with workers, in mappings.
pub(crate) fn shared_mappings(service: u32) -> usize {
    let maps = fs::read_to_string(format!("/proc/{service}/maps")).unwrap_or_default();
    maps.lines()
        .filter(|line| line.contains("memfd:triune-npu"))
        .count()
}

/// Resident memory, KiB.
pub(crate) fn resident(service: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{service}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.expect("the service lives")
}

/// Whether there is such a process, dead or alive.
pub(crate) fn exists(process: u32) -> bool {
    Path::new(&format!("/proc/{process}")).exists()
}

/// Slope of the least-squares line through `points`, and its value at their middle.
pub(crate) fn line(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len() as f64;
    let (x, y) = points
        .iter()
        .fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    let (x, y) = (x / count, y / count);
    let (over, under) = points.iter().fold((0.0, 0.0), |sum, point| {
        let from = point.0 - x;
        (sum.0 + from * (point.1 - y), sum.1 + from * from)
    });
    (if under > 0.0 { over / under } else { 0.0 }, y)
}
