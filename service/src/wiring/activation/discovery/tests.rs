//! What is found, kept and told, and what a refusal makes of it.

use super::*;
use triune_core::Consent;
use triune_hal::clock;
use triune_npu::Manifest;
use triune_npu::patterns::PATTERNS_FILE;

/// Samples of a visit: a minute and a half.
const VISIT: u64 = 90 * 5;

struct Trial {
    folder: tempfile::TempDir,
    consent: ConsentCell,
    discovery: Discovery,
    known: Known,
    now: Timestamp,
}

impl Trial {
    fn begin() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let consent = ConsentCell::new(Consent::ALL);
        let text = include_str!("../../../../../models/dual_activation/manifest.toml");
        let known = Known::shipped(&Manifest::parse(text).expect("sound")).expect("its own");
        Self {
            discovery: opened(folder.path(), &consent),
            folder,
            consent,
            known,
            // Nothing that is observed is of before the consent.
            now: Timestamp(clock::now_ns()).after(2 * ACTIVATION_SPAN),
        }
    }

    /// A moment like no training's, for as long as a visit.
    fn visit(&mut self, level: f32) {
        for _ in 0..VISIT {
            self.now = self.now.after(SEGMENT_INTERVAL);
            let (trace, features) = ([40.0 * level; TRACE_LENGTH], [level; FEATURE_COUNT]);
            let Self {
                discovery,
                known,
                now,
                ..
            } = self;
            discovery.observe(known, *now, &trace, &features);
        }
    }

    /// Three visits of the same, which is enough.
    fn find(&mut self) {
        for _ in 0..3 {
            self.visit(0.0);
            self.visit(1.0);
        }
    }

    fn refuse(&self, sense: Sense) {
        self.consent.set(Consent::ALL.with(sense, false));
    }

    fn current(&self) -> Option<PatternNow> {
        self.discovery.current(self.now)
    }

    fn ids(&self) -> Vec<u32> {
        ids(&self.discovery)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join(PATTERNS_FILE)
    }
}

fn opened(folder: &Path, consent: &ConsentCell) -> Discovery {
    let (discovery, trouble) = Discovery::open(BeingId::FIRST, folder, consent.clone());
    assert_eq!(trouble, None);
    discovery
}

fn ids(discovery: &Discovery) -> Vec<u32> {
    let listed = discovery.list().expect("listed").patterns;
    listed.iter().map(|pattern| pattern.id).collect()
}

#[test]
fn what_recurs_is_told_stored_soon_and_comes_back_with_its_number_and_name() {
    let mut trial = Trial::begin();
    trial.find();
    assert_eq!(trial.ids(), [1]);
    let pattern = &trial.discovery.list().expect("listed").patterns[0];
    assert!(pattern.visits >= 3 && pattern.seconds >= 60, "{pattern:?}");
    assert!(pattern.first_seen_unix_ms > 1_600_000_000_000);
    assert!(pattern.last_seen_unix_ms >= pattern.first_seen_unix_ms);
    let shown = PatternNow { id: 1, name: None };
    assert_eq!(trial.current(), Some(shown));
    let later = trial.now.after(LONGEST_GAP + 1);
    assert_eq!(
        trial.discovery.current(later),
        None,
        "nothing is known then"
    );

    assert!(trial.discovery.is_due(), "a new number waits for nothing");
    trial.discovery.store().expect("stored");
    assert!(!trial.discovery.is_due());
    trial.discovery.name(1, "laundry").expect("named");
    let again = opened(trial.folder.path(), &trial.consent);
    let listed = again.list().expect("listed").patterns;
    assert_eq!(
        (listed[0].id, listed[0].name.as_deref()),
        (1, Some("laundry"))
    );
}

#[test]
fn counts_wait_for_their_time() {
    let mut trial = Trial::begin();
    trial.visit(1.0);
    assert!(!trial.discovery.is_due() && !trial.file().exists());
    trial
        .discovery
        .store()
        .expect("stored at the end all the same");
    assert!(trial.file().exists());
}

#[test]
fn a_refusal_to_remember_drops_what_is_not_stored_and_nothing_is_found_or_written() {
    let mut trial = Trial::begin();
    trial.find();
    trial.refuse(Sense::Remember);
    assert_eq!((trial.ids(), trial.current()), (Vec::new(), None));
    trial.find();
    trial.discovery.store().expect("nothing to store");
    assert!(trial.ids().is_empty() && !trial.file().exists());
    trial.consent.set(Consent::ALL);
    assert!(trial.ids().is_empty(), "it came back");
}

#[test]
fn while_remembering_is_refused_nothing_is_named_and_anything_is_forgotten() {
    let mut trial = Trial::begin();
    trial.find();
    trial.discovery.store().expect("stored");
    trial.refuse(Sense::Remember);
    let refused = trial.discovery.name(1, "laundry");
    assert!(matches!(refused, Err(DiscoveryError::MayNotRemember)));
    assert_eq!(trial.discovery.forget(1).expect("forgotten").id, 1);
    assert!(ids(&opened(trial.folder.path(), &trial.consent)).is_empty());
    let gone = trial.discovery.forget(1);
    assert!(matches!(gone, Err(DiscoveryError::NoSuchPattern(1))));
}

#[test]
fn what_rests_on_states_before_a_refusal_shows_no_more() {
    let mut trial = Trial::begin();
    trial.find();
    for sense in [Sense::Hear, Sense::See, Sense::Feel] {
        trial.visit(1.0);
        assert!(trial.current().is_some());
        trial.refuse(sense);
        assert_eq!(trial.current(), None);
        // Allowed again before anybody looked.
        trial.consent.set(Consent::ALL);
        assert_eq!(trial.current(), None, "{sense:?}");
        assert_eq!(trial.ids(), [1], "what was found stays");
        trial.now = Timestamp(clock::now_ns())
            .max(trial.now)
            .after(2 * ACTIVATION_SPAN);
    }
}

#[test]
fn a_change_that_cannot_be_stored_is_not_made() {
    let mut trial = Trial::begin();
    trial.find();
    trial.discovery.store().expect("stored");
    let folder = trial.folder.path().to_owned();
    let away = folder.with_extension("away");
    std::fs::rename(&folder, &away).expect("moved");
    assert!(matches!(
        trial.discovery.name(1, "x"),
        Err(DiscoveryError::File(_))
    ));
    assert!(matches!(
        trial.discovery.forget(1),
        Err(DiscoveryError::File(_))
    ));
    std::fs::rename(&away, &folder).expect("moved back");
    let listed = trial.discovery.list().expect("listed").patterns;
    assert_eq!((listed[0].id, listed[0].name.as_deref()), (1, None));
}
