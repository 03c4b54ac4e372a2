//! The processors' time in `/proc/stat` (proc_stat(5)).

/// Processors that a list is kept for; a number above it is damage.
const CPUS_MAX: usize = 8192;

/// Time spent, in clock ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    all: u64,
    idle: u64,
    stolen: u64,
}

impl Times {
    /// Fields: user nice system idle iowait irq softirq steal; guest times are part of user.
    fn parse<'a>(fields: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut ticks = [0u64; 8];
        let mut count = 0;
        for (slot, field) in ticks.iter_mut().zip(fields) {
            *slot = field.parse().ok()?;
            count += 1;
        }
        (count >= 4).then(|| Self {
            all: ticks.iter().fold(0, |sum: u64, &t| sum.saturating_add(t)),
            idle: ticks[3].saturating_add(ticks[4]),
            stolen: ticks[7],
        })
    }

    /// What was spent since `before`. The kernel's idle time may step back a little.
    pub(super) fn since(self, before: Self) -> Self {
        Self {
            all: self.all.saturating_sub(before.all),
            idle: self.idle.saturating_sub(before.idle),
            stolen: self.stolen.saturating_sub(before.stolen),
        }
    }

    /// Share that was neither idle nor stolen; `None` where no time passed.
    pub(super) fn busy_share(self) -> Option<f32> {
        let busy = self
            .all
            .saturating_sub(self.idle)
            .saturating_sub(self.stolen);
        self.share(busy)
    }

    /// Share that the hypervisor gave to others; `None` where no time passed.
    pub(super) fn stolen_share(self) -> Option<f32> {
        self.share(self.stolen)
    }

    fn share(self, part: u64) -> Option<f32> {
        (self.all > 0).then(|| (part as f32 / self.all as f32).min(1.0))
    }
}

/// Reads the lines `cpu` (returned) and `cpu0`, `cpu1` ... (into `each`, by number).
pub(super) fn parse(text: &str, each: &mut Vec<Option<Times>>) -> Option<Times> {
    each.clear();
    let mut whole = None;
    for line in text.lines() {
        let mut fields = line.split_ascii_whitespace();
        let Some(number) = fields.next().and_then(|name| name.strip_prefix("cpu")) else {
            continue;
        };
        let times = Times::parse(fields);
        if number.is_empty() {
            whole = times;
        } else if let Some(cpu) = number.parse::<usize>().ok().filter(|&cpu| cpu < CPUS_MAX) {
            if each.len() <= cpu {
                each.resize(cpu + 1, None);
            }
            each[cpu] = times;
        }
    }
    whole
}
