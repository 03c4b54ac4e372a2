//! Rectangles of pixels.

/// A rectangle of whole pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
}

impl Area {
    /// The smallest whole pixels around these edges.
    pub(super) fn around(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self {
            left: left.floor() as i32,
            top: top.floor() as i32,
            right: right.ceil() as i32,
            bottom: bottom.ceil() as i32,
        }
    }

    pub(super) const fn width(&self) -> i32 {
        self.right - self.left
    }

    pub(super) const fn height(&self) -> i32 {
        self.bottom - self.top
    }

    /// What both cover; without width or height where they do not meet.
    pub(super) fn within(self, other: Self) -> Self {
        let left = self.left.max(other.left);
        let top = self.top.max(other.top);
        Self {
            left,
            top,
            right: self.right.min(other.right).max(left),
            bottom: self.bottom.min(other.bottom).max(top),
        }
    }
}
