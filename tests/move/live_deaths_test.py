"""The live move, interrupted at every step of everybody: alive once, and no seat is lost."""

import unittest

from movers import Movers
from support import wire
from support.deaths import deaths
from support.messages import usher

NUMBERS = ("015.120.055.014", "2.0.0.1")
HELD, WAITING = usher.LeaseState.HELD, usher.LeaseState.WAITING


class Deaths(Movers):
    """Two hold all that there is of the first license, and a third waits; the second is free."""

    settings = {"lease.term": "1h"}

    def setUp(self):
        super().setUp()
        self.activate("a", NUMBERS[1], 5, profile="Other")
        self.wishes = [wire.checkout("Client", user=user, device="desk", wait_ms=3_600_000)
                       for user in ("daisy", "donald", "goofy")]
        with self.company.hosts["a"].connect() as guest:
            guest.hello()
            answers = [guest.ask(checkout=wish).WhichOneof("answer") for wish in self.wishes]
            self.assertEqual(answers, ["granted", "granted", "waiting"])
            guest.ask(leave=usher.Leave())  # Their terms run on.
        self.company.keep()

    def check(self):
        """At no moment is a license alive twice, or does nobody know of a seat."""
        for number in NUMBERS:
            self.assertLessEqual(len(self.company.alive(number)), 1)
        known = set()
        for name in self.hosts:
            status = self.company[name].status()
            known |= {entry["id"] for entry in status["leases"] + status["queue"]}
            for pool in status["pools"]:
                self.assertLessEqual(pool["held"], 2 if pool["id"] == NUMBERS[0] else 0)
        self.assertLessEqual({wire.tag(wish.lease) for wish in self.wishes}, known)

    def run_until_it_succeeds(self):
        for _ in range(5):
            done = self.move("a", "b", "--issuer", self.company.issuer.uri)
            self.company.revive()
            self.check()
            if done.returncode == 0:
                return
        self.fail(f"it never ends: {done.stdout}{done.stderr}")

    def check_moved(self):
        """Exactly there, with all who held and who waited, and one more cannot be served."""
        for number in NUMBERS:
            self.assertEqual(self.company.alive(number), ["b"])
        with self.company.hosts["b"].connect() as guest:
            guest.hello()
            answer = guest.ask(renew=usher.Renew(leases=[wish.lease for wish in self.wishes]))
            self.assertEqual([lease.state for lease in answer.renewed.leases],
                             [HELD, HELD, WAITING])
            answer = guest.ask(checkout=wire.checkout("Client", user="mickey"))
            self.assertEqual(answer.refused.code, "NO_FREE_SEAT")
            guest.ask(leave=usher.Leave())
        self.company["b"].must("license", "check")
        for number in NUMBERS:
            self.assertEqual(self.company.recorded(number), ("b", 2))

    def test_whoever_dies_at_whichever_step_all_is_at_the_target_in_the_end(self):
        for death in deaths():
            with self.subTest(death=str(death)):
                self.company.restore(death)
                self.check()
                self.run_until_it_succeeds()
                death.has_come = self.company.has_died
                self.company.spare()
                self.check_moved()


if __name__ == "__main__":
    unittest.main()
