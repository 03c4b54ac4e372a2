//! Reading an export from beginning to end, whatever its bytes are.

use super::FormatError;
use super::blocks::{BlockHead, number};
use super::format::{BLOCK_HEAD, DIGEST_BYTES, MAGIC, MANIFEST_BYTES, Part, VERSION};
use super::manifest::Manifest;
use super::table;
use crate::catalog::CARRIED;
use crate::crystals::{Crystal, RECORD_BYTES, SEQUENCE_END};
use crate::essence::{Essence, Looked, unpack};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Read;
use triune_core::BeingId;

/// Something that was read and checked.
pub(crate) enum Content {
    Essence(Box<Essence>),
    /// Whole records of the being, in ascending order.
    Crystals(Vec<Crystal>),
    /// Rows of one table, understood and in ascending order.
    Rows {
        table: &'static str,
        rows: Vec<(u64, Vec<u8>)>,
    },
}

/// Reads an export block by block; needs one block of memory.
pub(crate) struct Unpacker<R> {
    from: R,
    digest: Sha256,
    read: u64,
    manifest: Manifest,
    being: BeingId,
    part: Part,
    checksums: [u32; Part::ALL.len()],
    has_essence: bool,
    crystals: u64,
    last_crystal: u64,
    rows: BTreeMap<&'static str, (u64, u64)>,
}

impl<R: Read> Unpacker<R> {
    /// Reads the head and the manifest.
    pub(crate) fn begin(mut from: R) -> Result<Self, FormatError> {
        let mut head = [0; MAGIC.len() + 8];
        // What is too short to say what it is, is none of ours.
        from.read_exact(&mut head[..MAGIC.len()]).map_err(|error| {
            match FormatError::from(error) {
                FormatError::Cut => FormatError::Foreign,
                other => other,
            }
        })?;
        if head[..MAGIC.len()] != MAGIC {
            return Err(FormatError::Foreign);
        }
        from.read_exact(&mut head[MAGIC.len()..])?;
        match number(&head, 8) {
            VERSION => {}
            version if version > VERSION => return Err(FormatError::Newer(version)),
            _ => return Err(FormatError::Damaged("the version")),
        }
        let length = number(&head, 12) as usize;
        if length > MANIFEST_BYTES {
            return Err(FormatError::Damaged("the manifest's length"));
        }
        let mut json = vec![0; length];
        from.read_exact(&mut json)?;
        let mut checksum = [0; 4];
        from.read_exact(&mut checksum)?;
        if u32::from_le_bytes(checksum) != crc32c::crc32c_append(crc32c::crc32c(&head), &json) {
            return Err(FormatError::Damaged("the manifest's checksum"));
        }
        let manifest = Manifest::read(&json)?;
        let being = manifest.being_id()?;
        let mut digest = Sha256::new();
        digest.update(head);
        digest.update(&json);
        digest.update(checksum);
        Ok(Self {
            from,
            digest,
            read: (head.len() + json.len() + checksum.len()) as u64,
            manifest,
            being,
            part: Part::Essence,
            checksums: [0; Part::ALL.len()],
            has_essence: false,
            crystals: 0,
            last_crystal: 0,
            rows: BTreeMap::new(),
        })
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Bytes read so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.read
    }

    /// The next content; nothing when all of it was read and stands.
    pub(crate) fn next(&mut self) -> Result<Option<Content>, FormatError> {
        let mut head = [0; BLOCK_HEAD];
        self.from.read_exact(&mut head)?;
        self.read += BLOCK_HEAD as u64;
        self.digest.update(head);
        if head[0] == Part::END {
            self.end(&head)?;
            return Ok(None);
        }
        let block = BlockHead::read(&head)?;
        let mut body = vec![0; block.packed_bytes()];
        self.from.read_exact(&mut body)?;
        self.read += body.len() as u64;
        self.digest.update(&body);
        let raw = block.unpack(&head, body)?;
        if block.part < self.part {
            return Err(FormatError::Damaged("the order of parts"));
        }
        self.part = block.part;
        let checksum = &mut self.checksums[block.part.place()];
        *checksum = crc32c::crc32c_append(*checksum, &raw);
        match block.part {
            Part::Essence => self.essence(&raw),
            Part::Crystals => self.crystals(&raw),
            Part::Table => self.rows(&raw),
        }
        .map(Some)
    }

