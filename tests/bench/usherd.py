"""usherd as operators have it: every answer is durable before it leaves."""

from server import THREADS, Server
from support.daemon import Daemon
from support.vendor import Vendor

SEATS = 10_000_000  # More than anybody here takes.


class Usherd(Server):
    name = "usherd"
    program = "bench-load"

    def __init__(self, settings=None):
        super().__init__()
        self.vendor = Vendor()
        self.daemon = Daemon({"vendor_keys": [self.vendor.key], "threads": THREADS,
                              "anonymous": False, **(settings or {})})
        self.key = None  # Of its applications.

    def start(self):
        self.daemon.start()
        # Bound to this host, as libusher demands.
        license = self.vendor.sign("1", "Bench", SEATS, node=self.daemon.must("node"))
        self.daemon.must("license", "install", "-", "--profile", "Bench", input=license)
        self.port = self.daemon.port
        self.key = self.daemon.json("key", "create", "bench")["key"]
        self.options = ["--key", self.key]
        return self

    @property
    def pid(self):
        return self.daemon.pid

    def close(self):
        self.daemon.close()
        self.vendor.close()
        super().close()
