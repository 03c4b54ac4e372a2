//! A screen through the kernel's mode setting (KMS), without a compositor.

mod buffer;
mod card;
mod choose;

use super::{Display, DisplayError, DisplayMode, rows};
use crate::clock::{NANOS_PER_SECOND, now_ns};
use buffer::ScanOut;
use card::Card;
use choose::Choice;
use drm::Device as _;
use drm::control::{ClipRect, Device as _, PageFlipFlags, connector, crtc, framebuffer};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::sync::Arc;
use triune_board::KmsDisplay;

/// A flip that takes longer than this is not waited for: the screen sleeps or its driver lost
/// the event.
const FLIP_MS: i64 = 200;
/// How often it is asked whether the screen is still there.
const PRESENCE_NS: u64 = NANOS_PER_SECOND;

/// A connected screen with two buffers: one is shown while the next is drawn.
#[derive(Debug)]
pub struct KmsScreen {
    card: Arc<Card>,
    device: String,
    connector: connector::Handle,
    crtc: crtc::Info,
    mode: drm::control::Mode,
    buffers: [ScanOut; 2],
    back: usize,
    shown: Shown,
    flip_pending: bool,
    presence_checked_ns: u64,
}

/// How pictures get onto the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// The mode is not set yet.
    Nothing,
    /// By flips at the screen's own rate.
    Flipping,
    /// By setting the mode anew each time: the driver knows no flips.
    Setting,
}

impl KmsScreen {
    /// Takes the first connected screen that the board's file allows, in its preferred mode.
    ///
    /// # Errors
    /// [`DisplayError::NotFound`] without a screen, [`DisplayError::Taken`] where another
    /// program draws on it, [`DisplayError::NotAllowed`] or [`DisplayError::System`].
    pub fn open(spec: &KmsDisplay) -> Result<Self, DisplayError> {
        let Choice {
            card,
            device,
            connector,
            crtc,
            mode,
        } = choose::screen(spec)?;
        // Whoever opens a card first is its master already; asking again tells whether we are.
        card.acquire_master_lock()
            .map_err(|source| explain(&device, "DRM_IOCTL_SET_MASTER", source))?;
        let card = Arc::new(card);
        let (width, height) = mode.size();
        let buffer = || {
            ScanOut::new(&card, (width.into(), height.into()))
                .map_err(|source| explain(&device, "creating a buffer", source))
        };
        Ok(Self {
            buffers: [buffer()?, buffer()?],
            card,
            device,
            connector,
            crtc,
            mode,
            back: 0,
            shown: Shown::Nothing,
            flip_pending: false,
            presence_checked_ns: now_ns(),
        })
    }

    fn explain(&self, call: &'static str, source: std::io::Error) -> DisplayError {
        explain(&self.device, call, source)
    }

    /// Asks now and then whether the screen is still connected.
    fn check_presence(&mut self) -> Result<(), DisplayError> {
        let now = now_ns();
        if now < self.presence_checked_ns + PRESENCE_NS {
            return Ok(());
        }
        self.presence_checked_ns = now;
        let state = self
            .card
            .get_connector(self.connector, false)
            .map_err(|source| self.explain("DRM_IOCTL_MODE_GETCONNECTOR", source))?
            .state();
        match state {
            connector::State::Disconnected => Err(DisplayError::Unplugged {
                device: self.device.clone(),
            }),
            connector::State::Connected | connector::State::Unknown => Ok(()),
        }
    }

