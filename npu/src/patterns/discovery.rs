//! Finds what recurs and was not taught.

use super::cluster::{Cluster, MERGING, RADIUS};
use super::known::{Known, distance};
use super::observation::Observation;
use super::segment::{SIGNATURE_LENGTH, Segment, Segments};

/// Most bytes of a pattern's name.
pub const LONGEST_NAME: usize = 64;
/// Most patterns that are told; what comes after stays unnamed and unseen until one is forgotten.
pub(super) const MOST_TOLD: usize = 256;
/// Most clusters that wait to be told; the one that was met longest ago gives way.
pub(super) const MOST_WAITING: usize = 64;
/// A cluster that waits is dropped when this many segments passed without it: two days.
const PATIENCE: u64 = 2 * 24 * 300;

/// What happened with a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternEvent {
    /// A new pattern is told.
    Found(u32),
    /// Two patterns turned out to be one; the older id stays.
    Merged {
        /// The id that stays.
        kept: u32,
        /// The id that is gone, never to be used again.
        gone: u32,
    },
}

/// A pattern as the user sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Its number: 1 or more, and never another pattern's.
    pub id: u32,
    /// The user's name for it; empty until named.
    pub name: String,
    /// Segments of 12 seconds that it was met in.
    pub segments: u32,
    /// Times that it came.
    pub visits: u32,
    /// When it was met first, milliseconds since 1970.
    pub first_seen_unix_ms: u64,
    /// When it was met last, milliseconds since 1970.
    pub last_seen_unix_ms: u64,
}

impl From<&Cluster> for Pattern {
    fn from(cluster: &Cluster) -> Self {
        Self {
            id: cluster.id,
            name: cluster.name.clone(),
            segments: cluster.segments,
            visits: cluster.visits,
            first_seen_unix_ms: cluster.first_seen_unix_ms,
            last_seen_unix_ms: cluster.last_seen_unix_ms,
        }
    }
}

/// Why a pattern was not named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is no such pattern.
    #[error("there is no pattern {0}: list the patterns")]
    NoPattern(u32),
    /// The name is too long.
    #[error("the name has {0} bytes: use at most 64")]
    TooLong(usize),
    /// The name has control characters.
    #[error("the name has a control character: use letters")]
    ControlCharacter,
}

/// The patterns of one being.
#[derive(Clone, Debug)]
pub struct Patterns {
    pub(super) clusters: Vec<Cluster>,
    pub(super) next: u32,
    /// Segments met in the being's life.
    pub(super) met: u64,
    segments: Segments,
    previous: Option<[f32; SIGNATURE_LENGTH]>,
    current: Option<u32>,
    changed: bool,
}

impl Default for Patterns {
    fn default() -> Self {
        Self::restore(Vec::new(), 1, 0)
    }
}

impl Patterns {
    pub(super) fn restore(clusters: Vec<Cluster>, next: u32, met: u64) -> Self {
        Self {
            clusters,
            next,
            met,
            segments: Segments::default(),
            previous: None,
            current: None,
            changed: false,
        }
    }

    /// Offers an observation, at whatever rate of 5 Hz or more. Time is bounded: once in 12 seconds
    /// a segment is compared with all that is known.
    pub fn observe(
        &mut self,
        known: &Known,
        observation: &Observation<'_>,
    ) -> Option<PatternEvent> {
        let segment = self.segments.observe(observation)?;
        self.meet(known, &segment, observation.unix_ms)
    }

    /// Drops what was gathered and belongs to no whole segment yet, and what is current: what comes
    /// next has nothing to do with it.
    pub fn interrupt(&mut self) {
        self.segments = Segments::default();
        self.previous = None;
        self.current = None;
    }

    /// The pattern that the newest segment shows; `None` for what is taught or not yet told.
    #[must_use]
    pub fn current(&self) -> Option<u32> {
        self.current
    }

    /// Segments met in the being's life: one more means that [`Self::current`] is of a new one.
    #[must_use]
    pub fn segments_met(&self) -> u64 {
        self.met
    }

    /// Told patterns, by id.
    #[must_use]
    pub fn list(&self) -> Vec<Pattern> {
        let mut told: Vec<Pattern> = self
            .clusters
            .iter()
            .filter(|cluster| cluster.id != 0)
            .map(Pattern::from)
            .collect();
        told.sort_unstable_by_key(|pattern| pattern.id);
        told
    }

    /// One told pattern.
    #[must_use]
    pub fn get(&self, id: u32) -> Option<Pattern> {
        let mut told = self.clusters.iter().filter(|_| id != 0);
        told.find(|cluster| cluster.id == id).map(Pattern::from)
    }

