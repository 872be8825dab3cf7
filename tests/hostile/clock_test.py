"""A clock of the host that somebody sets: licenses end by what was seen, leases go on."""

import datetime
import tempfile
import unittest
from pathlib import Path

from support import wire
from support.daemon import Daemon
from support.messages import usher
from support.scenario import words
from support.scenario.vendor import License, Vendors

DAY_US = 24 * 3_600_000_000


def instant(us):
    moment = datetime.datetime.fromtimestamp(us / 1_000_000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Clock(unittest.TestCase):
    """A license for ten days, and another for ever."""

    def setUp(self):
        directory = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="usher-clock-")))
        vendors = Vendors(directory / "vendors")
        self.now_us = words.start_us()
        self.daemon = Daemon({"vendor_keys": [vendors.trusted().key], "lease.term": "1h"},
                             movable=True, clock=[f"calendar {instant(self.now_us)}"])
        self.addCleanup(self.daemon.close)
        self.daemon.start()
        limited = License("1.0.0.1", "Limited", 5, "lease")
        limited.until_us = self.now_us + 10 * DAY_US
        for license in (limited, License("1.0.0.2", "Endless", 5, "lease")):
            self.daemon.must("license", "install", "-", "--profile", license.product,
                             input=vendors.sign(license, None))
        self.client = wire.Connection.over_tls(
            self.daemon.server, wire.ca_of(self.daemon.server, self.daemon.directory / "state"))
        self.addCleanup(self.client.close)
        self.client.hello()

    def set_clock(self, days):
        self.daemon.calendar(instant(self.now_us + days * DAY_US))

    def code(self, profile):
        return self.client.ask(checkout=wire.checkout(profile)).refused.code

    def test_a_clock_that_is_set_back_revives_no_license(self):
        # clock
        self.assertEqual(self.code("Limited"), "")
        self.set_clock(11)
        self.assertEqual(self.code("Limited"), "EXPIRED")
        self.set_clock(1)
        self.assertEqual(self.code("Limited"), "EXPIRED")
        # Nor does a restart, after which the clock is all that it has.
        self.daemon.clock = [f"calendar {instant(self.now_us + DAY_US)}"]
        self.client.close()
        self.daemon.restart(kill=True)
        limited, = (license for license in self.daemon.json("license", "list")["licenses"]
                    if license["id"] == "1.0.0.1")
        self.assertEqual((limited["counts"], limited["reason"]), (False, "EXPIRED"))

    def test_a_clock_that_is_set_ahead_ends_no_lease(self):
        # clock
        lease = wire.checkout("Endless")
        self.assertTrue(self.client.ask(checkout=lease).HasField("granted"))
        for days in (400, 1):
            self.set_clock(days)
            state, = self.client.ask(renew=usher.Renew(leases=[lease.lease])).renewed.leases
            self.assertEqual(state.state, usher.LeaseState.HELD)
        self.assertEqual(len(self.daemon.status()["leases"]), 1)


if __name__ == "__main__":
    unittest.main()
