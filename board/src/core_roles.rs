//! Which processors do which work.

use crate::Topology;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A kind of processor, for boards that are described before their numbers are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoreClass {
    /// The fast ones.
    Performance,
    /// The economical ones.
    Efficiency,
}

/// Processors by number, or by kind. In TOML: `[6, 7]`, `"performance"` or `"efficiency"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CoreSet {
    /// These processors.
    Cpus(Vec<usize>),
    /// All processors of this kind.
    Class(CoreClass),
}

/// The four kinds of work and the processors that do them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoreRoles {
    /// The cycle and its loops. The first processor carries the cycle's own thread.
    pub cycle: CoreSet,
    /// Reading the microphone, and hearing.
    pub capture: CoreSet,
    /// Sight and the data plane.
    pub sight: CoreSet,
    /// Control plane, memory writer, the workers' share of the CPU.
    pub control: CoreSet,
}

/// The processors of each role on this machine, ascending, none empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedCores {
    /// See [`CoreRoles::cycle`].
    pub cycle: Vec<usize>,
    /// See [`CoreRoles::capture`].
    pub capture: Vec<usize>,
    /// See [`CoreRoles::sight`].
    pub sight: Vec<usize>,
    /// See [`CoreRoles::control`].
    pub control: Vec<usize>,
}

/// Why a role has no processors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoreError {
    /// The board's file names processors that are not online.
    #[error(
        "the role `{role}` wants processors {missing:?}, which are not online (online: {online:?}); correct `cores.{role}` in board.toml or choose the board that this machine is"
    )]
    NotOnline {
        /// The role.
        role: &'static str,
        /// What it wants in vain.
        missing: Vec<usize>,
        /// What there is.
        online: Vec<usize>,
    },
}

impl CoreRoles {
    /// Turns kinds into numbers and checks that every processor is there.
    ///
    /// # Errors
    /// [`CoreError::NotOnline`] naming the role and the processors that are missing.
    pub fn resolve(&self, topology: &Topology) -> Result<ResolvedCores, CoreError> {
        Ok(ResolvedCores {
            cycle: self.cycle.resolve("cycle", topology)?,
            capture: self.capture.resolve("capture", topology)?,
            sight: self.sight.resolve("sight", topology)?,
            control: self.control.resolve("control", topology)?,
        })
    }

    pub(crate) fn sets(&self) -> [(&'static str, &CoreSet); 4] {
        [
            ("cores.cycle", &self.cycle),
            ("cores.capture", &self.capture),
            ("cores.sight", &self.sight),
            ("cores.control", &self.control),
        ]
    }
}

impl CoreSet {
    fn resolve(&self, role: &'static str, topology: &Topology) -> Result<Vec<usize>, CoreError> {
        match self {
            Self::Class(CoreClass::Performance) => Ok(topology.performance.clone()),
            Self::Class(CoreClass::Efficiency) => Ok(topology.efficiency.clone()),
            Self::Cpus(cpus) => {
                let missing: Vec<usize> = cpus
                    .iter()
                    .copied()
                    .filter(|cpu| !topology.online.contains(cpu))
                    .collect();
                if missing.is_empty() {
                    let mut cpus = cpus.clone();
                    cpus.sort_unstable();
                    cpus.dedup();
                    Ok(cpus)
                } else {
                    Err(CoreError::NotOnline {
                        role,
                        missing,
                        online: topology.online.clone(),
                    })
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for CoreSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CoreSetVisitor)
    }
}

struct CoreSetVisitor;

impl<'de> Visitor<'de> for CoreSetVisitor {
    type Value = CoreSet;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .write_str("a list of processors such as [6, 7], \"performance\" or \"efficiency\"")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<CoreSet, E> {
        match name {
            "performance" => Ok(CoreSet::Class(CoreClass::Performance)),
            "efficiency" => Ok(CoreSet::Class(CoreClass::Efficiency)),
            other => Err(E::unknown_variant(other, &["performance", "efficiency"])),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<CoreSet, A::Error> {
        let mut cpus = Vec::new();
        while let Some(cpu) = items.next_element::<u16>()? {
            cpus.push(usize::from(cpu));
        }
        if cpus.is_empty() {
            return Err(A::Error::custom("a role needs at least one processor"));
        }
        Ok(CoreSet::Cpus(cpus))
    }
}

impl Serialize for CoreSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Cpus(cpus) => cpus.serialize(serializer),
            Self::Class(CoreClass::Performance) => serializer.serialize_str("performance"),
            Self::Class(CoreClass::Efficiency) => serializer.serialize_str("efficiency"),
        }
    }
}
