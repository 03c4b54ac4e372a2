//! The order in which modules load: each after what it needs.

use std::collections::{BTreeMap, BTreeSet};

use super::error::KernelError;

/// For each module, the modules it needs directly.
pub(super) type Graph = BTreeMap<String, Vec<String>>;

/// All of `wanted` with everything they need, each after its needs, without repeats.
/// Names that are not in the graph are built in, and left out.
pub(super) fn load_order(graph: &Graph, wanted: &[String]) -> Result<Vec<String>, KernelError> {
    let mut walk = Walk {
        graph,
        order: Vec::new(),
        done: BTreeSet::new(),
        path: Vec::new(),
    };
    wanted.iter().try_for_each(|name| walk.visit(name))?;
    Ok(walk.order)
}

struct Walk<'a> {
    graph: &'a Graph,
    order: Vec<String>,
    done: BTreeSet<String>,
    path: Vec<String>,
}

impl Walk<'_> {
    fn visit(&mut self, name: &str) -> Result<(), KernelError> {
        if self.done.contains(name) {
            return Ok(());
        }
        let Some(needs) = self.graph.get(name) else {
            return Ok(());
        };
        if self.path.iter().any(|above| above == name) {
            return Err(KernelError::Circle(self.path.join(", ")));
        }
        self.path.push(name.to_owned());
        needs.iter().try_for_each(|need| self.visit(need))?;
        self.path.pop();
        self.done.insert(name.to_owned());
        self.order.push(name.to_owned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn graph(edges: &[(&str, &[&str])]) -> Graph {
        edges
            .iter()
            .map(|(name, needs)| {
                (
                    (*name).to_owned(),
                    needs.iter().map(|&need| need.to_owned()).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn needs_come_first_once_and_built_in_ones_not_at_all() {
        let graph = graph(&[
            ("snd", &[]),
            ("snd_timer", &["snd"]),
            ("snd_pcm", &["snd", "snd_timer"]),
            ("snd_aloop", &["snd_pcm", "snd"]),
        ]);
        let wanted = ["virtio_pci", "snd_aloop", "snd"].map(str::to_owned);
        let order = load_order(&graph, &wanted).unwrap();
        assert_eq!(order, ["snd", "snd_timer", "snd_pcm", "snd_aloop"]);
    }

    #[test]
    fn a_circle_is_an_error_not_an_endless_walk() {
        let graph = graph(&[("a", &["b"]), ("b", &["a"])]);
        assert!(matches!(
            load_order(&graph, &["a".to_owned()]),
            Err(KernelError::Circle(_))
        ));
    }

    proptest! {
        /// Edges only to lower numbers, so there is no circle.
        #[test]
        fn every_need_precedes_its_user(edges in proptest::collection::vec((1_u8..30, 0_u8..30), 0..80)) {
            let mut graph = Graph::new();
            for n in 0..30_u8 {
                graph.insert(format!("m{n}"), Vec::new());
            }
            for (from, to) in edges {
                if to < from {
                    graph.get_mut(&format!("m{from}")).unwrap().push(format!("m{to}"));
                }
            }
            let wanted: Vec<_> = graph.keys().cloned().collect();
            let order = load_order(&graph, &wanted).unwrap();
            prop_assert_eq!(order.len(), 30);
            let place = |name: &str| order.iter().position(|n| n == name).unwrap();
            for (name, needs) in &graph {
                for need in needs {
                    prop_assert!(place(need) < place(name));
                }
            }
        }
    }
}
