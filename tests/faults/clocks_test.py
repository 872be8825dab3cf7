"""Real faults of disks, clocks, limits and signals, and what was told stays so. Here: clocks.

Wall clocks jump by a year: no lease ends by them, and licenses only as the floor says.
"""

import datetime
import os
import random
import unittest
from pathlib import Path

from support import wire
from support.daemon import Daemon, until
from support.messages import usher
from support.vendor import Vendor
from town import Town

SEED = int(os.environ.get("USHER_SEED", "1"))
DAY = datetime.timedelta(days=1)
HOUR_US = 3600 * 1_000_000
HELD, LOCKED, UNKNOWN = usher.LeaseState.HELD, usher.LeaseState.LOCKED, usher.LeaseState.UNKNOWN


def instant(when):
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


class Jumps(unittest.TestCase):
    """Three licenses: one for ever, one that ends in half a year, one that begins then. A seat of
    the first two is held."""

    def setUp(self):
        self.vendor = Vendor()
        self.addCleanup(self.vendor.close)
        self.daemon = Daemon({"vendor_keys": [self.vendor.key], "lease.term": "1h"}, movable=True)
        self.enterContext(self.daemon)
        self.today = datetime.datetime.now(datetime.timezone.utc)
        self.turning_point = self.today + 180 * DAY
        turn = instant(self.turning_point)
        for number, limits in (("1", {}), ("2", {"to": turn}), ("3", {"from": turn})):
            self.daemon.must("license", "install", "-", "--profile", f"Profile{number}",
                             input=self.vendor.sign(number, f"Product{number}", 5, **limits))
        self.ca_file = wire.ca_of(self.daemon.server, self.daemon.directory / "state")
        self.application = None
        self.connect()
        self.wishes = [wire.checkout(f"Profile{number}") for number in (1, 2)]
        for wish in self.wishes:
            self.assertTrue(self.application.ask(checkout=wish).HasField("granted"))

    def connect(self):
        if self.application:
            self.application.close()
        self.application = wire.Connection.over_tls(self.daemon.server, self.ca_file)
        self.addCleanup(self.application.close)
        self.application.hello()

    def set_clock(self, when):
        self.daemon.calendar(instant(when))

    def restart_at(self, when):
        self.daemon.clock = [f"calendar {instant(when)}"]
        self.daemon.restart(kill=True)
        self.connect()

    def states(self):
        """Of the two leases, as the one who holds them is told."""
        answer = self.application.ask(
            renew=usher.Renew(leases=[wish.lease for wish in self.wishes]))
        return [lease.state for lease in answer.renewed.leases]

    def code_of_checkout(self, number):
        """Why nobody gets a seat; empty: somebody did, and gave it back."""
        wish = wire.checkout(f"Profile{number}")
        answer = self.application.ask(checkout=wish)
        self.application.ask(checkin=usher.Checkin(lease=wish.lease))
        return answer.refused.code

    def assert_before(self):
        self.assertEqual(self.states(), [HELD, HELD])
        self.assertEqual([self.code_of_checkout(number) for number in (1, 2, 3)],
                         ["", "", "NOT_YET_VALID"])

    def assert_after(self):
        """The second one has ended: its holder is told, and keeps the lease."""
        self.assertEqual(self.states(), [HELD, LOCKED])
        self.assertEqual([self.code_of_checkout(number) for number in (1, 2, 3)],
                         ["", "EXPIRED", ""])
        self.assertEqual(len(self.daemon.status()["leases"]), 2)

    def test_a_year_ahead_ends_no_lease_and_a_year_back_revives_no_license(self):
        self.assert_before()
        self.set_clock(self.today + 365 * DAY)
        self.assert_after()
        self.assertIn("the clock jumped ", self.daemon.log_text())
        for when in (self.today, self.today - 365 * DAY):
            self.set_clock(when)
            self.assert_after()
            self.restart_at(when)
            self.assert_after()

    def test_a_year_back_ends_and_revives_nothing(self):
        self.set_clock(self.today - 365 * DAY)
        self.assert_before()
        self.restart_at(self.today - 365 * DAY)
        self.assert_before()
        self.set_clock(self.turning_point - DAY)
        self.assert_before()
        self.set_clock(self.turning_point)
        self.assert_after()

    def test_silence_is_counted_by_a_clock_that_nobody_sets(self):
        for days in (365, -365):
            self.set_clock(self.today + days * DAY)
            self.assertEqual(self.states()[0], HELD)
        self.daemon.advance("50m")
        self.assertEqual(len(self.daemon.status()["leases"]), 2)
        self.daemon.advance("11m")
        self.assertEqual(self.states(), [UNKNOWN, UNKNOWN])

    def test_any_jumps_and_kills_leave_leases_and_what_was_seen_of_time(self):
        lot = random.Random(SEED)
        floor = self.today
        for step in range(40):
            when = self.today + lot.randint(-365, 220) * DAY
            with self.subTest(step=step, when=instant(when)):
                floor = max(floor, when)
                move = self.restart_at if lot.random() < 0.2 else self.set_clock
                move(when)
                if floor >= self.turning_point:
                    self.assert_after()
                else:
                    self.assert_before()


class Faked(unittest.TestCase):
    """The daemon as it is released, on a host whose clock is set by somebody."""

    LIBRARY = "libfaketimeMT.so.1"

    def setUp(self):
        found = list(Path("/usr/lib").glob(f"*/faketime/{self.LIBRARY}"))
        if not found:
            self.skipTest(f"{self.LIBRARY} is not installed")
        self.random = random.Random(SEED)
        self.town = Town(SEED)
        self.offset = self.town.daemon.directory / "offset"
        self.set_clock(0)
        self.town.daemon.within = [
            "env", f"LD_PRELOAD={found[0]}", f"FAKETIME_TIMESTAMP_FILE={self.offset}",
            "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"]

    def set_clock(self, days):
        unfinished = self.offset.with_suffix(".new")
        unfinished.write_text(f"{days:+}d\n")
        unfinished.rename(self.offset)

    def jump(self):
        """Ten times, and somebody is answered after each."""
        for _ in range(10):
            self.set_clock(self.random.choice((-365, -1, 0, 1, 365)))
            wanted = self.town.account.figures.answers + 200
            until(lambda wanted=wanted: self.town.account.figures.answers >= wanted, "answers")

    def test_a_crowd_loses_nothing_by_a_clock_that_jumps(self):
        with self.town as town:
            seen = 0
            for _ in range(4):
                town.day(self.jump)
                at = town.check().at_us
                self.assertGreaterEqual(at, seen)
                self.set_clock(0)
                town.daemon.kill()
                town.verify()
                town.daemon.start()
                # So often it is written down where nothing else is.
                seen = town.check().at_us
                self.assertGreater(seen, at - HOUR_US)
            self.assertIn("the clock jumped ", town.daemon.log_text())
            print(f"\n{town.account.figures.answers} answers, {town.account.figures.seats} seats "
                  "looked for")
            self.assertGreater(town.account.figures.seats, 50)


if __name__ == "__main__":
    unittest.main()
