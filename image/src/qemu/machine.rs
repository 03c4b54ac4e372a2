//! What the machine is made of, as QEMU's command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A machine to start.
pub(crate) struct Machine {
    pub(crate) kernel: PathBuf,
    pub(crate) initramfs: PathBuf,
    pub(crate) root: PathBuf,
    pub(crate) data: PathBuf,
    /// The outside world of the boot test, if it comes along.
    pub(crate) stage: Option<PathBuf>,
    /// The port of this machine's loopback address that leads to the guest's 8080.
    pub(crate) port: u16,
    /// What the API demands.
    pub(crate) token: String,
    /// Whether a reset starts the guest again instead of ending QEMU.
    pub(crate) restarts: bool,
}

/// The sockets and files that belong to one run.
pub(super) struct Places {
    pub(super) console: PathBuf,
    pub(super) control: PathBuf,
    pub(super) stage: PathBuf,
    pub(super) token: PathBuf,
}

impl Places {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            console: folder.join("console"),
            control: folder.join("control"),
            stage: folder.join("stage"),
            token: folder.join("token"),
        }
    }
}

impl Machine {
    /// QEMU's arguments.
    pub(super) fn arguments(&self, places: &Places) -> Vec<OsString> {
        let mut line = Line::default();
        line.add("-machine", "virt,gic-version=3");
        line.add("-cpu", "cortex-a76");
        line.add("-smp", "2");
        line.add("-m", "1G");
        line.flag("-nodefaults");
        line.add("-display", "none");
        line.path("-kernel", &self.kernel);
        line.path("-initrd", &self.initramfs);
        line.add("-append", &self.kernel_parameters());
        if !self.restarts {
            line.flag("-no-reboot");
        }
        line.disk("root", &self.root, true);
        line.disk("data", &self.data, false);
        if let Some(stage) = &self.stage {
            line.disk("stage", stage, true);
        }
        // Without a boot ROM: we start a kernel, and the ROM's file may not be installed.
        line.add("-device", "virtio-net-pci,netdev=net,romfile=");
        line.add(
            "-netdev",
            &format!("user,id=net,hostfwd=tcp:127.0.0.1:{}-:8080", self.port),
        );
        line.add("-device", "virtio-gpu-pci,xres=1280,yres=720");
        line.add("-device", "virtio-rng-pci");
        line.add("-device", "i6300esb");
        line.add("-action", "watchdog=reset");
        line.socket("console", &places.console);
        line.add("-serial", "chardev:console");
        line.socket("control", &places.control);
        line.add("-mon", "chardev=control,mode=control");
        if self.stage.is_some() {
            line.socket("stage", &places.stage);
            line.add("-device", "virtio-serial-pci");
            line.add("-device", "virtserialport,chardev=stage,name=triune.stage");
        }
        // By a file: the command line is for everybody on this machine to see.
        line.option("-fw_cfg", "name=opt/triune/token,file=", &places.token);
        line.0
    }

    fn kernel_parameters(&self) -> String {
        let mut words = vec![
            "console=ttyAMA0",
            "quiet",
            "loglevel=4",
            "panic=1",
            // QEMU's user network gives this address to everyone; asking takes seconds.
            "triune.ip=10.0.2.15/24,10.0.2.2",
        ];
        if self.stage.is_some() {
            words.push("triune.stage=1");
        }
        words.join(" ")
    }
}

#[derive(Default)]
struct Line(Vec<OsString>);

impl Line {
    fn flag(&mut self, flag: &str) {
        self.0.push(flag.into());
    }

    fn add(&mut self, flag: &str, value: &str) {
        self.flag(flag);
        self.0.push(value.into());
    }

    fn path(&mut self, flag: &str, path: &Path) {
        self.flag(flag);
        self.0.push(path.into());
    }

    /// An option that ends with a path; a comma in it is doubled, as QEMU wants it.
    fn option(&mut self, flag: &str, options: &str, path: &Path) {
        let path = path.display().to_string().replace(',', ",,");
        self.add(flag, &format!("{options}{path}"));
    }

    /// A disk that the guest finds by its serial number `triune-NAME`.
    fn disk(&mut self, name: &str, file: &Path, read_only: bool) {
        let mode = if read_only { "on" } else { "off" };
        let options = format!("if=none,id={name},format=raw,readonly={mode},discard=unmap,file=");
        self.option("-drive", &options, file);
        self.add(
            "-device",
            &format!("virtio-blk-pci,drive={name},serial=triune-{name}"),
        );
    }

    /// A socket that we listen on and QEMU connects to: no waiting for its appearance.
    fn socket(&mut self, name: &str, path: &Path) {
        self.option("-chardev", &format!("socket,id={name},path="), path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(stage: Option<&str>) -> Machine {
        Machine {
            kernel: "/i/Image".into(),
            initramfs: "/i/initramfs".into(),
            root: "/i,j/root".into(),
            data: "/i/data".into(),
            stage: stage.map(PathBuf::from),
            port: 8088,
            token: "secret-token".into(),
            restarts: false,
        }
    }

    fn line(machine: &Machine) -> String {
        let words = machine.arguments(&Places::in_folder(Path::new("/run/x")));
        words
            .iter()
            .map(|word| word.to_string_lossy().into_owned() + " ")
            .collect()
    }

    #[test]
    fn the_token_is_not_on_the_command_line() {
        assert!(!line(&machine(None)).contains("secret-token"));
    }

    #[test]
    fn commas_in_paths_are_doubled() {
        assert!(line(&machine(None)).contains("file=/i,,j/root"));
    }

    #[test]
    fn the_stage_comes_only_when_asked() {
        assert!(!line(&machine(None)).contains("triune.stage"));
        let with = line(&machine(Some("/i/stage")));
        assert!(with.contains("triune.stage=1") && with.contains("serial=triune-stage"));
    }

    #[test]
    fn the_page_is_reachable_from_this_machine_only() {
        assert!(line(&machine(None)).contains("hostfwd=tcp:127.0.0.1:8088-:8080"));
    }
}
