"""What is done to a daemon: disks that are full, break or lose power, calls that fail, limits."""

import contextlib
import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from support.daemon import PATIENCE, end, until

# EXT4_IOC_SHUTDOWN, and its word for: at once, and what is not on the disk yet is lost.
SHUT_DOWN, LOSE_WHAT_IS_NOT_SYNCED = 0x8004587d, 2


def run(*words):
    return subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)


def must(*words):
    done = run(*words)
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return done


class Disk:
    """A directory with a disk of its own, which goes with it. Skips where none may be mounted."""

    def __init__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="usher-disk-"))
        self.root = self.directory / "disk"
        self.root.mkdir()
        self.state = self.root / "state"

    def __enter__(self):
        try:
            self.mount()
        except OSError as error:
            shutil.rmtree(self.directory)
            raise unittest.SkipTest(f"no disk may be mounted here: {error}") from None
        return self

    def __exit__(self, *_):
        if os.path.ismount(self.root):
            self.unmount()
        shutil.rmtree(self.directory)

    def unmount(self):
        must("umount", self.root)

    def mount_again(self):
        self.unmount()
        self.mount()


class SmallDisk(Disk):
    """In memory, with so many KiB."""

    def __init__(self, kilobytes):
        super().__init__()
        self.kilobytes = kilobytes

    def mount(self):
        must("mount", "-t", "tmpfs", "-o", f"size={self.kilobytes}k", "tmpfs", self.root)

    def grow(self, kilobytes):
        must("mount", "-o", f"remount,size={kilobytes}k", self.root)

    def fill(self, left):
        """All but so many bytes."""
        found = os.statvfs(self.root)
        more = found.f_bavail * found.f_frsize - left
        with open(self.root / "ballast", "ab") as ballast:
            if more > 0:
                os.posix_fallocate(ballast.fileno(), ballast.tell(), more)

    def make_room(self):
        (self.root / "ballast").unlink()


class RealDisk(Disk):
    """An ext4 in a file, with a journal as they have it; the first error makes it read-only."""

    def mount(self):
        image = self.directory / "image"
        if not image.exists():
            with open(image, "wb") as file:
                file.truncate(64 << 20)
            must("mkfs.ext4", "-q", "-F", image)
        must("mount", "-o", "loop,errors=remount-ro", image, self.root)

    def find_an_error(self):
        """The kernel sees one of its tables damaged, or so it is told."""
        device = next(line.split()[0] for line in Path("/proc/mounts").read_text().splitlines()
                      if line.split()[1] == str(self.root))
        trigger = Path("/sys/fs/ext4", Path(device).name, "trigger_fs_error")
        if not trigger.exists():
            raise unittest.SkipTest("this kernel makes no errors on demand")
        trigger.write_text("by a test\n")

    def cut_power(self):
        """What was not synced is lost, and nothing can be written; until it is mounted again."""
        number = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.ioctl(number, SHUT_DOWN, struct.pack("I", LOSE_WHAT_IS_NOT_SYNCED))
        finally:
            os.close(number)


def skip_without_strace():
    if run("strace", "-o", "/dev/null", "true").returncode != 0:
        raise unittest.SkipTest("strace may not be used here")


@contextlib.contextmanager
def injured(pid, injection):
    """From now on a call of a running process fails as strace says it: `fdatasync:error=EIO`."""
    skip_without_strace()
    call = injection.partition(":")[0]
    tracer = subprocess.Popen(
        ["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={injection}",
         "-p", str(pid)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: tracer.poll() is not None or all(map(is_traced, threads_of(pid))),
              "strace is there")
        if tracer.poll() is not None:
            raise unittest.SkipTest("a running process may not be traced here")
        yield
    finally:
        end(tracer, PATIENCE)


def threads_of(pid):
    return list(Path(f"/proc/{pid}/task").iterdir())


def is_traced(thread):
    return "TracerPid:\t0\n" not in (thread / "status").read_text()
