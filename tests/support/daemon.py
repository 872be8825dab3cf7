"""A real usherd in a directory of its own, and what people type at it.

    with Daemon() as daemon:
        daemon.usher("status")                 # as an operator, at the local socket
        daemon.run_as_client("run", "Client", "--", "true")

The programs are those of `USHER_BIN` (CTest sets it), else of `build/release/bin`. Every process
that is started here is ended here, by its own id.
"""

import contextlib
import json
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("USHER_BIN", SOURCE / "build" / "release" / "bin"))

# Longest that a daemon may take to start, to stop, or a command to answer; sanitizers are slow.
PATIENCE = 60


class Failed(Exception):
    """A daemon or command that did not do what the test stands on."""


def free_port():
    """A port that nobody listens at, below those that the kernel gives to clients.

    A client that comes back again and again to a port of that range while nobody listens may be
    connected to itself, and then the daemon could not have its port back.
    """
    for _ in range(1000):
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise Failed("no free port")


def until(holds, what, patience=PATIENCE):
    """Waits until `holds()` gives something true, and gives that; else says `what` never was."""
    deadline = time.monotonic() + patience
    while True:
        found = holds()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Failed(f"not within {patience} s: {what}")
        time.sleep(0.02)


def end(process, patience=PATIENCE):
    """Asks a process to end, and gives its exit code; one that must be killed is a failure."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failed(f"process {process.pid} did not end within {patience} s") from None
    return process.returncode


def toml(settings):
    """`{"anonymous": True, "lease.term": "5s"}` as usherd.toml has it."""
    lines, tables = [], {}
    for key, value in settings.items():
        table, _, name = key.rpartition(".")
        # JSON writes texts, numbers, truths and lists of them exactly as TOML does.
        tables.setdefault(table, []).append(f"{name} = {json.dumps(value)}")
    lines += tables.pop("", [])
    for table, keys in tables.items():
        lines += [f"[{table}]", *keys]
    return "\n".join(lines) + "\n"


class Started:
    """Runs while it is entered; needs `start`, which gives it back, and `close`."""

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()


class Daemon(Started):
    """One usherd: its directory, its configuration and its process.

    `settings` are keys of usherd.toml over those that a test needs (see `__init__`). With `movable`
    it is `usherd-test`, whose clock `advance` and `calendar` move; `clock` are lines that the clock
    obeys before each start, and `host_root` is where the identifiers of its host are.
    """

    def __init__(self, settings=None, *, movable=False, clock=(), host_root="/", directory=None):
        self.movable = movable
        self.clock = list(clock)
        self.host_root = host_root
        self.certificates_ahead = 0  # Seconds by which its certificates are later; if movable.
        self.die = None  # `before:N` or `after:N` of the turns of the next run; if movable.
        self.refresh_ms = None  # How often it looks at certificates and ticket keys; if movable.
        self.within = []  # Words before the program: `env NAME=VALUE`, `faketime …`.
        self.without_rule = None  # Of requirements, 1 to 10: it is left out; if movable.
        self.is_ours = directory is None
        self.directory = Path(directory or tempfile.mkdtemp(prefix="usher-"))
        self.socket = self.directory / "usherd.sock"
        self.config = self.directory / "usherd.toml"
        self.log = self.directory / "usherd.log"
        self.clock_socket = self.directory / "clock.sock"
        self.process = None
        self.port = free_port()
        self.settings = {
            "state": str(self.directory / "state"),
            "socket": str(self.socket),
            "name": "localhost",
            "anonymous": True,
            "listen": [f"127.0.0.1:{self.port}"],
            "node.tpm": "none",  # A TPM of this machine is no test's; see support/tpm.py.
            **(settings or {}),
        }
        self._server = None

    def close(self):
        """Ends the process, however it fares, and removes the directory."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.is_ours:
            shutil.rmtree(self.directory, ignore_errors=True)

    # The process.

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        """Starts usherd and returns when it serves."""
        self.write_config()
        program = [BIN / "usherd"]
        if self.movable:
            program = [BIN / "usherd-test", "--clock-socket", self.clock_socket]
            program += [word for line in self.clock for word in ("--clock", line)]
            program += ["--host-root", self.host_root]
            program += ["--die", self.die] if self.die else []
            program += ["--certificates-ahead", str(self.certificates_ahead)]
            program += ["--without-rule", str(self.without_rule)] if self.without_rule else []
            program += ["--refresh-ms", str(self.refresh_ms)] if self.refresh_ms else []
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*self.within, *program, "--config", self.config, "--print-port", "--allow-root"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline() if readable else b""
        self.process.stdout.close()
        if not line.strip().isdigit():
            self.process.kill()
            self.process.wait()
            raise Failed(f"usherd did not start:\n{self.log_text()}")
        self.port = int(line)
        return self

    def stop(self):
        """SIGTERM; gives the exit code when it has ended."""
        return end(self.process)

    def kill(self):
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def restart(self, *, kill=False):
        """Ends it, gracefully or not, and starts it again at the same port."""
        if kill:
            self.kill()
        else:
            self.stop()
        return self.start()

    def reload(self):
        """SIGHUP, after the settings were changed."""
        self.write_config()
        self.process.send_signal(signal.SIGHUP)

    def write_config(self):
        self.config.write_text(toml(self.settings))

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    # What people type.

    @property
    def server(self):
        """`usher://localhost:PORT/?ca=sha256:…`, all that a client needs."""
        if self._server is None:
            self._server = self.json("node")["server"]
        return self._server

    def forget_server(self):
        """The next `server` is asked for again: its CA may be another one."""
        self._server = None

    def environment(self, **more):
        """The surroundings of a command: nothing of Usher's but what is meant."""
        plain = {key: value for key, value in os.environ.items() if not key.startswith("USHER_")}
        return {**plain, "USHER_SOCKET": str(self.socket), "PATH": f"{BIN}:{plain['PATH']}", **more}

    def usher(self, *words, input=None, cwd=None, **environment):
        """Runs `usher` at the local socket; gives exit code and both outputs, whatever they are."""
        return subprocess.run(
            [BIN / "usher", *map(str, words)], env=self.environment(**environment), text=True,
            cwd=cwd, input=input, stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True, timeout=PATIENCE, check=False)

    def run_as_client(self, *words, **environment):
        """The same over TLS, as an application's user would."""
        return self.usher(*words, USHER_SERVER=self.server, **environment)

    def must(self, *words, **more):
        """The standard output of an `usher` that must succeed."""
        done = self.usher(*words, **more)
        if done.returncode != 0:
            raise Failed(f"usher {' '.join(map(str, words))}: {done.returncode}\n"
                         f"{done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *words, **more):
        """What a verb says with `--json`."""
        return json.loads(self.must(*words, "--json", **more))

    def status(self):
        return self.json("status")

    def all_it_holds(self):
        """The status without what looking at it changes: how much of each limit is in use."""
        status = self.status()
        del status["limits"]
        return status

    # The movable clock.

    def advance(self, duration):
        """Moves both clocks by `25s`; returns when the desk has served a turn at the new time."""
        self._tell_clock(f"advance {duration}")

    def calendar(self, instant):
        """Sets what people call the time, `2026-12-31T00:00:00Z`."""
        self._tell_clock(f"calendar {instant}")

    def _tell_clock(self, line):
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(PATIENCE)
            door.connect(str(self.clock_socket))
            door.sendall(f"{line}\n".encode())
            answer = door.makefile().readline().strip()
        if answer != "ok":
            raise Failed(f"{line}: {answer}")
