"""The issuer of a scenario: the program with which the vendor gives licenses out, and its port."""

import select
import subprocess

from support import daemon
from support.daemon import Failed, end, free_port
from support.scenario import words


MINUTE_US = 60_000_000


class Issuer:
    """Works in the directory of a vendor. Its clock is the scenario's, unless it goes wrong by
    `ahead_ms`."""

    def __init__(self, vendor, directory):
        self.vendor = vendor
        self.directory = directory
        directory.mkdir(exist_ok=True)
        self.port = free_port()
        self.ahead_us = 0
        self.told_us = None  # What its clock says while it serves.
        self.process = None
        self._address = None

    # The program, typed by the vendor's people.

    def command(self, *arguments, now_us):
        """What `usher-issuer` is started with, so that it is `now_us` for it."""
        return [str(word) for word in (
            daemon.BIN / "usher-issuer-test", "--clock", "hold",
            "--clock", f"calendar {words.instant_text(now_us + self.ahead_us)}", *arguments)]

    def run(self, *arguments, now_us, cwd):
        """Runs one verb to its end; gives exit code and both outputs, whatever they are."""
        return subprocess.run(
            self.command(*arguments, "--directory", self.vendor.directory, now_us=now_us),
            cwd=cwd, text=True, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=daemon.PATIENCE, check=False)

    def must(self, *arguments, now_us, cwd):
        done = self.run(*arguments, now_us=now_us, cwd=cwd)
        if done.returncode != 0:
            raise Failed(f"usher-issuer {' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout

    # Its port.

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def start(self, now_us):
        with open(self.directory / "issuer.log", "ab") as log:
            self.process = subprocess.Popen(
                self.command("serve", "--directory", self.vendor.directory, "--listen",
                             f"127.0.0.1:{self.port}", "--name", "localhost", now_us=now_us),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        readable, _, _ = select.select([self.process.stdout], [], [], daemon.PATIENCE)
        line = self.process.stdout.readline().strip() if readable else ""
        self.process.stdout.close()
        if not line.startswith("usher://"):
            self.close()
            raise Failed("usher-issuer did not start:\n"
                         + (self.directory / "issuer.log").read_text(errors="replace"))
        self._address, self.told_us = line, now_us + self.ahead_us

    def stop(self, *, kill=False):
        if kill:
            self.process.kill()
            self.process.wait()
        elif (code := end(self.process)) != 0:
            raise Failed(f"usher-issuer ended with {code}")

    def close(self):
        if self.is_running:
            self.process.kill()
            self.process.wait()

    @property
    def address(self):
        """`usher://localhost:PORT/?ca=sha256:…`; it stays the same while the port is closed."""
        if self._address is None:
            raise Failed("the issuer has not served yet, so nobody knows its address")
        return self._address

    def move_to(self, now_us):
        """Its clock stands still while it serves; where that would be noticed, it starts again."""
        if self.is_running and abs(now_us + self.ahead_us - self.told_us) >= MINUTE_US:
            self.stop()
            self.start(now_us)
