"""Many holders, each with a connection and a seat of its own, and what they cost usherd."""

import json
import statistics
import subprocess
import time
from pathlib import Path

from server import Spent
from support.daemon import BIN, Started, end
from usherd import Usherd

IDS = {"memory_per_holder", "holders_live", "holders_computed", "reconnect_15k"}
MEMORY_AT = 10_000
LIVE_AT = (10_000, 15_000, 19_500)  # A process may open 20,000 files here.
RECONNECT_AT = 15_000
SLOWER_MAX = 3  # The p99 of others' checkouts, against an empty daemon.
RENEWAL_SECONDS = 25  # Several renewals of each.
BYTES = 24 << 30
# Everybody comes from one address and with one key here.
LIMITS = {f"limits.{name}": 19_900 for name in
          ("sessions_max", "sessions_per_address_max", "sessions_per_identity_max")}


class Holders(Started):
    """bench-holders: applications that hold seats."""

    def __init__(self, usherd, seats=1):
        self.command = [BIN / "bench-holders", "--port", str(usherd.port), "--key", usherd.key,
                        "--seats", str(seats)]
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        return self

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        end(self.process)

    def grow(self, count):
        """Returns when so many hold their seats."""
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        return self.hear()

    def hear(self):
        """What they say when all of them hold theirs, the next time."""
        return json.loads(self.process.stdout.readline())


def resident_kib(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def cpu_of_renewals(usherd):
    """The part of a core that usherd uses while nothing but renewals come."""
    before, started = Spent(usherd.pid), time.monotonic()
    time.sleep(RENEWAL_SECONDS)
    return (Spent(usherd.pid).cpu - before.cpu) / (time.monotonic() - started)


def measure(rounds, seconds):
    """Each figure once: it is a figure of many already. `rounds` are those of the checkouts."""
    figures = {"holders_live": [0]}

    def p99():
        return statistics.median(usherd.load("64x1", seconds)["p99_us"] for _ in range(rounds))

    with Usherd(LIMITS) as usherd, Holders(usherd) as holders:
        before = resident_kib(usherd.pid)
        alone = p99()
        for count in LIVE_AT:
            lost = holders.grow(count)["lost"]
            if count == MEMORY_AT:
                memory = (resident_kib(usherd.pid) - before) / count
                core = cpu_of_renewals(usherd) / count
                print(f"{count} holders renew: {core * count:.1%} of a core", flush=True)
                figures["memory_per_holder"] = [memory]
                figures["holders_computed"] = [min(BYTES / 1024 / memory, 1 / core)]
            if count == RECONNECT_AT:
                usherd.daemon.restart(kill=True)
                back = holders.hear()
                lost = back["lost"]
                figures["reconnect_15k"] = [back["seconds"]]
            slower = p99() / alone
            print(f"{count} holders: {lost} seats lost, p99 of others × {slower:.2f}", flush=True)
            if lost == 0 and slower <= SLOWER_MAX:
                figures["holders_live"] = [count]
    return figures