    fn essence(&mut self, raw: &[u8]) -> Result<Content, FormatError> {
        match unpack(raw) {
            Looked::OtherLayout {
                version,
                state_bytes,
            } => Err(FormatError::EssenceLayout {
                version,
                state_bytes,
            }),
            Looked::Whole(essence)
                if !self.has_essence
                    && essence.state.being == self.being
                    && essence.counters.last_crystal < SEQUENCE_END =>
            {
                self.has_essence = true;
                Ok(Content::Essence(essence))
            }
            Looked::Whole(_) | Looked::Nothing | Looked::Damaged => {
                Err(FormatError::Damaged("the essence"))
            }
        }
    }

    fn crystals(&mut self, raw: &[u8]) -> Result<Content, FormatError> {
        let (records, rest) = raw.as_chunks::<RECORD_BYTES>();
        let mut crystals = Vec::with_capacity(records.len());
        for record in records {
            let crystal = Crystal::read(record)
                .filter(|crystal| crystal.being() == self.being)
                .filter(|crystal| {
                    (self.last_crystal + 1..SEQUENCE_END).contains(&crystal.sequence())
                })
                .ok_or(FormatError::Damaged("a crystal"))?;
            self.last_crystal = crystal.sequence();
            crystals.push(crystal);
        }
        if !rest.is_empty() {
            return Err(FormatError::Damaged("the length of the crystals"));
        }
        self.crystals += crystals.len() as u64;
        Ok(Content::Crystals(crystals))
    }

    fn rows(&mut self, raw: &[u8]) -> Result<Content, FormatError> {
        let (name, rows) = table::unpack(raw)?;
        let carried = CARRIED
            .iter()
            .find(|carried| carried.name() == name)
            .ok_or_else(|| FormatError::UnknownTable(name.to_owned()))?;
        let (count, next) = self.rows.entry(carried.name()).or_insert((0, 0));
        let mut taken = Vec::with_capacity(rows.len());
        for (key, row) in rows {
            if key < *next || key >= SEQUENCE_END || !carried.understands(key, row) {
                return Err(FormatError::Damaged("a row of a table"));
            }
            *next = key + 1;
            *count += 1;
            taken.push((key, row.to_vec()));
        }
        Ok(Content::Rows {
            table: carried.name(),
            rows: taken,
        })
    }

    fn end(&mut self, head: &[u8; BLOCK_HEAD]) -> Result<(), FormatError> {
        let mut digest = [0; DIGEST_BYTES];
        self.from.read_exact(&mut digest)?;
        self.read += DIGEST_BYTES as u64;
        if self.sha256() != digest {
            return Err(FormatError::Damaged("the digest"));
        }
        let parts_stand = Part::ALL
            .iter()
            .all(|part| number(head, 4 + 4 * part.place()) == self.checksums[part.place()]);
        let rows: BTreeMap<String, u64> = self
            .rows
            .iter()
            .map(|(&table, &(count, _))| (table.to_owned(), count))
            .collect();
        let as_promised = self.has_essence == self.manifest.essence_unix.is_some()
            && self.crystals == self.manifest.crystals
            && rows == self.manifest.rows;
        if head[1..4] != [0; 3] || !parts_stand || !as_promised {
            return Err(FormatError::Damaged("the manifest promises something else"));
        }
        let mut after = Vec::new();
        self.from.by_ref().take(1).read_to_end(&mut after)?;
        if !after.is_empty() {
            return Err(FormatError::Damaged("something follows its end"));
        }
        Ok(())
    }

    /// SHA-256 of all that was read up to the digest.
    pub(crate) fn sha256(&self) -> [u8; DIGEST_BYTES] {
        self.digest.clone().finalize().into()
    }
}

/// Reads an export to its end and checks everything in it, without importing it.
///
/// # Errors
/// See [`FormatError`].
pub fn verify_export(from: impl Read) -> Result<Manifest, FormatError> {
    let mut unpacker = Unpacker::begin(from)?;
    while unpacker.next()?.is_some() {}
    Ok(unpacker.manifest)
}

#[cfg(test)]
mod tests {
    use super::super::packer::Packer;
    use super::super::table::{pack_name, pack_row};
    use super::*;
    use crate::clock::BootId;
    use crate::essence::{EssenceCounters, pack};
    use crate::wear::WearDay;
    use proptest::prelude::*;
    use triune_core::{Consent, Parameters, State, Timestamp};

    /// A manifest as an export of being 1 would have it.
    fn manifest(crystals: u64, rows: &[(&str, u64)]) -> Manifest {
        Manifest {
            being: BeingId(1).to_string(),
            name: None,
            created_unix: None,
            exported_unix: 0,
            program: String::new(),
            board: None,
            essence_unix: None,
            crystals,
            rows: rows
                .iter()
                .map(|&(name, count)| (name.to_owned(), count))
                .collect(),
        }
    }

