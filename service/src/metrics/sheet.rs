//! Metrics as they are written down.

use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::AtomicU64;

pub(super) type Labels = Vec<(&'static str, String)>;

/// A registry that is filled from one status and written once.
pub(super) struct Sheet(pub(super) Registry);

impl Sheet {
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: impl Into<f64>) {
        self.0.register(name, help, ConstGauge::new(value.into()));
    }

    pub(super) fn gauge_of(&mut self, name: &str, help: &str, unit: Unit, value: impl Into<f64>) {
        self.0
            .register_with_unit(name, help, unit, ConstGauge::new(value.into()));
    }

    pub(super) fn known(&mut self, name: &str, help: &str, value: Option<impl Into<f64>>) {
        if let Some(value) = value {
            self.gauge(name, help, value);
        }
    }

    pub(super) fn known_of(
        &mut self,
        name: &str,
        help: &str,
        unit: Unit,
        value: Option<impl Into<f64>>,
    ) {
        if let Some(value) = value {
            self.gauge_of(name, help, unit, value);
        }
    }

    pub(super) fn count(&mut self, name: &str, help: &str, value: u64) {
        self.0.register(name, help, ConstCounter::new(value));
    }

    /// One count for each label.
    pub(super) fn counts(
        &mut self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = (Labels, u64)>,
    ) {
        let family = Family::<Labels, Counter>::default();
        for (labels, value) in samples {
            family.get_or_create(&labels).inc_by(value);
        }
        self.0.register(name, help, family);
    }

    /// Seconds that only grow.
    pub(super) fn seconds(&mut self, name: &str, help: &str, value: f64) {
        self.0
            .register_with_unit(name, help, Unit::Seconds, ConstCounter::new(value));
    }

    pub(super) fn each(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<Unit>,
        samples: impl IntoIterator<Item = (Labels, f64)>,
    ) {
        let family = Family::<Labels, Gauge<f64, AtomicU64>>::default();
        for (labels, value) in samples {
            family.get_or_create(&labels).set(value);
        }
        match unit {
            Some(unit) => self.0.register_with_unit(name, help, unit, family),
            None => self.0.register(name, help, family),
        }
    }

    /// 1 for the state that something is in, 0 for the others.
    pub(super) fn state(&mut self, name: &str, help: &str, states: &[&'static str], now: &str) {
        let samples = states
            .iter()
            .map(|&state| (vec![("state", state.to_owned())], truth(state == now)));
        self.each(name, help, None, samples);
    }
}

pub(super) fn truth(value: bool) -> f64 {
    f64::from(u8::from(value))
}
