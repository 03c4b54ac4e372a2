//! Writing an export from beginning to end.

use super::blocks::pack;
use super::format::{BLOCK_TARGET, DIGEST_BYTES, MAGIC, Part, VERSION};
use super::manifest::Manifest;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// Writes an export: records in, blocks out.
pub(crate) struct Packer<W> {
    out: W,
    digest: Sha256,
    written: u64,
    pending: Vec<u8>,
    pending_part: Part,
    checksums: [u32; Part::ALL.len()],
}

impl<W: Write> Packer<W> {
    /// Begins an export with its manifest.
    pub(crate) fn begin(out: W, manifest: &Manifest) -> io::Result<Self> {
        let json = serde_json::to_vec_pretty(manifest)?;
        let mut head = MAGIC.to_vec();
        head.extend_from_slice(&VERSION.to_le_bytes());
        head.extend_from_slice(&(json.len() as u32).to_le_bytes());
        head.extend_from_slice(&json);
        head.extend_from_slice(&crc32c::crc32c(&head).to_le_bytes());
        let mut packer = Self {
            out,
            digest: Sha256::new(),
            written: 0,
            pending: Vec::new(),
            pending_part: Part::Essence,
            checksums: [0; Part::ALL.len()],
        };
        packer.write(&head)?;
        Ok(packer)
    }

    /// Adds `records` of `part`, which are never divided between blocks.
    pub(crate) fn add(&mut self, part: Part, records: &[u8]) -> io::Result<()> {
        let full = self.pending.len() + records.len() > BLOCK_TARGET;
        if part != self.pending_part || full {
            self.end_block()?;
        }
        self.pending_part = part;
        self.pending.extend_from_slice(records);
        Ok(())
    }

    /// Closes the block that is being filled.
    pub(crate) fn end_block(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let checksum = &mut self.checksums[self.pending_part.place()];
        *checksum = crc32c::crc32c_append(*checksum, &self.pending);
        let block = pack(self.pending_part, &self.pending);
        self.pending.clear();
        self.write(&block)
    }

    /// Ends the export and returns its length and digest.
    pub(crate) fn end(mut self) -> io::Result<(u64, [u8; DIGEST_BYTES])> {
        self.end_block()?;
        let mut end = vec![Part::END, 0, 0, 0];
        for checksum in self.checksums {
            end.extend_from_slice(&checksum.to_le_bytes());
        }
        self.write(&end)?;
        let digest: [u8; DIGEST_BYTES] = self.digest.finalize().into();
        self.out.write_all(&digest)?;
        self.out.flush()?;
        Ok((self.written + DIGEST_BYTES as u64, digest))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.written += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}
