"""What is measured of usherd or libusher alone: a start with many leases, growth, a held seat."""

import json
import subprocess
import time
from pathlib import Path

from crowd import Holders
from server import output_of
from support.daemon import BIN, Failed
from usherd import Usherd

APPLICATIONS, SEATS_EACH = 250, 4000  # Together a million; as many as a connection may hold.
TERM = "1h"  # Longer than it takes to check a million seats out, so that nobody has to renew.
HELD_SECONDS = 60  # Several renewals.


def start_1m(rounds, _):
    """Starts with a million held leases after a kill, until it serves."""
    took = []
    with Usherd({"lease.term": TERM, "lease.grace": "60s"}) as usherd, \
            Holders(usherd, SEATS_EACH) as holders:
        holders.grow(APPLICATIONS)
        for _ in range(rounds):
            usherd.daemon.kill()
            started = time.monotonic()
            usherd.daemon.start()
            took.append(time.monotonic() - started)
            if lost := holders.hear()["lost"]:
                raise Failed(f"{lost} seats were lost by a start")
    return {"start_1m": took}


def growth_1m(*_):
    """Instructions of a checkout by the ledger, counted: no round differs from another."""
    few, many = map(json.loads, output_of(BIN / "bench-pools").splitlines())
    return {"growth_1m": [many["checkout"] / few["checkout"]]}


def cpu_ms(pid):
    """To the nanosecond: a held seat uses less than a tick."""
    return sum(int((task / "schedstat").read_text().split()[0])
               for task in Path(f"/proc/{pid}/task").iterdir()) / 1e6


def threads(pid):
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def private_kib(pid):
    """What no other process shares with it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def hear(process, word):
    if process.stdout.readline() != f"{word}\n":
        raise Failed(f"bench-seat never said {word}")


def client(*_):
    """An application before it uses libusher, and while it holds a seat."""
    with Usherd() as usherd:
        environment = usherd.daemon.environment(
            USHER_SERVER=usherd.daemon.server, USHER_KEY=usherd.key,
            USHER_VENDOR_KEY=usherd.vendor.key)
        # Left with its pipes closed, which ends it.
        with subprocess.Popen([BIN / "bench-seat"], env=environment, text=True, bufsize=1,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as seat:
            hear(seat, "begun")
            before = private_kib(seat.pid), threads(seat.pid)
            seat.stdin.write("\n")
            hear(seat, "held")
            used = cpu_ms(seat.pid)
            time.sleep(HELD_SECONDS)
            used = cpu_ms(seat.pid) - used
            after = private_kib(seat.pid), threads(seat.pid)
    return {"client_threads": [after[1] - before[1]], "client_memory": [after[0] - before[0]],
            "client_cpu": [used / 1000 / HELD_SECONDS * 100]}
