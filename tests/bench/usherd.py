"""usherd as operators have it: every answer is durable before it leaves."""

from server import THREADS, Server, output_of
from support.daemon import BIN, Daemon

SEATS = 10_000_000  # More than anybody here takes.


class Usherd(Server):
    name = "usherd"
    program = "bench-load"

    def __init__(self, settings=None):
        super().__init__()
        self.daemon = None
        self.key = None
        self.vendor_key = None
        self.settings = settings or {}

    def start(self):
        issuer = self.directory / "issuer"
        vendor = output_of(BIN / "usher-issuer", "init", "--vendor", "bench", "--directory", issuer)
        self.vendor_key = next(word for word in vendor.split()
                               if word.startswith("usher-vendor:"))
        license_file = self.directory / "bench.lic"
        output_of(BIN / "usher-issuer", "sign", "--directory", issuer, "--product", "Bench",
                  "--number", "1", "--metric", "lease", "--quantity", SEATS,
                  "--output", license_file)
        self.daemon = Daemon({"vendor_keys": [self.vendor_key], "threads": THREADS,
                              "anonymous": False, **self.settings})
        self.daemon.start()
        self.daemon.must("license", "install", license_file, "--profile", "Bench")
        self.key = next(word for word in self.daemon.must("key", "create", "bench").split()
                        if word.startswith("usher-key-"))
        self.port = self.daemon.port
        self.options = ["--key", self.key]
        return self

    @property
    def pid(self):
        return self.daemon.pid

    def close(self):
        if self.daemon is not None:
            self.daemon.close()
        super().close()
