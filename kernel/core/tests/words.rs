//! Words: hashes, flux positions, ELP and meaning.
#![allow(missing_docs)]
mod common;
use common::{quiet, run};
use proptest::prelude::*;
use triune_core::*;

proptest! {
    #[test]
    fn flux_position_is_the_digital_root(hash in any::<u64>()) {
        let mut root = hash;
        while root > 9 {
            root = root.to_string().bytes().map(|digit| u64::from(digit - b'0')).sum();
        }
        let expected = if hash == 0 { 9 } else { root };
        prop_assert_eq!(u64::from(FluxPosition::of_hash(hash).number()), expected);
    }

    #[test]
    fn words_of_any_text_are_counted(text in ".{0,200}") {
        let told = ToldPercept::from_text(&text);
        prop_assert!(told.words().len() <= TOKEN_CAPACITY);
        prop_assert_eq!(told.count == 0, told == ToldPercept::ABSENT);
    }
}

#[test]
fn words_move_flux_and_elp() {
    let mut being = Being::new(BeingId::FIRST);
    let mut percept = quiet();
    percept.told = ToldPercept::from_text("Love and joy, hope and music!");
    run(&mut being, &percept, 1);
    let elp = being.state.analytical.elp;
    assert!(elp.pathos > elp.logos && elp.pathos > elp.ethos, "{elp:?}");
    assert!((elp.ethos + elp.logos + elp.pathos - 1.0).abs() < 1e-5);
    assert!(being.state.analytical.meaning > 0.2);
    assert!((1..=9).contains(&being.state.analytical.last_flux));
}

#[test]
fn meaning_fades_when_the_words_are_over() {
    let mut being = Being::new(BeingId::FIRST);
    let mut percept = quiet();
    percept.told = ToldPercept::from_text("because of love we trust");
    run(&mut being, &percept, 1);
    let said = being.state.analytical;
    run(&mut being, &quiet(), 500);
    let later = being.state.analytical;
    // Its time constant of two seconds later.
    assert!(later.meaning < said.meaning * 0.45 && later.meaning > said.meaning * 0.3);
    assert_eq!((later.flux, later.elp), (said.flux, said.elp));
}

/// What stands behind the last word is not words, and no words are no percept.
#[test]
fn only_counted_tokens_are_admitted() {
    let mut percept = Percept::ABSENT;
    percept.told = ToldPercept::from_text("one two three");
    percept.told.tokens[3..].fill(77);
    let admitted = admit(&percept, Consent::ALL);
    assert_eq!(admitted.told, ToldPercept::from_text("one two three"));
    percept.told.count = 0;
    assert_eq!(admit(&percept, Consent::ALL).told, ToldPercept::ABSENT);
    percept.told.count = TOKEN_CAPACITY as u32 + 1;
    assert_eq!(admit(&percept, Consent::ALL).told, ToldPercept::ABSENT);
}

/// A reading that is no number would stay one for ever: every average comes back from it.
#[test]
fn a_reading_that_is_no_number_heals() {
    let mut being = Being::new(BeingId::FIRST);
    being.state.analytical.elp.logos = f32::NAN;
    let mut percept = quiet();
    percept.told = ToldPercept::from_text("because the reason is proof");
    run(&mut being, &percept, 1);
    assert_eq!(being.state.check(), Ok(()));
}
