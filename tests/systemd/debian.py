"""A small Debian with a real systemd: made once, booted as often as wanted."""

import contextlib
import os
import pathlib
import shutil
import subprocess

import packages

CACHE = packages.BUILD.parent / "debian-tree"
BASE = {"systemd", "systemd-sysv", "dbus"}


def why_not():
    """Why no tree can be booted here; empty where one can."""
    if os.geteuid() != 0:
        return "only root boots a tree"
    for program in ("debootstrap", "systemd-nspawn"):
        if shutil.which(program) is None:
            return f"there is no {program}"
    return ""


def tree(wanted):
    """A tree with these packages of Debian; the same one again while they stay the same."""
    names = ",".join(sorted(BASE | wanted))
    complete = CACHE.with_suffix(".complete")
    if complete.exists() and complete.read_text() == names:
        return CACHE
    complete.unlink(missing_ok=True)
    shutil.rmtree(CACHE, ignore_errors=True)
    done = subprocess.run(["debootstrap", "--variant=minbase", f"--include={names}", "bookworm",
                           CACHE], text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"debootstrap failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    (CACHE / "etc/hosts").write_text("127.0.0.1 localhost\n")
    complete.write_text(names)
    return CACHE


def boot(base, directory, script, seconds_max):
    """Boots a copy of `base` in `directory` and runs `script`, which ends with a poweroff.

    Gives what the console showed. The only network is the loopback inside.
    """
    root = pathlib.Path(directory) / "root"
    subprocess.run(["cp", "--archive", "--reflink=auto", base, root], check=True)
    units = root / "etc/systemd/system"
    (units / "claims.service").write_text(UNIT)
    (units / "multi-user.target.wants/claims.service").symlink_to("../claims.service")
    # The console is for the claims; a login prompt would hang it up.
    (units / "console-getty.service").symlink_to("/dev/null")
    (root / "claims.sh").write_text(script)
    console = pathlib.Path(directory) / "console"
    name = f"usher-{os.getpid()}"
    with console.open("wb") as output:
        machine = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network",
             "--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=read-only",
             f"--machine={name}", f"--bind-ro={directory}/packages:/packages",
             f"--directory={root}", "--boot"],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            machine.wait(seconds_max)
        except subprocess.TimeoutExpired:
            pass
        finally:
            machine.kill()
            machine.wait()
            # The one thing that systemd-nspawn leaves behind on the machine.
            with contextlib.suppress(FileNotFoundError):
                os.rmdir(f"/run/systemd/nspawn/propagate/{name}")
    return console.read_text(errors="replace")


UNIT = """
[Service]
Type=oneshot
ExecStart=/bin/sh /claims.sh
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=tty
StandardError=tty
TTYPath=/dev/console
"""
