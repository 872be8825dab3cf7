"""Shapes of load: all servers under each of them in turns, so that noise hits all alike."""

import contextlib
import os
import statistics
import tempfile
import time

from echo import Echo
from etcd import Etcd
from postgres import Postgres
from redis import Redis
from server import SHAPES, Missing
from usherd import Usherd

SERVERS = {kind.name: kind for kind in (Echo, Usherd, Redis, Postgres, Etcd)}
# Only usherd is asked to renew; what comes back from the echo is as long.
PEERS = {"redis", "postgres", "etcd"}
ALL = [(server, shape) for shape in SHAPES for server in SERVERS
       if server not in PEERS or shape in ("64x1", "64x16")]
FDATASYNCS = 100

# usherd's answers a second in a shape, and whose they are divided by.
RATIOS = {"echo_64x1": ("64x1", "echo"), "echo_64x16": ("64x16", "echo"),
          "renew_64x16": ("renew_64x16", "echo"), "redis_64x1": ("64x1", "redis"),
          "redis_64x16": ("64x16", "redis"), "postgres_64x1": ("64x1", "postgres"),
          "etcd_64x1": ("64x1", "etcd")}


def needed_by(ids):
    """The runs (server, shape) that these figures come of."""
    needed = set()
    for id_ in ids & RATIOS.keys():
        shape, beside = RATIOS[id_]
        needed |= {("usherd", shape), (beside, shape)}
    if "latency_1x1" in ids:
        needed |= {("usherd", "1x1"), ("echo", "1x1")}
    if "answers_64x1" in ids:
        needed.add(("usherd", "64x1"))
    return [run for run in ALL if run in needed]


def fdatasync_us():
    """The median of one durable append of the size of a turn with one checkout."""
    took = []
    with tempfile.TemporaryFile(buffering=0) as file:
        # Its room is there before, as that of a journal is.
        file.write(b"\0" * 200 * FDATASYNCS)
        os.fsync(file.fileno())
        for number in range(FDATASYNCS):
            start = time.monotonic()
            os.pwrite(file.fileno(), b"x" * 200, 200 * number)
            os.fdatasync(file.fileno())
            took.append((time.monotonic() - start) * 1e6)
    return statistics.median(took)


class Runs:
    """What was measured: one entry a round."""

    def __init__(self, wanted):
        self.of = {run: [] for run in wanted}
        self.syncs_us = []
        self.skipped = {}  # Why, by server.

    def figures(self, ids):
        """The samples of those of `ids` that could be measured."""
        found = {}
        for id_, (shape, beside) in RATIOS.items():
            found[id_] = [ours["answers_per_second"] / theirs["answers_per_second"]
                          for ours, theirs in self.pairs(shape, beside)]
        found["latency_1x1"] = [ours["p50_us"] / (floor["p50_us"] + sync) for (ours, floor), sync
                                in zip(self.pairs("1x1", "echo"), self.syncs_us)]
        found["answers_64x1"] = [ours["answers_per_second"]
                                 for ours in self.of.get(("usherd", "64x1"), [])]
        return {id_: samples for id_, samples in found.items() if id_ in ids and samples}

    def pairs(self, shape, beside):
        return zip(self.of.get(("usherd", shape), []), self.of.get((beside, shape), []))

    def print(self):
        print(f"{'shape':<13}{'server':<10}{'answers/s':>10}{'p50 µs':>9}{'p99 µs':>9}"
              f"{'p99.9 µs':>10}{'server CPU µs':>15}{'client CPU µs':>15}{'disk B':>9}")
        for (server, shape), rounds in self.of.items():
            if not rounds:
                continue
            def median(figure):
                return statistics.median(one[figure] for one in rounds)
            print(f"{shape:<13}{server:<10}{median('answers_per_second'):>10.0f}"
                  f"{median('p50_us'):>9.0f}{median('p99_us'):>9.0f}{median('p999_us'):>10.0f}"
                  f"{median('cpu_us'):>15.1f}{median('client_cpu_us'):>15.1f}"
                  f"{median('written'):>9.0f}")
        print(f"CPU and bytes to disk are those of an answer; one fdatasync of 200 bytes: "
              f"{statistics.median(self.syncs_us):.0f} µs")


def measure(wanted, rounds, seconds):
    """Runs all of `wanted`, (server, shape), so many times; of a server that is missing, none."""
    runs = Runs(wanted)
    with contextlib.ExitStack() as stack:
        servers = {}
        for name in dict.fromkeys(server for server, _ in wanted):
            try:
                servers[name] = stack.enter_context(SERVERS[name]())
            except Missing as missing:
                runs.skipped[name] = str(missing)
        for _ in range(rounds):
            runs.syncs_us.append(fdatasync_us())
            for server, shape in wanted:
                if server in servers:
                    runs.of[server, shape].append(servers[server].load(shape, seconds))
    return runs
