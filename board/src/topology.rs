//! Which processors this machine has, and which of them are the fast ones.

use crate::cpu_list;
use std::fs;
use std::path::Path;

/// A core counts as a performance core from this share of the fastest one's figure. The A55 of
/// an RK3588 has half the capacity and 0.75 of the clock of its A76; favoured cores of one kind
/// differ by less than a tenth in their top clock.
const PERFORMANCE_SHARE: f64 = 0.85;

/// The processors that are online, split by speed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    /// The fast processors, ascending. On a machine of one kind: all.
    pub performance: Vec<usize>,
    /// The economical ones, ascending. On a machine of one kind: all.
    pub efficiency: Vec<usize>,
    /// All that are online, ascending.
    pub online: Vec<usize>,
}

impl Topology {
    /// Reads this machine's processors from `/sys`.
    ///
    /// Where `/sys` says nothing, the processors that the process may use count as of one kind.
    pub fn read() -> Self {
        Self::read_under(Path::new("/"))
    }

    /// As [`Topology::read`], below another root; for tests.
    ///
    /// In order of trust: `cpu_capacity` (Arm), the two core kinds that hybrid x86 lists under
    /// `/sys/devices/cpu_core` and `cpu_atom`, then the top clock of each processor.
    pub fn read_under(root: &Path) -> Self {
        let online = online(root);
        let (performance, efficiency) = by_figure(root, &online, "cpu_capacity")
            .or_else(|| hybrid(root, &online))
            .or_else(|| by_figure(root, &online, "cpufreq/cpuinfo_max_freq"))
            .unwrap_or_else(|| (online.clone(), online.clone()));
        Self {
            performance,
            efficiency,
            online,
        }
    }
}

fn online(root: &Path) -> Vec<usize> {
    fs::read_to_string(root.join("sys/devices/system/cpu/online"))
        .ok()
        .and_then(|text| cpu_list::parse(&text))
        .filter(|cpus| !cpus.is_empty())
        .unwrap_or_else(|| {
            (0..std::thread::available_parallelism().map_or(1, usize::from)).collect()
        })
}

type Split = (Vec<usize>, Vec<usize>);

/// Splits by a figure that each processor's folder holds; `None` where one lacks it or where
/// all are alike.
fn by_figure(root: &Path, online: &[usize], name: &str) -> Option<Split> {
    let figures: Vec<(usize, f64)> = online
        .iter()
        .map(|&cpu| {
            let path = root.join(format!("sys/devices/system/cpu/cpu{cpu}/{name}"));
            let figure: u64 = fs::read_to_string(path).ok()?.trim().parse().ok()?;
            Some((cpu, figure as f64))
        })
        .collect::<Option<_>>()?;
    let top = figures
        .iter()
        .map(|&(_, figure)| figure)
        .fold(0.0, f64::max);
    let (fast, slow): (Vec<_>, Vec<_>) = figures
        .into_iter()
        .partition(|&(_, figure)| figure >= PERFORMANCE_SHARE * top);
    both_kinds(
        fast.into_iter().map(|(cpu, _)| cpu).collect(),
        slow.into_iter().map(|(cpu, _)| cpu).collect(),
    )
}

fn hybrid(root: &Path, online: &[usize]) -> Option<Split> {
    let kind = |name: &str| {
        let text = fs::read_to_string(root.join("sys/devices").join(name).join("cpus")).ok()?;
        let mut cpus = cpu_list::parse(&text)?;
        cpus.retain(|cpu| online.contains(cpu));
        Some(cpus)
    };
    both_kinds(kind("cpu_core")?, kind("cpu_atom")?)
}

fn both_kinds(fast: Vec<usize>, slow: Vec<usize>) -> Option<Split> {
    (!fast.is_empty() && !slow.is_empty()).then_some((fast, slow))
}
