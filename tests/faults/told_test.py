"""That the account finds whatever is not as it was told, and nothing else."""

import os
import unittest

from support import wire
from support.account import WAITING, Account
from support.messages import status, usher


class Told(unittest.TestCase):
    """One seat is held, one was given back, one is waited for; a pool has ten units."""

    def setUp(self):
        self.account = Account()
        self.account.stocks = {"pool": 10}
        self.held, self.gone, self.waits = (os.urandom(16) for _ in range(3))
        for lease in (self.held, self.gone):
            self.account.ask(lease, "pool", 2)
            self.account.granted(lease, 2, "pool")
        self.account.leave([self.gone])
        self.account.left(self.gone)
        self.account.ask(self.waits, "pool", 3)
        self.account.waiting(self.waits)

    def picture(self, held=(), waiting=(), stock=10, units=2, locked=False):
        leases = [status.StatusPart.Lease(id=wire.tag(lease), pool="pool", units=units)
                  for lease in held]
        pool = status.StatusPart.Pool(id="pool", stock=stock, held=units * len(leases),
                                      locked=locked)
        queue = [status.StatusPart.Waiter(id=wire.tag(lease)) for lease in waiting]
        return status.StatusPart(leases=leases, queue=queue, pools=[pool])

    def found(self, *words, **more):
        return "\n".join(self.account.settle(self.picture(*words, **more)))

    def test_what_is_as_it_was_told_is_no_complaint(self):
        self.assertEqual(self.found([self.held], [self.waits]), "")
        self.assertEqual(self.account.figures.seats, 1)
        self.assertEqual(self.account.figures.places, 1)
        self.assertEqual(self.account.figures.ends, 1)

    def test_a_lost_seat_and_a_lost_place_are_found(self):
        found = self.found()
        self.assertIn("was held, and is lost", found)
        self.assertIn("waited, and is lost", found)

    def test_what_had_gone_is_found_now_and_later(self):
        self.assertIn("had gone, and is there", self.found([self.held, self.gone], [self.waits]))
        self.assertEqual(self.found([self.held], [self.waits, self.gone]).count("had gone"), 0)
        self.account.leave([self.gone], (WAITING,))
        self.account.left(self.gone)
        self.assertEqual(self.found([self.held], [self.waits]), "")
        self.assertIn("had gone, and is there", self.found([self.held], [self.waits, self.gone]))

    def test_what_nobody_asked_for_is_found(self):
        self.assertIn("nobody asked for it", self.found([self.held, b"x" * 16], [self.waits]))

    def test_other_units_are_found(self):
        self.assertIn("is one of 3 of pool", self.found([self.held], [self.waits], units=3))

    def test_what_was_not_answered_may_be_so_or_not_and_is_known_then(self):
        for is_there in (True, False):
            with self.subTest(is_there=is_there):
                lease = os.urandom(16)
                self.account.ask(lease, "pool", 2)
                held = [self.held, lease] if is_there else [self.held]
                self.assertEqual(self.found(held, [self.waits]), "")
                other = [self.held] if is_there else [self.held, lease]
                self.assertNotEqual(self.found(other, [self.waits]), "")
                self.setUp()

    def test_who_is_told_of_an_end_when_asking_again_keeps_what_it_had(self):
        for lease in (self.held, self.waits):
            self.account.ask(lease, "pool", 2)
            self.account.refused(lease, "SERVER_ENDING")
        self.assertEqual(self.found([self.held], [self.waits]), "")
        self.assertIn("waited, and is lost", self.found([self.held]))

    def test_what_was_asked_together_is_not_there_in_part(self):
        leases = [os.urandom(16) for _ in range(2)]
        for lease in leases:
            self.account.ask(lease, "pool", 2, together="both")
        self.assertIn("is there in part", self.found([self.held, leases[0]], [self.waits]))

    def test_an_oversold_pool_is_found(self):
        self.account.stocks = {"pool": 1}
        self.assertIn("oversold", self.found([self.held], [self.waits], stock=1))

    def test_units_that_moved_by_themselves_are_found_and_an_unanswered_move_is_none(self):
        self.account.begin_change(pool=5)
        self.assertEqual(self.found([self.held], [self.waits], stock=15), "")
        self.assertIn("pools have", self.found([self.held], [self.waits], stock=10))

    def test_lies_are_found_when_they_are_told(self):
        before = self.account.standings([self.held])
        unknown = usher.LeaseState(lease=self.held, state=usher.LeaseState.UNKNOWN)
        for tell, word in (
                (lambda: self.account.renewed(before, [unknown]), "was held, and renewed it is"),
                (lambda: self.account.refused(self.held, "NO"), "was held, and asked again"),
                (lambda: self.account.refused(self.waits, "NO"), "was waiting, and asked again"),
                (lambda: self.account.granted(self.held, 5), "granted 5"),
                (lambda: self.account.ended(self.held, "silent"), "and ended: silent")):
            with self.subTest(word):
                tell()
                self.assertIn(word, self.found([self.held], [self.waits]))


if __name__ == "__main__":
    unittest.main()
