//! Small disks of the tests' own, which can be filled and unplugged. They live in a mount namespace and end with it.

use std::fmt::Display;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A file system that only programs started by [`Disk::command`] see.
pub(super) struct Disk {
    /// Keeps the namespace; its end unmounts all.
    holder: Child,
    folder: TempDir,
}

/// Asks an ext4 to stop at once and to write nothing more, its journal included, as if the power had gone.
/// Spec: linux/fs/ext4/ext4.h, `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`.
const CUT: &str = r#"open(my $disk, "<", $ARGV[0]) or die $!;
my $flags = pack("L", 2); ioctl($disk, 0x8004587D, $flags) or die $!;"#;

/// Whether this process may mount at all.
pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

impl Disk {
    /// A disk in memory.
    ///
    /// # Errors
    /// Why there can be none here.
    pub(super) fn in_memory(mib: u32) -> Result<Self, String> {
        let disk = Self::namespace()?;
        disk.run("mount", &["-t", "tmpfs", "-o", &format!("size={mib}m"), "disk"], &[&disk.path()])?;
        Ok(disk)
    }

    /// A disk in a file, with ext4 on it.
    ///
    /// # Errors
    /// Why there can be none here.
    pub(super) fn ext4(mib: u64) -> Result<Self, String> {
        let disk = Self::namespace()?;
        let image = std::fs::File::create(disk.image()).map_err(text)?;
        image.set_len(mib << 20).map_err(text)?;
        disk.run("mkfs.ext4", &["-q", "-F"], &[&disk.image()])?;
        disk.mount()?;
        Ok(disk)
    }

    /// Where it is mounted.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// The same place for programs outside of the namespace.
    pub(super) fn seen(&self) -> PathBuf {
        let path = self.path();
        Path::new(&format!("/proc/{}/root", self.holder.id())).join(path.strip_prefix("/").expect("an absolute path"))
    }

    /// The same command, where it sees the disk. The process stays the one that was started.
    pub(super) fn command(&self, command: &Command) -> Command {
        let mut inside = Command::new("nsenter");
        inside.arg("--mount").arg("--target").arg(self.holder.id().to_string()).arg("--").arg(command.get_program());
        inside.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => inside.env(name, value),
                None => inside.env_remove(name),
            };
        }
        inside
    }

    /// Cuts the power: what was not synced is gone, and everyone who writes hears of it.
    pub(super) fn cut_power(&self) {
        self.run("perl", &["-e", CUT], &[&self.path()]).expect("an ext4 that can be shut down");
    }

    /// Plugs it in again, when nobody uses it any more.
    pub(super) fn plug_in(&self) {
        self.run("umount", &[], &[&self.path()]).and_then(|()| self.mount()).expect("a disk that can be mounted again");
    }

    fn namespace() -> Result<Self, String> {
        if !is_root() {
            return Err("mounting needs root".to_owned());
        }
        let folder = tempfile::Builder::new().prefix("restante-disk-").tempdir().map_err(text)?;
        std::fs::create_dir(folder.path().join("disk")).map_err(text)?;
        let mut unshare = Command::new("unshare");
        unshare.args(["--mount", "--propagation", "private", "sh", "-c", "echo ready; exec cat"]);
        let mut holder = unshare.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(text)?;
        let mut line = String::new();
        let read = BufReader::new(holder.stdout.take().expect("a pipe")).read_line(&mut line);
        let disk = Self { holder, folder };
        match read {
            Ok(_) if line == "ready\n" => Ok(disk),
            _ => Err("no mount namespace can be made".to_owned()),
        }
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    fn mount(&self) -> Result<(), String> {
        self.run("mount", &["-o", "loop"], &[&self.image(), &self.path()])
    }

    fn run(&self, program: &str, arguments: &[&str], paths: &[&Path]) -> Result<(), String> {
        let mut command = Command::new(program);
        let output = self.command(command.args(arguments).args(paths)).output().map_err(text)?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // With the last process of the namespace the kernel unmounts the disk and frees its loop device.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

fn text(error: impl Display) -> String {
    error.to_string()
}
