//! The essence page, version 2: its bytes and what they mean.

use super::head::{CLEAN, MAGIC, PAGE, WholePage, checksum, layout_hash};
use super::parameters::ParameterTable;
use crate::clock::BootId;
use crate::wear::WearDay;
use std::mem::offset_of;
use triune_core::{
    Consent, Parameters, STATE_FIELD_COUNT, STATE_FIELDS, State, StateField, Timestamp,
};
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

pub(crate) const VERSION: u32 = 2;
const HEAD: usize = 128;
/// Where the parts lie that stay in their place when the state grows.
const TAIL: usize = PAGE - 8 - size_of::<[u64; 5]>() - size_of::<ParameterTable>();

/// Figures that outlive a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EssenceCounters {
    /// Last sequence number of a crystal that was durable; 0 before the first.
    pub last_crystal: u64,
    /// Moments lost over the being's life because the ring was full.
    pub dropped: u64,
    /// Times that the being's memory was opened.
    pub starts: u64,
    /// Moments withheld over the being's life to keep within the wear budget.
    pub withheld: u64,
}

/// What of a being survives a restart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Essence {
    /// The whole state after the last cycle before it was written.
    pub state: State,
    /// What the being consented to.
    pub consent: Consent,
    /// How the being is tuned.
    pub parameters: Parameters,
    /// Wall time of writing, in nanoseconds since 1970.
    pub written_unix: u64,
    /// The same moment on the monotonic clock of `boot`.
    pub written: Timestamp,
    /// The boot in which it was written.
    pub boot: BootId,
    /// Whether it was the last act of a run that was closed in order.
    pub clean: bool,
    /// Figures over the being's life.
    pub counters: EssenceCounters,
    /// What the being's stores handed to the disk on the day of writing.
    pub wear: WearDay,
}

/// One page as it lies in the file.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(C)]
pub(crate) struct Page {
    magic: [u8; 8],
    version: u32,
    state_bytes: u32,
    state_layout: u32,
    flags: u32,
    sequence: u64,
    written_unix: u64,
    written: Timestamp,
    boot: BootId,
    last_crystal: u64,
    dropped: u64,
    starts: u64,
    consent: Consent,
    reserved_head: [u8; 4],
    withheld: u64,
    reserved_after_head: [u8; HEAD - 104],
    state: State,
    reserved: [u8; TAIL - HEAD - size_of::<State>()],
    parameters: ParameterTable,
    /// Day, then bytes for crystals, essence, index and catalogue.
    wear: [u64; 5],
    reserved_tail: [u8; 4],
    checksum: u32,
}

const _: () = assert!(size_of::<Page>() == PAGE);
const _: () = assert!(offset_of!(Page, state) == HEAD);
const _: () = assert!(offset_of!(Page, parameters) == TAIL);
const _: () = assert!(offset_of!(Page, checksum) == PAGE - 4);

/// What version 2 calls its state's layout, as it stands in the pages on the disks. It tells only whether
/// the state's parts lie in their place; [`FIELDS`] tells of every number in them.
const STATE_LAYOUT: u32 = layout_hash(&[
    size_of::<State>(),
    offset_of!(State, being),
    offset_of!(State, cycle),
    offset_of!(State, time),
    offset_of!(State, environmental),
    offset_of!(State, analytical),
    offset_of!(State, experiential),
    offset_of!(State, observation),
    offset_of!(State, loop_ages),
]);

/// Changes whenever a number of [`State`] moves, changes its kind or is called otherwise. It is no part of
/// a page: pages that are there have to stay readable.
const FIELDS: u32 = fields_hash();
const _: () = assert!(
    FIELDS == 0xb48d_5edc,
    "the state is laid out otherwise: freeze the one of version 2 as that of version 1 is, and begin version 3"
);

/// FNV-1a, 32 bit (Fowler, Noll, Vo; RFC 9923), of offset, size and name of every number of the state.
const fn fields_hash() -> u32 {
    let mut hash = layout_hash(&[size_of::<State>(), STATE_FIELD_COUNT]);
    let mut field = 0;
    while field < STATE_FIELD_COUNT {
        let StateField {
            name, offset, kind, ..
        } = STATE_FIELDS[field];
        hash = layout_hash(&[hash as usize, offset, kind as usize, name.len()]);
        let name = name.as_bytes();
        let mut letter = 0;
        while letter < name.len() {
            hash = layout_hash(&[hash as usize, name[letter] as usize]);
            letter += 1;
        }
        field += 1;
    }
    hash
}

/// The page that holds `essence` under `sequence`.
pub(crate) fn seal(essence: &Essence, sequence: u64) -> Page {
    let mut page = Page::new_zeroed();
    page.magic = MAGIC;
    page.version = VERSION;
    page.state_bytes = size_of::<State>() as u32;
    page.state_layout = STATE_LAYOUT;
    page.flags = if essence.clean { CLEAN } else { 0 };
    page.sequence = sequence;
    page.written_unix = essence.written_unix;
    page.written = essence.written;
    page.boot = essence.boot;
    page.last_crystal = essence.counters.last_crystal;
    page.dropped = essence.counters.dropped;
    page.starts = essence.counters.starts;
    page.withheld = essence.counters.withheld;
    page.consent = essence.consent;
    page.state = essence.state;
    page.parameters = ParameterTable::of(&essence.parameters);
    let wear = &essence.wear;
    page.wear = [
        u64::from(wear.day),
        wear.crystals,
        wear.essence,
        wear.index,
        wear.catalogue,
    ];
    page.checksum = checksum(&page);
    page
}

/// Reads a page of this version whose checksum is right; nothing when its state is laid out otherwise.
pub(super) fn read(bytes: &[u8]) -> Option<WholePage> {
    let page = Page::read_from_bytes(bytes).ok()?;
    if page.state_bytes as usize != size_of::<State>() || page.state_layout != STATE_LAYOUT {
        return None;
    }
    let (parameters, unrestored) = page.parameters.restore();
    let [day, crystals, essence, index, catalogue] = page.wear;
    Some(WholePage {
        version: VERSION,
        sequence: page.sequence,
        unrestored,
        essence: Essence {
            state: page.state,
            consent: page.consent,
            parameters,
            written_unix: page.written_unix,
            written: page.written,
            boot: page.boot,
            clean: page.flags & CLEAN != 0,
            counters: EssenceCounters {
                last_crystal: page.last_crystal,
                dropped: page.dropped,
                starts: page.starts,
                withheld: page.withheld,
            },
            wear: WearDay {
                day: u32::try_from(day).unwrap_or(0),
                crystals,
                essence,
                index,
                catalogue,
            },
        },
    })
}