    fn export(manifest: &Manifest, parts: &[(Part, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut packer = Packer::begin(&mut bytes, manifest).unwrap();
        for (part, records) in parts {
            packer.add(*part, records).unwrap();
            packer.end_block().unwrap();
        }
        packer.end().unwrap();
        bytes
    }

    fn refusal(manifest: &Manifest, parts: &[(Part, Vec<u8>)]) -> String {
        verify_export(export(manifest, parts).as_slice())
            .unwrap_err()
            .to_string()
    }

    fn rows(table: &str, rows: &[(u64, &[u8])]) -> (Part, Vec<u8>) {
        let mut block = pack_name(table);
        for (key, row) in rows {
            block.extend(pack_row(*key, row));
        }
        (Part::Table, block)
    }

    #[test]
    fn an_empty_being_is_an_export_too() {
        assert!(verify_export(export(&manifest(0, &[]), &[]).as_slice()).is_ok());
    }

    #[test]
    #[cfg_attr(miri, ignore = "compresses for minutes where it is interpreted")]
    fn rows_must_be_known_understood_in_order_and_as_many_as_promised() {
        let profile = br#"{"name":"Ada","created_unix":1,"note":""}"#;
        let good = rows("profile", &[(0, profile)]);
        let promised = manifest(0, &[("profile", 1)]);
        assert!(verify_export(export(&promised, std::slice::from_ref(&good)).as_slice()).is_ok());
        let refusals = [
            refusal(&promised, &[]),
            refusal(&manifest(0, &[]), &[good]),
            refusal(&promised, &[rows("profile", &[(0, profile), (0, profile)])]),
            refusal(
                &promised,
                &[rows("profile", &[(0, br#"{"name":"A\u0000"}"#)])],
            ),
            refusal(&promised, &[rows("profile", &[(1 << 62, profile)])]),
            refusal(&promised, &[rows("../../etc", &[(0, profile)])]),
        ];
        assert!(refusals[5].contains("'../../etc'"), "{refusals:?}");
        assert!(
            refusals[..5]
                .iter()
                .all(|refusal| refusal.contains("damaged")),
            "{refusals:?}"
        );
    }

    #[test]
    #[cfg_attr(miri, ignore = "compresses for minutes where it is interpreted")]
    fn an_essence_beyond_all_sequence_numbers_is_refused() {
        let essence = |last_crystal| Essence {
            state: State::at_rest(BeingId(1)),
            consent: Consent::NONE,
            parameters: Parameters::default(),
            written_unix: 0,
            written: Timestamp(0),
            boot: BootId::UNKNOWN,
            clean: true,
            counters: EssenceCounters {
                last_crystal,
                ..EssenceCounters::default()
            },
            wear: WearDay::default(),
        };
        let promised = Manifest {
            essence_unix: Some(0),
            ..manifest(0, &[])
        };
        for (last, stands) in [(SEQUENCE_END - 1, true), (u64::MAX, false)] {
            let file = export(&promised, &[(Part::Essence, pack(&essence(last)))]);
            assert_eq!(verify_export(file.as_slice()).is_ok(), stands);
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "compresses for minutes where it is interpreted")]
    fn parts_out_of_order_are_refused() {
        let profile = br#"{"name":"Ada","created_unix":1,"note":""}"#;
        let parts = [
            rows("profile", &[(0, profile)]),
            (Part::Crystals, vec![0; RECORD_BYTES]),
        ];
        let refusal = refusal(&manifest(1, &[("profile", 1)]), &parts);
        assert!(refusal.contains("order"), "{refusal}");
    }

    proptest! {
        /// Checksums that are right around content that is not.
        #[test]
        #[cfg_attr(miri, ignore = "compresses for minutes where it is interpreted")]
        fn content_of_any_kind_is_read_or_refused(
            crystals in any::<u64>(),
            parts in prop::collection::vec(
                (0..3_usize, prop::collection::vec(any::<u8>(), 0..5000)),
                0..6,
            ),
            named in any::<bool>(),
        ) {
            let parts: Vec<_> = parts
                .into_iter()
                .map(|(part, mut bytes)| {
                    if named && Part::ALL[part] == Part::Table {
                        bytes.splice(..0, pack_name("consent"));
                    }
                    (Part::ALL[part], bytes)
                })
                .collect();
            let empty = parts.iter().all(|(_, bytes)| bytes.is_empty());
            let read = verify_export(export(&manifest(crystals, &[]), &parts).as_slice());
            prop_assert_eq!(read.is_ok(), empty && crystals == 0);
        }
    }
}
