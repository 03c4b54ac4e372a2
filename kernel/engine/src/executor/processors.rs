//! Whether threads can run at the same time.

/// Whether each thread can have a processor to itself, given the processors that each may use:
/// whether any of them have as many between them as they are (Hall, "On representatives of
/// subsets", 1935). An empty list is a thread whose processors are unknown: it has none for sure.
pub(super) fn each_has_its_own(threads: &[&[usize]]) -> bool {
    (1..1_usize << threads.len()).all(|chosen| {
        let mut union: Vec<usize> = threads
            .iter()
            .enumerate()
            .filter(|(number, _)| chosen & 1 << number != 0)
            .flat_map(|(_, processors)| processors.iter().copied())
            .collect();
        union.sort_unstable();
        union.dedup();
        union.len() >= chosen.count_ones() as usize
    })
}

#[cfg(test)]
mod tests {
    use super::each_has_its_own;

    #[test]
    fn four_threads_need_four_processors_between_them() {
        let all: &[usize] = &[0, 1, 2, 3];
        assert!(each_has_its_own(&[all, all, all, all]));
        assert!(each_has_its_own(&[&[0], &[1], &[2, 1], &[3, 0]]));
        assert!(!each_has_its_own(&[&[0, 1], &[0, 1], &[0, 1], &[0, 1]]));
        // Enough processors, but two threads are tied to the same one.
        assert!(!each_has_its_own(&[all, &[2], &[2], &[3]]));
        assert!(!each_has_its_own(&[all, &[], all, all]));
    }
}
