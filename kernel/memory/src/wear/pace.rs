//! Spending held against the budget, and which moments are withheld.

/// Share of the budget that a day begins with.
const BEGINNING: f64 = 0.25;
/// Share of what has been let out so far from which on flushes are stretched.
const STRETCH: f64 = 0.8;
/// The same from which on moments are withheld.
const WITHHOLD: f64 = 0.9;
/// Moments whose salience a new one is held against.
const COMPARED: usize = 64;

/// How spending stands to the wear budget, and what the writer does about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// Well within the budget.
    Easy,
    /// Near it: flushes are shared by more moments, the essence is written less often.
    Stretched,
    /// Nearer: besides, this share of the moments is withheld, the least salient ones; above 0, below 1.
    Withholding(f64),
    /// At the budget: nothing is written but what is asked for expressly.
    Spent,
}

impl Pace {
    /// The pace at which `spent` of `budget` bytes are used when `elapsed` (0 to 1) of the day is over.
    pub(crate) fn of(spent: u64, budget: u64, elapsed: f64) -> Self {
        let line = budget as f64 * (BEGINNING + (1.0 - BEGINNING) * elapsed);
        let share = if line > 0.0 { spent as f64 / line } else { 1.0 };
        if share >= 1.0 {
            Self::Spent
        } else if share > WITHHOLD {
            Self::Withholding((share - WITHHOLD) / (1.0 - WITHHOLD))
        } else if share > STRETCH {
            Self::Stretched
        } else {
            Self::Easy
        }
    }

    /// Share of the moments that is withheld, 0 to 1.
    #[must_use]
    pub fn withheld_share(self) -> f64 {
        match self {
            Self::Easy | Self::Stretched => 0.0,
            Self::Withholding(share) => share,
            Self::Spent => 1.0,
        }
    }
}

/// Chooses the moments that are withheld by how they stand among those before them.
#[derive(Debug)]
pub(crate) struct Withholding {
    saliences: [f32; COMPARED],
    seen: usize,
}

impl Withholding {
    pub(crate) fn new() -> Self {
        Self {
            saliences: [0.0; COMPARED],
            seen: 0,
        }
    }

    /// Whether a moment of this salience is written, where `share` of them is to be withheld: only
    /// if at least that share of the last moments stood out less.
    pub(crate) fn admits(&mut self, salience: f32, share: f64) -> bool {
        // What is no number stands out least.
        let salience = if salience.is_nan() {
            f32::NEG_INFINITY
        } else {
            salience
        };
        let known = &self.saliences[..self.seen.min(COMPARED)];
        let less = known.iter().filter(|&&one| one < salience).count();
        let equal = known.iter().filter(|&&one| one == salience).count();
        // Of equal ones as many are let through as of different ones: each second above, as it were.
        let rank = if known.is_empty() {
            0.5
        } else {
            (less as f64 + equal as f64 * self.turn()) / known.len() as f64
        };
        self.saliences[self.seen % COMPARED] = salience;
        self.seen += 1;
        share <= 0.0 || (share < 1.0 && rank >= share)
    }

    /// Spreads equal moments evenly over 0 to 1, in a fixed order: the van der Corput sequence in
    /// base 2 (J. G. van der Corput, 1935).
    fn turn(&self) -> f64 {
        f64::from((self.seen as u32).reverse_bits()) / 4_294_967_296.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_rises_from_a_quarter_to_the_whole() {
        assert_eq!(Pace::of(0, 1000, 0.0), Pace::Easy);
        assert_eq!(Pace::of(200, 1000, 0.0), Pace::Easy);
        assert_eq!(Pace::of(210, 1000, 0.0), Pace::Stretched);
        assert!(matches!(Pace::of(240, 1000, 0.0), Pace::Withholding(share) if share > 0.5));
        assert_eq!(Pace::of(250, 1000, 0.0), Pace::Spent);
        assert_eq!(Pace::of(250, 1000, 1.0), Pace::Easy);
        assert_eq!(Pace::of(1000, 1000, 1.0), Pace::Spent);
        assert_eq!(Pace::of(0, 0, 0.5), Pace::Spent);
    }

    #[test]
    fn the_least_salient_are_withheld() {
        let mut choice = Withholding::new();
        let salience =
            |number: u32| (number.wrapping_mul(2_654_435_761) >> 8) as f32 / 16_777_216.0;
        for number in 0..200 {
            assert!(choice.admits(salience(number), 0.0));
        }
        let admitted: Vec<f32> = (200..1200)
            .map(salience)
            .filter(|&one| choice.admits(one, 0.7))
            .collect();
        assert!((200..400).contains(&admitted.len()), "{}", admitted.len());
        assert!(admitted.iter().all(|&one| one > 0.5));
        assert!(!choice.admits(1.0, 1.0));
        assert!(!choice.admits(f32::NAN, 0.1));
    }

    #[test]
    fn moments_that_all_stand_out_alike_are_withheld_in_the_same_share() {
        let mut choice = Withholding::new();
        let admitted = (0..1000).filter(|_| choice.admits(0.5, 0.75)).count();
        assert!((200..300).contains(&admitted), "{admitted}");
    }
}
