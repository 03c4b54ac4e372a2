//! The words that the in-step ELP reading knows, as hashes with INT8 channel weights.
//!
//! Chosen by hand after the senses that Aristotle gives the three means of persuasion:
//! words of trust and character, of reasoning and measure, of feeling.

use xxhash_rust::const_xxh3::xxh3_64;

/// Weight that a word of a channel carries for it.
const MAIN: i8 = 96;
/// Weight that it carries for each other channel.
const SIDE: i8 = 16;

const ETHOS: [&str; 40] = [
    "trust",
    "honest",
    "honour",
    "promise",
    "duty",
    "loyal",
    "friend",
    "teacher",
    "doctor",
    "expert",
    "experience",
    "respect",
    "fair",
    "right",
    "wrong",
    "please",
    "thanks",
    "sorry",
    "forgive",
    "swear",
    "believe",
    "faith",
    "name",
    "family",
    "mother",
    "father",
    "people",
    "law",
    "justice",
    "truth",
    "wise",
    "brave",
    "noble",
    "humble",
    "serve",
    "protect",
    "master",
    "authority",
    "integrity",
    "consent",
];
const LOGOS: [&str; 40] = [
    "because",
    "therefore",
    "if",
    "then",
    "number",
    "count",
    "measure",
    "time",
    "reason",
    "proof",
    "fact",
    "data",
    "evidence",
    "compare",
    "equal",
    "more",
    "less",
    "first",
    "second",
    "result",
    "cause",
    "effect",
    "rate",
    "degree",
    "percent",
    "hour",
    "minute",
    "status",
    "report",
    "plan",
    "method",
    "rule",
    "test",
    "calculate",
    "logic",
    "explain",
    "how",
    "why",
    "what",
    "when",
];
const PATHOS: [&str; 40] = [
    "love",
    "hate",
    "fear",
    "afraid",
    "happy",
    "sad",
    "joy",
    "angry",
    "cry",
    "laugh",
    "hope",
    "hurt",
    "pain",
    "warm",
    "cold",
    "beautiful",
    "ugly",
    "wonderful",
    "terrible",
    "help",
    "alone",
    "home",
    "dream",
    "heart",
    "miss",
    "tired",
    "lonely",
    "excited",
    "calm",
    "worry",
    "scared",
    "glad",
    "proud",
    "shame",
    "kind",
    "cruel",
    "sweet",
    "music",
    "good",
    "bad",
];

/// Hash of each known word with its weights for ethos, logos and pathos.
pub(crate) static LEXICON: [(u64, [i8; 3]); 120] = lexicon();

const fn lexicon() -> [(u64, [i8; 3]); 120] {
    let mut table = [(0, [0; 3]); 120];
    let mut index = 0;
    while index < 40 {
        table[index] = (xxh3_64(ETHOS[index].as_bytes()), [MAIN, SIDE, SIDE]);
        table[40 + index] = (xxh3_64(LOGOS[index].as_bytes()), [SIDE, MAIN, SIDE]);
        table[80 + index] = (xxh3_64(PATHOS[index].as_bytes()), [SIDE, SIDE, MAIN]);
        index += 1;
    }
    table
}
