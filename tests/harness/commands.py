"""Runs commands under a time limit and leaves none behind. Processes are ended by their id only."""

import collections
import ctypes
import os
import pathlib
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "logs"

Outcome = collections.namedtuple("Outcome", "succeeded text why")


def run(name, command, seconds_max, environment=None):
    """Runs `command` in the root of the tree, its output in a log of that name."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.txt"
    # A file and not a pipe: who inherits a pipe and lives on would keep us reading.
    with log.open("wb") as output:
        child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})},
                                 stdin=subprocess.DEVNULL, stdout=output,
                                 stderr=subprocess.STDOUT, start_new_session=True)
        try:
            code = child.wait(seconds_max)
            why = "" if code == 0 else f"exit code {code}"
        except subprocess.TimeoutExpired:
            why = f"not done after {seconds_max} s"
        finally:
            end_session(child)
    return Outcome(not why, log.read_text(errors="replace"), why)


def end_session(child):
    """Ends `child` and whatever is still in its session: kindly first, so that it cleans up."""
    for how, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        if child.poll() is not None:
            return
        os.killpg(child.pid, how)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            pass


def adopt_orphans():
    """From now on a process whose parent ends becomes a child of ours, and can be found."""
    pr_set_child_subreaper = 36
    ctypes.CDLL(None, use_errno=True).prctl(pr_set_child_subreaper, 1, 0, 0, 0)


def end_strays(patience=3.0):
    """Ends every child that does not end by itself within `patience`; returns what they were."""
    deadline = time.monotonic() + patience
    while children() and time.monotonic() < deadline:
        time.sleep(0.05)
    strays = []
    for pid in children():
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        strays.append(b" ".join(words).decode(errors="replace").strip())
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return strays


def children():
    """Ids of our living children; the dead ones are reaped on the way."""
    living = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            # The name may hold spaces and brackets; the parent is the second word after it.
            after_name = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, NotADirectoryError, ProcessLookupError):
            continue
        if int(after_name[1]) != os.getpid():
            continue
        if after_name[0] == "Z":
            os.waitpid(int(entry.name), 0)
        else:
            living.append(int(entry.name))
    return living