    /// Names a pattern; an empty name takes the old one away.
    ///
    /// # Errors
    /// See [`NameError`].
    pub fn name(&mut self, id: u32, name: &str) -> Result<(), NameError> {
        if name.len() > LONGEST_NAME {
            return Err(NameError::TooLong(name.len()));
        }
        if name.chars().any(char::is_control) {
            return Err(NameError::ControlCharacter);
        }
        let told = self
            .clusters
            .iter_mut()
            .find(|cluster| id != 0 && cluster.id == id);
        name.clone_into(&mut told.ok_or(NameError::NoPattern(id))?.name);
        self.changed = true;
        Ok(())
    }

    /// Forgets a pattern; tells whether it was there. Should it come again, it gets a new id.
    pub fn forget(&mut self, id: u32) -> bool {
        let before = self.clusters.len();
        self.clusters.retain(|cluster| id == 0 || cluster.id != id);
        if self.current == Some(id) {
            self.current = None;
        }
        let forgot = self.clusters.len() < before;
        self.changed |= forgot;
        forgot
    }

    /// Whether there is something to store since this was asked last.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    fn meet(&mut self, known: &Known, segment: &Segment, unix_ms: u64) -> Option<PatternEvent> {
        self.met += 1;
        let (now, signature) = (self.met, segment.signature);
        self.current = None;
        self.clusters
            .retain(|cluster| cluster.id != 0 || now - cluster.last.min(now) <= PATIENCE);
        let previous = self.previous.take();
        if known.is_known(segment) {
            return None;
        }
        self.previous = Some(signature);
        let nearest = self.nearest(&signature);
        self.current = nearest
            .map(|place| self.clusters[place].id)
            .filter(|&id| id != 0);
        // What passes from one scene to the next is like neither.
        if previous.is_none_or(|previous| distance(&previous, &signature) > RADIUS) {
            return None;
        }
        self.changed = true;
        let Some(place) = nearest else {
            self.make_room();
            self.clusters.push(Cluster::begin(signature, now, unix_ms));
            return None;
        };
        self.clusters[place].add(&signature, now, unix_ms);
        if let Some(other) = self.merging(place) {
            return self.merge(place, other);
        }
        self.tell(place)
    }

    fn nearest(&self, signature: &[f32; SIGNATURE_LENGTH]) -> Option<usize> {
        let places = self.clusters.iter().enumerate();
        let (place, far) = places
            .map(|(place, cluster)| (place, cluster.distance(signature)))
            .min_by(|one, other| one.1.total_cmp(&other.1))?;
        (far <= RADIUS).then_some(place)
    }

    fn merging(&self, place: usize) -> Option<usize> {
        let centre = self.clusters[place].centre;
        (0..self.clusters.len())
            .find(|&other| other != place && self.clusters[other].distance(&centre) <= MERGING)
    }

    fn merge(&mut self, one: usize, other: usize) -> Option<PatternEvent> {
        // Told before waiting, then the smaller id, then the earlier place.
        let rank = |place: usize| (self.clusters[place].id.wrapping_sub(1), place);
        let (older, younger) = if rank(one) < rank(other) {
            (one, other)
        } else {
            (other, one)
        };
        let gone = self.clusters[younger].clone();
        let gone_id = gone.id;
        self.clusters[older].absorb(gone);
        let kept = self.clusters[older].id;
        self.clusters.remove(younger);
        self.current = (kept != 0).then_some(kept);
        if gone_id != 0 {
            return Some(PatternEvent::Merged {
                kept,
                gone: gone_id,
            });
        }
        let place = if younger < older { older - 1 } else { older };
        self.tell(place)
    }

    fn tell(&mut self, place: usize) -> Option<PatternEvent> {
        let told = self.clusters.iter().filter(|cluster| cluster.id != 0);
        let has_room = told.count() < MOST_TOLD && self.next < u32::MAX;
        let cluster = &mut self.clusters[place];
        if cluster.id != 0 || !cluster.is_sure() || !has_room {
            return None;
        }
        cluster.id = self.next;
        self.next += 1;
        self.current = Some(cluster.id);
        Some(PatternEvent::Found(cluster.id))
    }

    fn make_room(&mut self) {
        let waiting = self.clusters.iter().enumerate();
        let waiting: Vec<_> = waiting.filter(|(_, cluster)| cluster.id == 0).collect();
        if waiting.len() >= MOST_WAITING
            && let Some(place) = waiting
                .iter()
                .min_by_key(|(_, cluster)| cluster.last)
                .map(|(place, _)| *place)
        {
            self.clusters.remove(place);
        }
    }
}
