//! One measured figure.

use serde::Serialize;
use serde_json::{Map, Value};

/// What a peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Someone who does the same job: we mean to be ahead.
    Peer,
    /// A floor below which nothing can go: we mean to be near.
    Limit,
}

/// One line of `triune bench --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// The area.
    pub area: &'static str,
    /// Our figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The peer's name.
    pub peer: &'static str,
    /// The peer's figure, in the same unit.
    pub peer_value: f64,
    /// How many times better than the peer we are: 1 or more means ahead.
    pub ratio: f64,
    /// What the peer is.
    pub kind: Kind,
    /// Further figures.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Why a figure is missing, as a line of `triune bench --json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// The area.
    pub area: &'static str,
    /// What is missing, and how to get it.
    pub skipped: String,
}

/// What measuring an area brings for one peer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Finding {
    /// A figure.
    Figure(Figure),
    /// None, for this reason.
    Skipped(Skipped),
}

impl Finding {
    /// No figure, for this reason.
    #[must_use]
    pub fn skipped(area: &'static str, why: impl Into<String>) -> Self {
        Self::Skipped(Skipped {
            area,
            skipped: why.into(),
        })
    }
}

impl From<Figure> for Finding {
    fn from(figure: Figure) -> Self {
        Self::Figure(figure)
    }
}

impl Figure {
    /// A figure of time or size: less is better.
    #[must_use]
    pub fn less_is_better(
        area: &'static str,
        unit: &'static str,
        value: f64,
        peer: &'static str,
        peer_value: f64,
        kind: Kind,
    ) -> Self {
        let ratio = if value > 0.0 { peer_value / value } else { 0.0 };
        Self {
            area,
            value,
            unit,
            peer,
            peer_value,
            ratio,
            kind,
            more: Map::new(),
        }
    }

    /// The same with a further figure.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }
}
