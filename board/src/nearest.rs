//! The known name that a mistyped one most likely meant.

/// Below this Damerau-Levenshtein similarity (0 unlike, 1 equal) a suggestion would only
/// mislead: `camra` for `camera` scores 0.83, unrelated words under 0.4.
const LIKENESS_FLOOR: f64 = 0.5;

/// The candidate most like `name`, or `None` where nothing is near enough to suggest.
///
/// Case and the difference between `-` and `_` do not count.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(name);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(&wanted, &folded(candidate)),
                candidate,
            )
        })
        .filter(|(likeness, _)| *likeness >= LIKENESS_FLOOR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

fn folded(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_the_slip_of_a_finger_and_refuses_to_guess() {
        let known = ["camera", "microphone", "period_frames"];
        assert_eq!(nearest("camra", known), Some("camera"));
        assert_eq!(nearest("Period-Frame", known), Some("period_frames"));
        assert_eq!(nearest("zzz", known), None);
        assert_eq!(nearest("camera", []), None);
    }
}
