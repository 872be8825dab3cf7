"""Leases of somebody else: who knows an id gets nothing by it and learns nothing from it."""

import os
import unittest

from siege import Siege
from support import wire
from support.messages import operator, usher


class LeasesOfSomebodyElse(Siege):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner_key, cls.thief_key = cls.key("owner"), cls.key("thief")

    def setUp(self):
        self.owner, self.thief = self.connect(self.owner_key), self.connect(self.thief_key)
        self.addCleanup(self.owner.close)
        self.addCleanup(self.thief.close)
        self.lease = wire.checkout("Client", user="owner", device="desk")
        self.assertTrue(self.owner.ask(checkout=self.lease).HasField("granted"))
        self.addCleanup(lambda: self.owner.ask(checkin=usher.Checkin(lease=self.lease.lease)))

    def assert_still_held(self):
        state, = self.owner.ask(renew=usher.Renew(leases=[self.lease.lease])).renewed.leases
        self.assertEqual(state.state, usher.LeaseState.HELD)

    def assert_same_no(self, ask):
        """A lease that is another's and one that never was are answered alike but for their ids."""
        stolen, invented = ask(self.lease.lease), ask(os.urandom(16))
        self.assertEqual(stolen.refused, invented.refused)
        return stolen

    def test_another_identity_cannot_give_it_back(self):
        # relay: whoever knows a lease ends it.
        answer = self.assert_same_no(
            lambda lease: self.thief.ask(checkin=usher.Checkin(lease=lease)))
        self.assert_refused(answer, "UNKNOWN_LEASE")
        self.assert_still_held()

    def test_another_identity_cannot_renew_it(self):
        answer = self.assert_same_no(
            lambda lease: self.thief.ask(renew=usher.Renew(leases=[lease])).renewed.leases[0])
        self.assertEqual(answer.state, usher.LeaseState.UNKNOWN)
        self.assert_refused(answer, "UNKNOWN_LEASE")

    def test_another_identity_cannot_check_out_with_it(self):
        self.assert_refused(self.thief.ask(checkout=self.lease), "LEASE_ID_REUSED")
        self.assert_still_held()

    def test_the_end_of_a_connection_that_named_it_does_not_shorten_it(self):
        before = self.deadline()
        self.thief.ask(renew=usher.Renew(leases=[self.lease.lease]))
        self.thief.close()
        with self.connect() as later:
            later.catch_up()
        self.assertTrue(self.picture().connected)
        # People's clock and the one of leases are read one after the other; the grace is 23 s less.
        self.assertGreater(self.deadline(), before - 1_000_000)

    def picture(self):
        with self.operator() as desk:
            picture, = (lease for lease in desk.look().leases
                        if lease.id == wire.tag(self.lease.lease))
            return picture

    def deadline(self):
        return self.picture().deadline_us

    def test_an_application_cannot_revoke_it(self):
        answer = self.thief.operate(revoke=operator.Revoke(lease=wire.tag(self.lease.lease)))
        self.assert_refused(answer, "NOT_ALLOWED")
        self.assert_still_held()

    def test_its_tag_is_no_id(self):
        tag = bytes.fromhex(wire.tag(self.lease.lease))
        answer = self.owner.ask(checkin=usher.Checkin(lease=tag + tag))
        self.assert_refused(answer, "UNKNOWN_LEASE")
        self.assert_still_held()

    def test_a_place_in_the_queue_is_not_taken_away_either(self):
        full = [wire.checkout("Client") for _ in range(9)]
        for lease in full:
            self.assertTrue(self.owner.ask(checkout=lease).HasField("granted"))
        place = wire.checkout("Client", wait_ms=60_000)
        self.assertTrue(self.owner.ask(checkout=place).HasField("waiting"))
        self.assert_refused(self.thief.ask(checkin=usher.Checkin(lease=place.lease)),
                            "UNKNOWN_LEASE")
        self.assert_refused(self.thief.ask(checkout=place), "LEASE_ID_REUSED")
        for lease in [place, *full]:
            answer = self.owner.ask(checkin=usher.Checkin(lease=lease.lease))
            self.assertTrue(answer.HasField("done"), answer)


if __name__ == "__main__":
    unittest.main()
