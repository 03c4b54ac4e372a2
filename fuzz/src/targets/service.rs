//! What the service reads: settings, manifests, and what comes over its sockets.

use serde::Serialize;
use serde::de::DeserializeOwned;
use triune::http::{ConsentChange, Words};
use triune::kernel_api::{BeingChange, GiftView, KernelChange, NewBeingView, RecallQuestion};
use triune::settings::{Injection, SettingsFile};
use triune::status::{Paint, Status, render};
use triune_board::{Board, strict_toml};
use triune_core::{BeingId, Consent, Parameters};
use triune_npu::Manifest;
use triune_npu::patterns::Patterns;

/// The settings file, and what it sets.
pub fn settings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(settings) = strict_toml::parse::<SettingsFile>(text) else {
        return;
    };
    let mut parameters = Parameters::default();
    for (name, &value) in &settings.parameters {
        let _ = parameters.set(name, value);
    }
    // What was understood can be written down and is understood the same again.
    if let Ok(written) = toml::to_string(&settings) {
        let again: SettingsFile = strict_toml::parse(&written).expect("own writing is read");
        assert_eq!(Ok(written), toml::to_string(&again));
    }
}

/// A board's description.
pub fn board(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Board::from_toml("outside", text);
    }
}

/// A model's manifest.
pub fn manifest(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Manifest::parse(text);
    }
}

/// A being's file of patterns: what is taken is written as it was read.
pub fn patterns_file(bytes: &[u8]) {
    if let Ok(patterns) = Patterns::decode(bytes) {
        assert_eq!(patterns.encode(), bytes);
    }
    // A fuzzer does not guess sums.
    let mut summed = bytes.to_vec();
    summed.extend(crc32c::crc32c(bytes).to_le_bytes());
    if let Ok(patterns) = Patterns::decode(&summed) {
        assert_eq!(patterns.encode(), summed);
    }
}

/// The bodies and names that requests carry, over HTTP and the control socket alike.
pub fn bodies(bytes: &[u8]) {
    same_again::<Words>(bytes);
    same_again::<NewBeingView>(bytes);
    same_again::<BeingChange>(bytes);
    same_again::<GiftView>(bytes);
    same_again::<KernelChange>(bytes);
    if let Some(change) = same_again::<ConsentChange>(bytes) {
        let once = change.apply(Consent::NONE);
        assert_eq!(change.apply(once), once, "asking twice asks no more");
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(being) = text.parse::<BeingId>()
    {
        assert_eq!(being.to_string().parse(), Ok(being));
    }
}

/// A question to memory.
pub fn question(bytes: &[u8]) {
    let Ok(question) = serde_json::from_slice::<RecallQuestion>(bytes) else {
        return;
    };
    // A number that is too large for a salience is read as infinite, which JSON cannot write.
    if question.salience.is_none_or(f32::is_finite) {
        same_again::<RecallQuestion>(bytes);
    }
}

/// The whole plan behind `--inject`: understood the same from what is shown of it.
pub fn injection(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(plan) = text.parse::<Injection>() else {
        return;
    };
    for fault in &plan.store {
        assert!(fault.until.is_none_or(|until| until > fault.from));
        assert!(fault.is_on(fault.from), "it begins when it begins");
    }
    assert_eq!(plan.text.parse::<Injection>().ok(), Some(plan));
}

/// The status that a command gets from the control socket, and shows.
pub fn status(bytes: &[u8]) {
    if let Ok(status) = serde_json::from_slice::<Status>(bytes) {
        let _ = render(&status, Paint::Plain);
    }
}

/// Reads a value; what was read can be written down and is read the same again.
fn same_again<T>(bytes: &[u8]) -> Option<T>
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let value: T = serde_json::from_slice(bytes).ok()?;
    let written = serde_json::to_vec(&value).expect("a body can be written");
    let again: T = serde_json::from_slice(&written).expect("own writing is read");
    assert_eq!(again, value);
    Some(value)
}
