"""A TPM of a test's own: the program swtpm, with its memory in a directory.

    with Tpm() as tpm:
        Daemon({"node.tpm": tpm.way})
        tpm.raise_counter()                     # as somebody else would
"""

import contextlib
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from support.daemon import PATIENCE, Failed, Started, end, free_port, until

INDEX = "0x01814750"


class Tpm(Started):
    def __init__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="usher-"))
        self.memory = self.directory / "memory"
        self.memory.mkdir()
        self.process = None
        self.port = None

    def close(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def way(self):
        """Its TCTI."""
        return f"swtpm:host=127.0.0.1,port={self.port}"

    def start(self):
        """Switches it on, at the ports that it had; the first time at two that are free."""
        for _ in range(50):
            port = self.port or free_port()
            self.process = subprocess.Popen(
                ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.memory}",
                 "--server", f"type=tcp,port={port}", "--ctrl", f"type=tcp,port={port + 1}",
                 "--flags", "not-need-init,startup-clear"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            until(lambda port=port: self.process.poll() is not None or self._listens(port + 1),
                  "swtpm listens")
            if self.process.poll() is None:
                self.port = port
                return self
        raise Failed("swtpm does not start")

    @staticmethod
    def _listens(port):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    def stop(self):
        """Switches it off; what it keeps for good is in `memory`."""
        if self.process is not None and self.process.poll() is None:
            end(self.process)

    def tool(self, *words):
        """The standard output of one of tpm2-tools, which must succeed."""
        done = subprocess.run([f"tpm2_{words[0]}", *words[1:], "-T", self.way], text=True,
                              capture_output=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            raise Failed(f"tpm2_{' '.join(words)}: {done.stderr}")
        return done.stdout

    def counter(self):
        done = subprocess.run(["tpm2_nvread", INDEX, "-T", self.way], capture_output=True,
                              timeout=PATIENCE, check=True)
        return int.from_bytes(done.stdout, "big")

    def raise_counter(self):
        self.tool("nvincrement", INDEX)
