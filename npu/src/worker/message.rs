//! What parent and child say to each other over the control socket, one packet each.
//!
//! A packet is a tag and numbers as 32- or 64-bit little-endian integers; texts and lists come last
//! and reach to the packet's end.

use super::load_fault::{LoadFault, harmless};
use crate::model_file::FileFormat;
use crate::scheduler::BackendFacts;

/// The version of everything that the two processes share: packets, mailboxes, layouts.
pub(super) const PROTOCOL: u32 = 1;
/// Longest packet.
pub(super) const MOST_BYTES: usize = 4_096;
/// Lanes that a backend may have, a bound for what the child claims.
const MOST_LANES: u32 = 64;

const HELLO: u32 = 0x5452_0001;
const LOADED: u32 = 0x5452_0002;
const REFUSED: u32 = 0x5452_0003;
const MAILBOXES: u32 = 0x5452_0011;
const LOAD: u32 = 0x5452_0012;

/// Why a packet is none of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// It ends before its fields.
    #[error("the packet is cut short")]
    Short,
    /// It begins with no known tag.
    #[error("the packet has the unknown tag {0:#x}")]
    UnknownTag(u32),
    /// A field says what cannot be.
    #[error("the packet's {0} is impossible")]
    Impossible(&'static str),
    /// Parent and child are of different versions.
    #[error("the worker speaks version {0} of the protocol, this program speaks {PROTOCOL}")]
    WrongVersion(u32),
}

/// What the child says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FromWorker {
    /// First of all: what it computes with.
    Hello(BackendFacts),
    /// A model is ready on every lane.
    Loaded { model: u32 },
    /// A model was not loaded.
    Refused { model: u32, fault: LoadFault },
}

/// What the parent says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ToWorker {
    /// Comes with the memory of the mailboxes.
    Mailboxes {
        lanes: u32,
        /// For how many microseconds a lane looks for work before it sleeps.
        spin: u32,
    },
    /// Comes with two files: manifest and model one after the other, and memory for tensors.
    Load {
        model: u32,
        manifest: u32,
        file: u64,
    },
}

/// Whether a packet is one that a worker may send; for tests and fuzzing.
///
/// # Errors
/// [`MessageError`].
pub fn check_message(packet: &[u8]) -> Result<(), MessageError> {
    FromWorker::decode(packet).map(|_| ())
}

impl FromWorker {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut packet = match self {
            Self::Hello(facts) => {
                let formats = facts.formats.iter().map(|format| format_bit(*format));
                let formats = formats.fold(0, |all, bit| all | bit);
                let numbers = [HELLO, PROTOCOL, facts.lanes as u32, formats];
                with_text(&numbers, &facts.name)
            }
            Self::Loaded { model } => with_text(&[LOADED, *model], ""),
            Self::Refused { model, fault } => {
                with_text(&[REFUSED, *model, fault.kind], &fault.text)
            }
        };
        packet.truncate(MOST_BYTES);
        packet
    }

    pub(super) fn decode(packet: &[u8]) -> Result<Self, MessageError> {
        let mut rest = packet;
        match number(&mut rest)? {
            HELLO => {
                let version = number(&mut rest)?;
                if version != PROTOCOL {
                    return Err(MessageError::WrongVersion(version));
                }
                let lanes = number(&mut rest)?;
                if lanes == 0 || lanes > MOST_LANES {
                    return Err(MessageError::Impossible("number of lanes"));
                }
                let bits = number(&mut rest)?;
                let known = [FileFormat::Rknn, FileFormat::Onnx];
                let formats: Vec<_> = known
                    .into_iter()
                    .filter(|format| bits & format_bit(*format) != 0)
                    .collect();
                if formats.is_empty() {
                    return Err(MessageError::Impossible("list of formats"));
                }
                Ok(Self::Hello(BackendFacts {
                    name: harmless(&String::from_utf8_lossy(rest)),
                    formats,
                    lanes: lanes as usize,
                }))
            }
            LOADED => Ok(Self::Loaded {
                model: number(&mut rest)?,
            }),
            REFUSED => Ok(Self::Refused {
                model: number(&mut rest)?,
                fault: LoadFault {
                    kind: number(&mut rest)?,
                    // Its parts are made harmless when they are taken apart.
                    text: String::from_utf8_lossy(rest).into_owned(),
                },
            }),
            tag => Err(MessageError::UnknownTag(tag)),
        }
    }
}

