"""A real usher-issuer with a record of its own, by its verbs and at its port.

    with Issuer() as issuer:
        code = issuer.sell("1.0.0.1", "Client", 10)
        issuer.serve()                          # issuer.uri is where hosts reach it
"""

import json
import select
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from support.daemon import BIN, PATIENCE, Failed, end


class Issuer:
    """The vendor's directory, and a `serve` if one was started. `clock`: lines that the test's
    clock obeys (`hold`, `calendar …`); `die`: `before:N` or `after:N` of the record's commits."""

    def __init__(self, name="acme"):
        self.directory = Path(tempfile.mkdtemp(prefix="usher-issuer-"))
        self.clock = []
        self.process = None
        self.uri = None
        self.port = None
        self.key = self.must("init", "--vendor", name).strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process is not None:
            self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def command(self, *words, die=None):
        mine = [word for line in self.clock for word in ("--clock", line)]
        mine += ["--die", die] if die else []
        verb, *rest = map(str, words)
        return [BIN / "usher-issuer-test", *mine, verb, "--directory", self.directory / "key",
                *rest]

    def run(self, *words, input=None, die=None):
        return subprocess.run(self.command(*words, die=die), text=True, capture_output=True,
                              timeout=PATIENCE, check=False, **(
                                  {"stdin": subprocess.DEVNULL} if input is None
                                  else {"input": input}))

    def must(self, *words, input=None):
        """The standard output of a verb that must succeed."""
        done = self.run(*words, input=input)
        if done.returncode != 0:
            raise Failed(f"usher-issuer {' '.join(map(str, words))}: {done.stderr.strip()}")
        return done.stdout

    def sell(self, number, product, quantity, *, metric="lease", **more):
        """The activation code of a license that is registered. `check_every="30d"` says more."""
        words = ["--number", number, "--product", product, "--quantity", quantity, "--metric",
                 metric]
        for option, value in more.items():
            words += [f"--{option.replace('_', '-')}", value]
        return self.must("code", *words).strip()

    def licenses(self):
        """What `list` says, by number."""
        listed = json.loads(self.must("list", "--json"))["licenses"]
        return {license["number"]: license for license in listed}

    def audit(self):
        return [json.loads(line) for line in self.must("audit", "--json").splitlines()]

    # At its port.

    def serve(self, *, port=0, die=None):
        """Starts it and waits until it serves."""
        words = ("serve", "--listen", f"127.0.0.1:{port}", "--name", "localhost", "--print-port")
        with open(self.directory / "log", "ab") as log:
            self.process = subprocess.Popen(self.command(*words, die=die), stderr=log,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            text=True)
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        first = self.process.stdout.readline().strip() if ready else ""
        if not first:
            raise Failed(f"usher-issuer serve does not serve: {self.log_text()[-2000:]}")
        self.port = int(first)
        self.uri = self.process.stdout.readline().strip()

    @property
    def server(self):
        """As a Daemon says it."""
        return self.uri

    def log_text(self):
        file = self.directory / "log"
        return file.read_text() if file.exists() else ""

    def stop(self):
        """By SIGTERM; its exit code."""
        process, self.process = self.process, None
        code = end(process)
        process.stdout.close()
        return code

    def kill(self):
        process, self.process = self.process, None
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
