//! The list of parameters. Physics, definitions and layouts are constants beside their formulas.

use super::error::{ParameterError, ParameterOutOfRange};
use super::row::ParameterRow;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

parameters! {
    /// Time constant of the short averages of the scene.
    short_average_seconds = 1.0, "seconds", 0.05 ..= 10.0;
    /// Time constant of the long averages of the scene.
    long_average_seconds = 60.0, "seconds", 1.0 ..= 3600.0;
    /// Age at which a sense or an activation is no longer trusted.
    stale_after_seconds = 2.0, "seconds", 0.05 ..= 60.0;
    /// How far a loop may lag behind before its part counts for nothing.
    loop_stale_after_seconds = 0.25, "seconds", 0.005 ..= 10.0;
    /// Least confidence on which anything is acted: recalled, recognised, read, kept, expressed.
    act_threshold = 0.3, "share", 0.0 ..= 1.0;

    /// Sound level that counts as no loudness; the self-noise of a small microphone lies near it.
    silence_decibels = -90.0, "decibels of full scale", -120.0 ..= -40.0;
    /// Temperature that counts as no heat.
    cool_celsius = 30.0, "degrees Celsius", 0.0 ..= 50.0;
    /// Temperature that counts as full heat; boards begin to throttle near it.
    hot_celsius = 90.0, "degrees Celsius", 60.0 ..= 120.0;
    /// Moving share of the picture that is full evidence of presence.
    presence_motion = 0.2, "share", 0.01 ..= 1.0;
    /// How long presence outlasts its evidence.
    presence_release_seconds = 3.0, "seconds", 0.05 ..= 60.0;
    /// How long an onset goes on ringing in the scene.
    onset_decay_seconds = 0.5, "seconds", 0.05 ..= 10.0;
    /// Scales the departure of the scene from its long averages to surprise.
    surprise_gain = 2.0, "ratio", 0.1 ..= 10.0;

    /// Words over which the running shares of flux positions and ELP average.
    running_words = 16.0, "words", 1.0 ..= 1000.0;
    /// Age at which words are no longer read.
    words_stale_after_seconds = 60.0, "seconds", 1.0 ..= 3600.0;
    /// Weight of a word at a boosted flux position in meaning; other words weigh 1.
    boosted_word_weight = 2.0, "ratio", 1.0 ..= 10.0;
    /// Weight in meaning of words that the ELP reading does not know; known words weigh 1.
    unknown_word_weight = 0.25, "ratio", 0.0 ..= 1.0;
    /// Weighed words at once that make a meaning of one half.
    half_meaning_words = 4.0, "words", 0.5 ..= 100.0;
    /// How long the strength of meaning outlasts the words.
    meaning_decay_seconds = 2.0, "seconds", 0.05 ..= 60.0;
    /// Time constant of novelty.
    novelty_seconds = 0.5, "seconds", 0.05 ..= 60.0;
    /// Trust in surprise as a witness of novelty while memory has not answered.
    surprise_trust = 0.5, "share", 0.0 ..= 1.0;
    /// Trust in a recognised situation as a witness of novelty; a recalled crystal has 1.
    activation_trust = 0.25, "share", 0.0 ..= 1.0;
    /// Age at which an answer of memory says nothing about this moment.
    recall_stale_after_seconds = 5.0, "seconds", 0.05 ..= 60.0;
    /// Time between two questions to memory.
    question_interval_seconds = 0.5, "seconds", 0.02 ..= 60.0;

    /// Natural frequency of the energy centres.
    centre_frequency_hertz = 0.5, "hertz", 0.05 ..= 5.0;
    /// Damping ratio of the energy centres; 1 is critical.
    centre_damping = 0.8, "ratio", 0.1 ..= 4.0;
    /// Share of a centre's drive that is its neighbours' pull; below 1, so that centres leak.
    centre_coupling = 0.15, "share", 0.0 ..= 0.9;
    /// Value that vitality rests at while nothing is known of the board.
    resting_vitality = 0.5, "share", 0.0 ..= 1.0;
    /// Moving share of the picture that drives the motion centre fully.
    full_motion = 0.333_333_34, "share", 0.01 ..= 1.0;
    /// Part of the strain that counts against vitality; heat counts whole.
    strain_weight = 0.7, "ratio", 0.0 ..= 1.0;

    /// Time constant of coherence.
    coherence_seconds = 1.0, "seconds", 0.05 ..= 60.0;
    /// Mean speed of the energy centres that makes the experiential loop half active.
    half_movement_per_second = 1.0, "per second", 0.1 ..= 10.0;
    /// Time constant of the salience that is usual here.
    usual_salience_seconds = 60.0, "seconds", 1.0 ..= 3600.0;
    /// Salience above the usual at which a moment is kept.
    keep_threshold = 0.18, "share", 0.01 ..= 1.0;
    /// Shortest time between two kept moments.
    keep_interval_seconds = 1.0, "seconds", 0.0 ..= 3600.0;
    /// Least departure of a feature from its long average that gives a kept moment its kind.
    notable_departure = 0.05, "share", 0.0 ..= 1.0;
}

impl Parameters {
    /// Whether a judgement of this confidence (0 to 1) may be acted on: it reaches the threshold,
    /// and something is known at all.
    #[must_use]
    pub fn may_act_on(&self, confidence: f32) -> bool {
        confidence > 0.0 && confidence >= self.act_threshold
    }
}
