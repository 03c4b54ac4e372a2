//! The kernel's notation for sets of processors: `0-3,6`.

/// Parses a CPU list (`Documentation/admin-guide/cputopology.rst` of Linux). `None` where the
/// text is not one; an empty text is an empty list.
pub(crate) fn parse(text: &str) -> Option<Vec<usize>> {
    /// More processors than Linux can be built for on the machines that we know.
    const HIGHEST: usize = 8191;
    let mut cpus = Vec::new();
    for part in text.trim().split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (usize, usize) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        if last > HIGHEST {
            return None;
        }
        cpus.extend(first..=last);
    }
    Some(cpus)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_ranges_and_refuses_the_rest() {
        assert_eq!(parse("0-3,6\n"), Some(vec![0, 1, 2, 3, 6]));
        assert_eq!(parse("\n"), Some(vec![]));
        assert_eq!(parse("0-99999999999"), None);
        assert_eq!(parse("0-9999999"), None);
        assert_eq!(parse("a"), None);
    }
}
