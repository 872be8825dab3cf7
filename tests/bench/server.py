"""What every server of the bench has in common: it is started here, loaded, and ended by its id."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from support.daemon import BIN, Started, end, free_port, until

# Connections, requests in flight on each, renewals between a checkout and its checkin.
SHAPES = {
    "1x1": (1, 1, 0),
    "64x1": (64, 1, 0),
    "64x16": (64, 16, 0),
    "renew_64x16": (64, 16, 1_000_000_000),  # Nobody ever gives back.
    "day_64x16": (64, 16, 8),
}
THREADS = 2
WARM_UP_MAX = 1  # Seconds.


class Missing(Exception):
    """What a server needs is not on this machine."""


def output_of(*command):
    # Its errors go where ours go: an exit code alone explains nothing.
    return subprocess.run(list(map(str, command)), check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def certificate_of(directory):
    """A certificate of the kind that usherd makes, for localhost, and its key."""
    certificate, key = directory / "server.pem", directory / "server.key"
    # It draws dots while it looks for a key.
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-days", "2",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    return certificate, key


def family_of(pid):
    """A process and all below it; of those that end meanwhile, none."""
    found = [pid]
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += family_of(int(child))
    return found


class Spent:
    """What a server has used so far: seconds of CPU and bytes handed to the disk."""

    def __init__(self, pid):
        self.cpu = self.written = 0
        # One that ends meanwhile is counted by who waits for it, so all are read once more.
        until(lambda: self.read(pid), "the processes of a server stay the same")

    def read(self, pid):
        family = family_of(pid)
        try:
            stats = [Path(f"/proc/{one}/stat").read_text() for one in family]
            ios = [Path(f"/proc/{one}/io").read_text() for one in family]
        except (FileNotFoundError, ProcessLookupError):
            return False
        # With those children that have ended, whose bytes the kernel adds to ours by itself.
        self.cpu = sum(int(ticks) for stat in stats for ticks in
                       stat.rpartition(")")[2].split()[11:15]) / os.sysconf("SC_CLK_TCK")
        self.written = sum(int(line.split()[1]) for io in ios for line in io.splitlines()
                           if line.startswith("write_bytes:"))
        return family == family_of(pid)

    def since(self, before, answers):
        return {"cpu_us": (self.cpu - before.cpu) * 1e6 / answers,
                "written": (self.written - before.written) / answers}


class Server(Started):
    """One server in a directory of its own, which goes with it. What it is, its own class says."""

    name = ""
    program = ""  # Its load.
    shapes = SHAPES  # With as many connections as suit it, if others do; the same in flight.

    def __init__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="usher-bench-"))
        self.port = free_port()
        self.process = None
        self.options = []  # Of its load.

    @property
    def pid(self):
        return self.process.pid

    def close(self):
        if self.process is not None:
            end(self.process)
        shutil.rmtree(self.directory)

    def run(self, *command, **more):
        """Starts the server itself; its log stays in its directory."""
        with open(self.directory / "log", "wb") as log:
            self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, **more)

    def until_it_listens(self):
        def listens():
            if self.process.poll() is not None:
                raise Missing(f"{self.name} ended: {(self.directory / 'log').read_text()[-500:]}")
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0
        until(listens, f"{self.name} listens")

    def load(self, shape, seconds):
        """One shape: what the load says, and what each answer cost the server."""
        connections, in_flight, renewals = self.shapes[shape]
        before = Spent(self.pid)
        said = json.loads(output_of(
            BIN / self.program, "--port", self.port, "--connections", connections, "--in-flight",
            in_flight, "--warm-up", min(WARM_UP_MAX, seconds), "--seconds", seconds,
            *(["--renewals", renewals] if renewals else []), *self.options))
        return {**said, **Spent(self.pid).since(before, said["answers_in_all"])}


def load_of(program):
    """Says why there is no such load, if there is none."""
    if not (BIN / program).exists():
        raise Missing(f"{program} was not built, for want of packages (tools/packages bench)")


def server_of(program, package):
    """Where a server's program is; it need not be on the path of who uses it."""
    if found := shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/usr/bin"):
        return found
    raise Missing(f"the package {package} is not installed (tools/packages bench)")