    /// Waits until the last flip has happened, so that the back buffer is free to draw on.
    fn finish_flip(&mut self) -> Result<(), DisplayError> {
        if !self.flip_pending {
            return Ok(());
        }
        let limit = Timespec {
            tv_sec: 0,
            tv_nsec: FLIP_MS * 1_000_000,
        };
        let ready = poll(&mut [PollFd::new(&*self.card, PollFlags::IN)], Some(&limit));
        match ready {
            Ok(0) => {
                log::debug!("display {}: a flip did not finish in time", self.device);
            }
            Ok(_) => {
                // The events carry nothing that is needed: there is one flip at a time.
                let mut events = [0u8; 1024];
                rustix::io::read(&*self.card, &mut events)
                    .map_err(|error| self.explain("reading events", error.into()))?;
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(self.explain("poll", error.into())),
        }
        self.flip_pending = false;
        Ok(())
    }

    fn set_mode(&mut self, picture: framebuffer::Handle) -> Result<(), DisplayError> {
        self.card
            .set_crtc(
                self.crtc.handle(),
                Some(picture),
                (0, 0),
                &[self.connector],
                Some(self.mode),
            )
            .map_err(|source| self.explain("DRM_IOCTL_MODE_SETCRTC", source))?;
        let (width, height) = self.mode.size();
        // Virtual and USB screens copy what they are told has changed; others know no such call.
        let _ = self
            .card
            .dirty_framebuffer(picture, &[ClipRect::new(0, 0, width, height)]);
        Ok(())
    }

    fn present(&mut self) -> Result<(), DisplayError> {
        let picture = self.buffers[self.back].framebuffer();
        match self.shown {
            Shown::Nothing => {
                self.set_mode(picture)?;
                self.shown = Shown::Flipping;
            }
            Shown::Setting => self.set_mode(picture)?,
            Shown::Flipping => {
                let flip =
                    self.card
                        .page_flip(self.crtc.handle(), picture, PageFlipFlags::EVENT, None);
                match flip {
                    Ok(()) => self.flip_pending = true,
                    // The flip before it is still on its way: this picture is left out.
                    Err(busy) if busy.raw_os_error() == Some(libc::EBUSY) => {
                        self.flip_pending = true;
                        return Ok(());
                    }
                    Err(unknown)
                        if matches!(
                            unknown.raw_os_error(),
                            Some(libc::EINVAL | libc::ENOSYS | libc::EOPNOTSUPP)
                        ) =>
                    {
                        self.shown = Shown::Setting;
                        self.set_mode(picture)?;
                    }
                    Err(source) => {
                        return Err(self.explain("DRM_IOCTL_MODE_PAGE_FLIP", source));
                    }
                }
            }
        }
        self.back = 1 - self.back;
        Ok(())
    }
}

/// What an error of the kernel's means.
fn explain(device: &str, call: &'static str, source: std::io::Error) -> DisplayError {
    let device = device.to_owned();
    match source.raw_os_error() {
        Some(libc::ENODEV | libc::ENXIO) => DisplayError::Unplugged { device },
        Some(libc::EACCES | libc::EPERM) if call == "open" => DisplayError::NotAllowed { device },
        // Setting a mode without being the card's master is EACCES; taking the mastery from
        // another is EBUSY (drm_auth.c), and EACCES without the right to.
        Some(libc::EACCES | libc::EPERM | libc::EBUSY) => DisplayError::Taken { device },
        _ => DisplayError::System {
            device,
            call,
            source,
        },
    }
}

impl Display for KmsScreen {
    fn mode(&self) -> DisplayMode {
        let (width, height) = self.mode.size();
        DisplayMode {
            width: width.into(),
            height: height.into(),
            refresh_hz: Some(self.mode.vrefresh()),
        }
    }

    fn describe(&self) -> String {
        self.device.clone()
    }

    fn show(&mut self, pixels: &[u8], stride: usize) -> Result<(), DisplayError> {
        let rows = rows(self.mode(), pixels, stride)?;
        self.check_presence()?;
        self.finish_flip()?;
        self.buffers[self.back].draw(rows);
        self.present()
    }
}

impl Drop for KmsScreen {
    fn drop(&mut self) {
        let _ = self.finish_flip();
        if self.shown != Shown::Nothing {
            // Give the screen back as it was found: the console's picture, or dark.
            let connectors = [self.connector];
            let (connectors, mode) = match self.crtc.mode() {
                Some(mode) if self.crtc.framebuffer().is_some() => (&connectors[..], Some(mode)),
                _ => (&[][..], None),
            };
            let before = self.crtc.framebuffer().filter(|_| mode.is_some());
            let restored = self.card.set_crtc(
                self.crtc.handle(),
                before,
                self.crtc.position(),
                connectors,
                mode,
            );
            if let Err(error) = restored {
                log::debug!("display {} was not given back: {error}", self.device);
            }
        }
        let _ = self.card.release_master_lock();
    }
}
