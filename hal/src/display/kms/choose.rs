//! Which card, connector and mode to show on.

use super::card::Card;
use super::explain;
use crate::display::DisplayError;
use drm::Device as _;
use drm::control::{Device as _, Mode, ModeTypeFlags, connector, crtc};
use std::path::{Path, PathBuf};
use triune_board::KmsDisplay;

/// A screen to show on.
pub(super) struct Choice {
    pub(super) card: Card,
    /// For people: driver, connector, node.
    pub(super) device: String,
    pub(super) connector: connector::Handle,
    /// As it was found.
    pub(super) crtc: crtc::Info,
    pub(super) mode: Mode,
}

/// The first screen that `spec` allows, its drivers in order of preference.
pub(super) fn screen(spec: &KmsDisplay) -> Result<Choice, DisplayError> {
    let mut refused = Vec::new();
    let mut cards = Vec::new();
    for path in nodes() {
        match Card::open(&path) {
            Ok(card) => {
                let driver = card.get_driver().map_or_else(
                    |_| "unknown".to_owned(),
                    |driver| driver.name().to_string_lossy().into_owned(),
                );
                match rank(&spec.drivers, &driver) {
                    Some(rank) => cards.push((rank, path, driver, card)),
                    None => refused.push(format!("{} is driven by {driver}", path.display())),
                }
            }
            Err(source) => {
                refused.push(explain(&path.display().to_string(), "open", source).to_string());
            }
        }
    }
    cards.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    for (_, path, driver, card) in cards {
        match on_card(card, &path, &driver, spec) {
            Ok(choice) => return Ok(choice),
            Err(reason) => refused.push(reason),
        }
    }
    Err(DisplayError::NotFound {
        reason: if refused.is_empty() {
            "there is no graphics card in /dev/dri".to_owned()
        } else {
            refused.join("; ")
        },
    })
}

fn nodes() -> Vec<PathBuf> {
    let mut nodes: Vec<PathBuf> = glob::glob("/dev/dri/card*")
        .map(|paths| paths.filter_map(Result::ok).collect())
        .unwrap_or_default();
    nodes.sort_unstable();
    nodes
}

/// Place of `driver` in the order of preference; `None` where it is not allowed.
fn rank(allowed: &[String], driver: &str) -> Option<usize> {
    if allowed.is_empty() {
        return Some(0);
    }
    allowed.iter().position(|name| name == driver)
}

fn on_card(card: Card, path: &Path, driver: &str, spec: &KmsDisplay) -> Result<Choice, String> {
    let at = format!("{} ({driver})", path.display());
    let failed = |what: &str, error: std::io::Error| format!("{at}: {what}: {error}");
    let resources = card
        .resource_handles()
        .map_err(|error| failed("it shows nothing", error))?;
    let mut seen = Vec::new();
    for &handle in resources.connectors() {
        let info = card
            .get_connector(handle, true)
            .map_err(|error| failed("a connector cannot be read", error))?;
        let name = info.to_string();
        if spec
            .connector
            .as_ref()
            .is_some_and(|wanted| *wanted != name)
        {
            seen.push(format!("{name} is not the one named"));
            continue;
        }
        let Some(mode) = preferred_mode(&info) else {
            seen.push(format!("{name} has no screen"));
            continue;
        };
        let Some(crtc) = free_crtc(&card, &resources, &info) else {
            seen.push(format!("{name} has no free scan-out"));
            continue;
        };
        let crtc = card
            .get_crtc(crtc)
            .map_err(|error| failed("a scan-out cannot be read", error))?;
        return Ok(Choice {
            device: format!("{name} of {at}"),
            connector: handle,
            crtc,
            mode,
            card,
        });
    }
    Err(format!("{at}: {}", seen.join(", ")))
}

fn preferred_mode(info: &connector::Info) -> Option<Mode> {
    if info.state() != connector::State::Connected {
        return None;
    }
    info.modes()
        .iter()
        .find(|mode| mode.mode_type().contains(ModeTypeFlags::PREFERRED))
        .or_else(|| info.modes().first())
        .copied()
}

/// The scan-out that the connector uses already, else the first that it can use.
fn free_crtc(
    card: &Card,
    resources: &drm::control::ResourceHandles,
    info: &connector::Info,
) -> Option<crtc::Handle> {
    let current = info
        .current_encoder()
        .and_then(|encoder| card.get_encoder(encoder).ok())
        .and_then(|encoder| encoder.crtc());
    current.or_else(|| {
        info.encoders()
            .iter()
            .filter_map(|&encoder| card.get_encoder(encoder).ok())
            .flat_map(|encoder| resources.filter_crtcs(encoder.possible_crtcs()))
            .next()
    })
}