impl ToWorker {
    pub(super) fn encode(&self) -> Vec<u8> {
        match *self {
            Self::Mailboxes { lanes, spin } => with_text(&[MAILBOXES, lanes, spin], ""),
            Self::Load {
                model,
                manifest,
                file,
            } => with_text(
                &[LOAD, model, manifest, file as u32, (file >> 32) as u32],
                "",
            ),
        }
    }

    pub(super) fn decode(packet: &[u8]) -> Result<Self, MessageError> {
        let mut rest = packet;
        match number(&mut rest)? {
            MAILBOXES => Ok(Self::Mailboxes {
                lanes: number(&mut rest)?,
                spin: number(&mut rest)?,
            }),
            LOAD => Ok(Self::Load {
                model: number(&mut rest)?,
                manifest: number(&mut rest)?,
                file: u64::from(number(&mut rest)?) | u64::from(number(&mut rest)?) << 32,
            }),
            tag => Err(MessageError::UnknownTag(tag)),
        }
    }
}

const fn format_bit(format: FileFormat) -> u32 {
    match format {
        FileFormat::Onnx => 1,
        FileFormat::Rknn => 2,
    }
}

fn with_text(numbers: &[u32], text: &str) -> Vec<u8> {
    let mut packet: Vec<u8> = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    packet.extend_from_slice(text.as_bytes());
    packet
}

fn number(rest: &mut &[u8]) -> Result<u32, MessageError> {
    let (first, others) = rest.split_first_chunk().ok_or(MessageError::Short)?;
    *rest = others;
    Ok(u32::from_le_bytes(*first))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    fn from_worker() -> impl Strategy<Value = FromWorker> {
        let text = "[a-z0-9 ().]{0,40}";
        let formats = prop_oneof![
            Just(vec![FileFormat::Onnx]),
            Just(vec![FileFormat::Rknn]),
            Just(vec![FileFormat::Rknn, FileFormat::Onnx]),
        ];
        prop_oneof![
            (text, formats, 1..=64_usize).prop_map(|(name, formats, lanes)| {
                FromWorker::Hello(BackendFacts {
                    name,
                    formats,
                    lanes,
                })
            }),
            any::<u32>().prop_map(|model| FromWorker::Loaded { model }),
            (any::<u32>(), any::<u32>(), text).prop_map(|(model, kind, text)| {
                FromWorker::Refused {
                    model,
                    fault: LoadFault { kind, text },
                }
            }),
        ]
    }

    proptest! {
        #[test]
        fn what_a_worker_says_is_understood(message in from_worker()) {
            prop_assert_eq!(FromWorker::decode(&message.encode()), Ok(message));
        }

        #[test]
        fn what_a_parent_says_is_understood(model: u32, manifest: u32, file: u64, lanes: u32, spin: u32) {
            for message in [ToWorker::Load { model, manifest, file }, ToWorker::Mailboxes { lanes, spin }] {
                prop_assert_eq!(ToWorker::decode(&message.encode()), Ok(message));
            }
        }

        #[test]
        fn whatever_comes_is_taken_without_a_panic(packet in proptest::collection::vec(any::<u8>(), 0..64), tag in 0..0x14_u32) {
            let _ = check_message(&packet);
            let tagged = [&(0x5452_0000 | tag).to_le_bytes()[..], &packet].concat();
            let _ = check_message(&tagged);
            let _ = ToWorker::decode(&tagged);
        }
    }

    #[test]
    fn a_long_reason_is_cut() {
        let reason = "x".repeat(100_000);
        let fault = LoadFault::other(&reason);
        let packet = FromWorker::Refused { model: 1, fault }.encode();
        assert_eq!(packet.len(), MOST_BYTES);
        FromWorker::decode(&packet).unwrap();
    }

    #[test]
    fn impossible_claims_are_refused() {
        let hello = |version, lanes, formats| with_text(&[HELLO, version, lanes, formats], "");
        assert_eq!(
            check_message(&hello(2, 1, 1)),
            Err(MessageError::WrongVersion(2))
        );
        assert_eq!(
            check_message(&hello(1, 1_000_000, 1)),
            Err(MessageError::Impossible("number of lanes"))
        );
        assert_eq!(
            check_message(&hello(1, 1, 0)),
            Err(MessageError::Impossible("list of formats"))
        );
        assert_eq!(
            check_message(&hello(1, 1, 1)[..9]),
            Err(MessageError::Short)
        );
    }
}
