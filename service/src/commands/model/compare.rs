//! How far two computations of the same model lie apart.

use super::trial::Trial;

/// The root mean square of the difference over that of the first, for each output over all runs.
pub(super) fn apart(first: &Trial, second: &Trial) -> Vec<f64> {
    let outputs = first.results.first().map_or(0, Vec::len);
    (0..outputs)
        .map(|output| {
            let (mut difference, mut size) = (0.0, 0.0);
            for (one, other) in first.results.iter().zip(&second.results) {
                for (&one, &other) in one[output].iter().zip(&other[output]) {
                    difference += f64::from(one - other).powi(2);
                    size += f64::from(one).powi(2);
                }
            }
            if difference == 0.0 {
                0.0
            } else {
                (difference / f64::max(size, f64::MIN_POSITIVE)).sqrt()
            }
        })
        .collect()
}
