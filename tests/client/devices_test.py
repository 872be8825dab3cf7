"""An application that manages devices and a real usherd: many leases at once, a watched pool."""

import json
import queue
import subprocess
import threading
import time
import unittest

from support.daemon import BIN, PATIENCE, Daemon, end
from support.vendor import Vendor

RECONNECTED, POOL = 8, 14  # usher_event_kind
HOURS_72 = 72 * 3600 * 1000


class Fleet:
    """usher-fleet: a line to it is a question, a line from it an answer or an event."""

    def __init__(self, environment, pool):
        self.process = subprocess.Popen([BIN / "usher-fleet", pool], env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.answers, self.events = queue.Queue(), queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            said = json.loads(line)
            (self.events if "event" in said else self.answers).put((time.monotonic(), said))

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, line):
        self.say(line)
        return self.answer()

    def answer(self):
        return self.answers.get(timeout=PATIENCE)[1]

    def hear(self, kind):
        """When the next event of `kind` came, and what it said; others are passed over."""
        while True:
            at, said = self.events.get(timeout=PATIENCE)
            if said["event"] == kind:
                return at, said

    def close(self):
        """Ends it as an application does that has nothing more to do."""
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdin.close()
        self.reader.join()
        self.process.stdout.close()


class Devices(unittest.TestCase):
    """12000 units of Gateway, of which the pool `north` has 11000, and the key of a fleet."""

    @classmethod
    def setUpClass(cls):
        cls.vendor = Vendor()
        cls.addClassCleanup(cls.vendor.close)

    def setUp(self):
        self.daemon = Daemon({"vendor_keys": [self.vendor.key]}, movable=True)
        self.addCleanup(self.daemon.close)
        self.daemon.start()
        license = self.vendor.sign("015.120.070.001", "Gateway", 12000,
                                   node=self.daemon.must("node"))
        self.daemon.must("license", "install", "-", "--profile", "Gateway", "--scheme", "keys",
                         input=license)
        self.daemon.must("pool", "open", "north", "--in", "Gateway")
        self.daemon.must("pool", "allocate", "Gateway", "north", "11000")
        self.key = self.daemon.json("key", "create", "fleet")["key"]

    def fleet(self):
        fleet = Fleet(self.daemon.environment(USHER_SERVER=self.daemon.server, USHER_KEY=self.key,
                                              USHER_VENDOR_KEY=self.vendor.key), "north")
        self.addCleanup(fleet.close)
        return fleet

    def registered(self, words):
        """A fleet that has registered so many, and has the answer for it."""
        fleet = self.fleet()
        said = fleet.ask(f"register {words}")
        self.assertEqual(said["status"], "USHER_OK", said)
        return fleet, said

    def take_away(self, units):
        self.daemon.must("pool", "allocate", "north", "Gateway", units, "--force")

    def test_ten_thousand_devices_are_one_call_and_again_it_takes_nothing(self):
        fleet, said = self.registered("0 10000")
        self.assertEqual((said["held"], said["stock"], said["locked"]), (10000, 11000, 0))
        self.assertEqual(fleet.ask("again")["held"], 10000)

    def test_a_bad_row_is_named_and_nothing_is_taken(self):
        fleet = self.fleet()
        said = fleet.ask("register 0 10000 7777")
        self.assertEqual((said["status"], said["code"], said["row"]),
                         ("USHER_REFUSED", "BAD_NAME", 7777))
        self.assertEqual(fleet.ask("list")["count"], 0)

    def test_the_first_device_without_a_unit_is_named(self):
        fleet, _ = self.registered("0 5000")
        said = fleet.ask("register 5000 10000")
        self.assertEqual((said["status"], said["code"], said["row"]),
                         ("USHER_REFUSED", "NO_FREE_SEAT", 6001))
        self.assertEqual(fleet.ask("list")["count"], 5000)

    def test_a_second_run_lists_what_the_first_has_taken_and_gives_it_back(self):
        first, _ = self.registered("0 10000")
        first.close()
        second = self.fleet()
        said = second.ask("list")
        self.assertEqual(said["count"], 10000)
        self.assertGreaterEqual(said["pages"], 20)
        self.assertEqual(second.ask("return")["status"], "USHER_OK")
        self.assertEqual(second.ask("list")["count"], 0)
        self.assertEqual(second.ask("register 0 1")["held"], 1)

    def test_units_that_an_operator_takes_away_are_told_within_a_second(self):
        fleet, _ = self.registered("0 10000")
        self.assertEqual(fleet.ask("watch")["status"], "USHER_OK")
        self.take_away(4000)
        done = time.monotonic()
        at, said = fleet.hear(POOL)
        self.assertLess(at - done, 1)
        self.assertEqual((said["locked"], said["missing"], said["why"]), (1, 3000, "POOL_LOCKED"))
        self.assertGreater(said["cures"], 0)
        self.daemon.must("pool", "allocate", "Gateway", "north", "3000")
        self.assertEqual(fleet.hear(POOL)[1]["locked"], 0)

    def test_devices_of_a_locked_pool_can_be_given_back(self):
        fleet, _ = self.registered("0 10000")
        self.take_away(4000)
        said = fleet.ask("register 10000 1")
        self.assertEqual((said["status"], said["code"]), ("USHER_REFUSED", "POOL_LOCKED"))
        self.assertEqual(fleet.ask("return")["status"], "USHER_OK")
        self.assertEqual(fleet.ask("register 0 1")["held"], 1)

    def test_a_killed_daemon_leaves_the_state_valid_and_is_asked_again_when_it_is_back(self):
        fleet, _ = self.registered("0 100")
        fleet.ask("watch")
        before = fleet.ask("look")
        self.assertEqual((before["locked"], before["reliable"], before["held"]), (0, 1, 100))
        self.assertTrue(HOURS_72 - 60_000 < before["valid_ms"] <= HOURS_72, before)
        self.daemon.kill()
        during = fleet.ask("look")
        self.assertEqual((during["reliable"], during["until_ms"]), (1, before["until_ms"]))
        self.daemon.start()
        fleet.hear(RECONNECTED)
        self.take_away(10950)  # It is watched again, or nobody would say so.
        self.assertEqual(fleet.hear(POOL)[1]["missing"], 50)
        self.assertGreater(fleet.ask("look")["until_ms"], before["until_ms"])

    def test_what_changed_while_the_line_was_down_is_told_on_the_next(self):
        fleet, _ = self.registered("0 100")
        fleet.ask("watch")
        self.daemon.kill()
        port = self.daemon.settings["listen"]
        self.daemon.settings["listen"] = ["127.0.0.1:0"]
        self.daemon.start()
        self.take_away(10950)
        self.daemon.settings["listen"] = port
        self.daemon.restart()
        self.assertEqual(fleet.hear(POOL)[1]["missing"], 50)

    def test_a_daemon_that_dies_around_the_write_has_taken_nothing_twice(self):
        for number, death in enumerate(("before:1", "after:1"), 1):
            with self.subTest(death):
                fleet = self.fleet()
                self.daemon.die = death
                self.daemon.restart()
                fleet.say(f"register {number}000 1000")
                self.daemon.process.wait(PATIENCE)
                self.daemon.die = None
                self.daemon.start()
                said = fleet.answer()
                self.assertEqual((said["status"], said["held"]), ("USHER_OK", 1000 * number))
                self.assertEqual(fleet.ask("list")["count"], 1000 * number)

    def test_a_daemon_that_dies_around_the_write_has_given_everything_back(self):
        for death in ("before:1", "after:1"):
            with self.subTest(death):
                fleet, _ = self.registered("0 1000")
                self.daemon.die = death
                self.daemon.restart()
                fleet.say("return")
                self.daemon.process.wait(PATIENCE)
                self.daemon.die = None
                self.daemon.start()
                self.assertEqual(fleet.answer()["status"], "USHER_OK")
                self.assertEqual(fleet.ask("list")["count"], 0)

    def test_an_application_that_ends_keeps_its_devices(self):
        fleet, _ = self.registered("0 10")
        self.assertEqual(end(fleet.process), -15)
        self.assertEqual(self.fleet().ask("list")["count"], 10)


if __name__ == "__main__":
    unittest.main()
