"""A usherd that is given fewer descriptors or less memory than it wants."""

import contextlib
import os
import resource
import socket
import unittest
from pathlib import Path

from support import wire
from support.daemon import PATIENCE, until
from support.messages import usher
from town import Town

SEED = int(os.environ.get("USHER_SEED", "1"))
ROWS = 5000
MEGABYTE = 1 << 20


class Descriptors(unittest.TestCase):
    """Applications hold seats, and nobody else can be let in."""

    def take_descriptors(self, town):
        """All but a few, and those by guests who say nothing; gives these."""
        there = len(os.listdir(f"/proc/{town.daemon.pid}/fd"))
        self.limits = resource.prlimit(town.daemon.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(town.daemon.pid, resource.RLIMIT_NOFILE, (there + 5, self.limits[1]))
        said = self.count(town, "cannot accept connections")
        crowd = contextlib.ExitStack()
        for _ in range(30):
            crowd.enter_context(socket.create_connection(("127.0.0.1", town.daemon.port)))
        until(lambda: self.count(town, "cannot accept connections") > said, "no descriptor is left")
        self.assertIn("cannot accept connections: Too many open files; newcomers wait",
                      town.daemon.log_text())
        return crowd

    @staticmethod
    def count(town, text):
        return town.daemon.log_text().count(text)

    def await_answers(self, town, count):
        wanted = town.account.figures.answers + count
        until(lambda: town.account.figures.answers >= wanted, f"{count} more answers")

    def assert_refuses_reload(self, town):
        """It cannot read its configuration, so it keeps the one that it has."""
        town.daemon.reload()
        until(lambda: "configuration not taken over: cannot read" in town.daemon.log_text(),
              "the reload is refused")
        self.assertIn("usherd.toml: Too many open files", town.daemon.log_text())

    def use_up(self, town):
        self.await_answers(town, 500)
        with self.take_descriptors(town):
            with socket.create_connection(("127.0.0.1", town.daemon.port)) as newcomer:
                self.assert_refuses_reload(town)
                self.await_answers(town, 2000)  # Who holds seats goes on, and so does the journal.
                newcomer.setblocking(False)
                with self.assertRaises(BlockingIOError):  # Neither let in nor turned away.
                    newcomer.recv(1)
        self.assertEqual(town.daemon.status()["mode"], "serving")  # By itself.

    def test_holders_go_on_newcomers_wait_and_it_heals_by_itself(self):
        with Town(SEED) as town:
            for application in town.applications:
                application.is_careless = False  # Who goes now does not come in again.
            town.day(lambda: self.use_up(town))
            town.check()
            with self.take_descriptors(town):
                self.assertEqual(town.daemon.stop(), 0)
            town.verify()
            town.daemon.start()
            town.check()


class Memory(unittest.TestCase):
    """Somebody takes leases by the thousand until there is no memory for more."""

    def found_depot(self, town):
        must = town.daemon.must
        must("license", "install", "-", "--scheme", "keys", "--profile", "Depot",
             input=town.vendor.sign("9.0.0.1", "Hoard", 1_000_000))
        must("pool", "open", "Depot", "--in", "Hoard")
        must("pool", "allocate", "Hoard", "Depot", 1_000_000)
        town.account.stocks |= {"Hoard": 0, "Depot": 1_000_000}

    def hoard(self, town):
        """Until the daemon has ended; what it refuses instead must have a word for it."""
        key = town.applications[0].key
        with contextlib.suppress(wire.HungUp, OSError), \
                wire.Connection.over_tls(town.server, town.ca_file) as hoarder:
            hoarder.hello(key)
            while town.daemon.process.poll() is None:
                self.take(town, hoarder)
        return town.daemon.process.wait(PATIENCE)

    def take(self, town, hoarder):
        rows = [usher.Register.Row(lease=os.urandom(16), device=f"device-{number}")
                for number in range(ROWS)]
        for row in rows:
            town.account.ask(row.lease, "Depot", 1, together=rows[0].lease)
        answer = hoarder.ask(register=usher.Register(rows=rows, user="hoarder", pool="Depot"))
        for row in rows:
            if answer.HasField("registered"):
                town.account.granted(row.lease, 1, "Depot")
            else:
                town.account.refused(row.lease, answer.refused.code)
        if answer.HasField("refused"):
            self.assertEqual(answer.refused.code, "NO_FREE_SEAT")

    @staticmethod
    def in_use(pid, what):
        """Bytes of address space (VmSize), or of what may be written to (VmData)."""
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        line, = (line for line in lines if line.startswith(what + ":"))
        return int(line.split()[1]) << 10

    def test_without_memory_it_ends_says_so_and_nothing_that_was_answered_is_lost(self):
        with Town(SEED) as town:
            self.found_depot(town)
            for limit, what in ((resource.RLIMIT_AS, "VmSize"), (resource.RLIMIT_DATA, "VmData")):
                with self.subTest(what):
                    allowed = self.in_use(town.daemon.pid, what) + 4 * MEGABYTE
                    resource.prlimit(town.daemon.pid, limit, (allowed, allowed))
                    statuses = []
                    town.day(lambda: statuses.append(self.hoard(town)))
                    error, hint = town.daemon.log_text().splitlines()[-2:]
                    self.assertEqual(statuses, [1], error)
                    self.assertRegex(error, "^usherd: error: (out of memory|.*: out of memory)$")
                    self.assertRegex(hint, "^usherd: hint: .*memory")
                    town.verify()
                    town.daemon.start()
                    town.check()
            figures = town.account.figures
            print(f"\n{figures.answers} answers, {figures.seats} seats looked for")
            self.assertGreater(figures.seats, ROWS)


if __name__ == "__main__":
    unittest.main()
