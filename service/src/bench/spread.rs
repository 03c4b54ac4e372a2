//! How single measurements spread.

/// Single measurements, in order of size.
#[derive(Clone, Debug, Default)]
pub(super) struct Spread(Vec<f64>);

impl Spread {
    pub(super) fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_unstable_by(f64::total_cmp);
        Self(figures)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The smallest figure that so many thousandths do not exceed; 0 when there is none.
    pub(super) fn thousandths(&self, thousandths: usize) -> f64 {
        let rank = (self.0.len() * thousandths).div_ceil(1_000).max(1);
        self.0.get(rank - 1).copied().unwrap_or(0.0)
    }

    pub(super) fn p50(&self) -> f64 {
        self.thousandths(500)
    }

    pub(super) fn p99(&self) -> f64 {
        self.thousandths(990)
    }

    pub(super) fn p999(&self) -> f64 {
        self.thousandths(999)
    }

    pub(super) fn max(&self) -> f64 {
        self.thousandths(1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_a_figure_that_was_measured() {
        let spread = Spread::of((1..=1_000).rev().map(f64::from).collect());
        assert_eq!(
            [spread.p50(), spread.p99(), spread.p999(), spread.max()],
            [500.0, 990.0, 999.0, 1_000.0]
        );
    }

    #[test]
    fn few_figures_have_quantiles_too() {
        let spread = Spread::of(vec![3.0, 1.0]);
        assert_eq!([spread.p50(), spread.p99()], [1.0, 3.0]);
        assert_eq!(Spread::default().p99(), 0.0);
    }
}
