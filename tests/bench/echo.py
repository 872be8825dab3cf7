"""The floor: TLS on messages of the same sizes, and nothing else."""

import subprocess

from server import THREADS, Server, certificate_of
from support.daemon import BIN


class Echo(Server):
    name = "echo"
    program = "bench-load"

    def start(self):
        self.process = subprocess.Popen(
            [BIN / "bench-echo", *certificate_of(self.directory), str(THREADS)],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.process.stdout.close()
        self.options = ["--echo"]
        return self
