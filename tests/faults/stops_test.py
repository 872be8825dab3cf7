"""Who stands still for longer than a term, and goes on: the daemon, and who holds a seat."""

import os
import signal
import subprocess
import time
import unittest

from support import wire
from support.daemon import BIN, PATIENCE, Daemon, end, until
from support.messages import usher
from support.vendor import Vendor
from town import Town, wait

SEED = int(os.environ.get("USHER_SEED", "1"))
TERM = 6  # Seconds, and the grace as long: a machine that is busy is not what is tried here.


class StoppedDaemon(unittest.TestCase):
    def test_a_daemon_that_stood_still_for_longer_than_the_term_takes_no_seat_from_anybody(self):
        settings = {"lease.term": f"{TERM}s", "lease.grace": f"{TERM}s"}
        with Town(SEED, settings) as town:
            # Once for longer than a term, and so often that it comes to one.
            for seconds in (1.5 * TERM, 0.4 * TERM, 0.4 * TERM, 0.4 * TERM):
                town.day(lambda seconds=seconds: self.stop_for(town, seconds))
                town.check()
            print(f"\n{town.account.figures.answers} answers, "
                  f"{town.account.figures.seats} seats looked for")
            self.assertGreater(town.account.figures.seats, 50)

    def stop_for(self, town, seconds):
        self.await_answers(town, 500)
        town.daemon.process.send_signal(signal.SIGSTOP)
        wait(seconds)
        town.daemon.process.send_signal(signal.SIGCONT)
        self.await_answers(town, 500)  # Each renewal among them says what became of the lease.

    @staticmethod
    def await_answers(town, count):
        wanted = town.account.figures.answers + count
        until(lambda: town.account.figures.answers >= wanted, f"{count} more answers")


class StoppedHolder(unittest.TestCase):
    """One seat, for which somebody waits."""

    def setUp(self):
        self.vendor = Vendor()
        self.addCleanup(self.vendor.close)
        self.daemon = self.enterContext(Daemon({
            "vendor_keys": [self.vendor.key], "lease.term": f"{TERM}s", "lease.grace": "1s"}))
        self.daemon.must("license", "install", "-", "--profile", "Client",
                         input=self.vendor.sign("1.0.0.1", "Client", 1))
        self.ca_file = wire.ca_of(self.daemon.server, self.daemon.directory / "state")

    def connect(self):
        connection = self.enterContext(wire.Connection.over_tls(self.daemon.server, self.ca_file))
        connection.hello()
        return connection

    def wait_for_the_seat(self):
        """A connection whose place is the first one."""
        waiter = self.connect()
        self.wish = wire.checkout("Client", user="waiter", wait_ms=3_600_000)
        self.assertTrue(waiter.ask(checkout=self.wish).HasField("waiting"))
        return waiter

    def assert_served(self, waiter):
        """While it stays there, which is all that it does."""
        def is_granted():
            waiter.ask(renew=usher.Renew(leases=[self.wish.lease]))
            return any(notice.granted.lease == self.wish.lease for notice in waiter.notices)
        until(is_granted, "the seat comes to who waits")
        lease, = self.daemon.status()["leases"]
        self.assertEqual(lease["id"], wire.tag(self.wish.lease))

    def test_its_seat_comes_to_who_waits_and_it_hears_the_truth_when_it_wakes(self):
        with open(self.daemon.directory / "holder.log", "w+", encoding="utf-8") as log:
            holder = subprocess.Popen(
                [BIN / "usher", "run", "Client", "--user", "holder", "--", "cat"],
                env=self.daemon.environment(USHER_SERVER=self.daemon.server),
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log)
            self.addCleanup(lambda: (holder.stdin.close(), end(holder)))
            until(lambda: self.daemon.status()["leases"], "it holds the seat")
            waiter = self.wait_for_the_seat()
            holder.send_signal(signal.SIGSTOP)
            stopped = time.monotonic()
            self.assert_served(waiter)
            # Its connection stands: only its silence is a reason, and it renews thrice a term.
            self.assertGreater(time.monotonic() - stopped, TERM / 2)
            holder.send_signal(signal.SIGCONT)
            until(lambda: "the seat is lost" in (self.daemon.directory / "holder.log").read_text(),
                  "it is told")

    def test_an_application_without_a_library_hears_the_same(self):
        holder, mine = self.connect(), wire.checkout("Client", user="holder")
        self.assertTrue(holder.ask(checkout=mine).HasField("granted"))
        self.assert_served(self.wait_for_the_seat())
        renewed = holder.ask(renew=usher.Renew(leases=[mine.lease])).renewed.leases[0]
        self.assertEqual((renewed.state, renewed.ended_because),
                         (usher.LeaseState.UNKNOWN, "silent"))
        lost, = (notice.seat_lost for notice in holder.notices if notice.HasField("seat_lost"))
        self.assertEqual((lost.lease, lost.reason), (mine.lease, "silent"))
        refused = holder.ask(checkout=mine).refused
        self.assertEqual(refused.code, "NO_FREE_SEAT")
        self.assertEqual([by.user for by in refused.holders], ["waiter"])


if __name__ == "__main__":
    unittest.main()
