"""What is right by itself and comes in a wrong order: twice, too late, for another's lease, or all
at once. Nothing is ever lent twice, and nothing stays behind."""

import os
import random
import threading
import unittest

from siege import SEATS, Siege
from support import wire
from support.messages import operator, usher

HELD = usher.LeaseState.HELD
STEPS = 1500


class Order(Siege):
    def test_a_seat_that_is_given_back_twice_is_free_once(self):
        # CVE-2018-20034: what was freed is freed again.
        with self.connect() as client:
            lease = wire.checkout("Client")
            self.assertTrue(client.ask(checkout=lease).HasField("granted"))
            first, second = (client.send(checkin=usher.Checkin(lease=lease.lease))
                             for _ in range(2))
            self.assertTrue(client.answer_to(first).HasField("done"))
            client.answer_to(second)  # The same, or a no; nothing is freed by it.
            self.assertEqual(self.held(), 0)
            self.assert_refused(client.ask(renew=usher.Renew(leases=[lease.lease]))
                                .renewed.leases[0], "UNKNOWN_LEASE")

    def test_what_was_never_taken_cannot_be_given_back(self):
        # CVE-2018-20031: a list item that is deleted before it is there.
        with self.connect() as client:
            lease = os.urandom(16)
            checkin = client.send(checkin=usher.Checkin(lease=lease))
            checkout = client.send(checkout=wire.checkout("Client", lease=lease))
            self.assertFalse(client.answer_to(checkin).HasField("done"))
            # It may have been on its way all the time: nobody wants it any more.
            self.assert_refused(client.answer_to(checkout), "LEASE_ID_REUSED")
            self.assertEqual(self.held(), 0)

    def test_a_checkout_that_crosses_the_end_of_its_lease_is_one_or_the_other(self):
        # CVE-2018-20032, CVE-2018-20033: a message that is decoded while its item goes.
        with self.connect() as client, self.operator() as desk:
            for _ in range(100):
                lease = wire.checkout("Client")
                asked = client.send(checkout=lease)
                revoked = desk.send(operate=operator.Operate(
                    revoke=operator.Revoke(lease=wire.tag(lease.lease))))
                again = client.send(checkout=lease)
                back = client.send(checkin=usher.Checkin(lease=lease.lease))
                for request in (asked, again, back):
                    client.answer_to(request)
                desk.answer_to(revoked)
            self.assertEqual(self.held(), 0)

    def test_any_order_leaves_what_those_say_who_hold(self):
        # CVE-2018-20031, CVE-2018-20032, CVE-2018-20033, CVE-2018-20034
        seed = int(os.environ.get("USHER_SEED", "20300115"))
        chance = random.Random(seed)
        keys = [self.key(f"order-{number}") for number in range(3)]
        clients = [self.connect(key) for key in keys]
        leases = [os.urandom(16) for _ in range(2 * SEATS)]
        with self.subTest(seed=seed), self.operator() as desk:
            for step in range(STEPS):
                self.one_step(chance, clients, keys, leases, desk)
                if step % 100 == 0:
                    self.assertLessEqual(self.held(), SEATS)
            self.assert_all_agree(clients, leases)
        for client in clients:
            client.close()

    def one_step(self, chance, clients, keys, leases, desk):
        who = chance.randrange(len(clients))
        client, lease = clients[who], chance.choice(leases)
        what = chance.randrange(7)
        try:
            if what <= 1:
                client.ask(checkout=wire.checkout("Client", lease=lease,
                                                  wait_ms=chance.choice((0, 60_000))))
            elif what <= 3:
                client.ask(checkin=usher.Checkin(lease=lease))
            elif what == 4:
                client.ask(renew=usher.Renew(leases=chance.sample(leases, 3)))
            elif what == 5:
                desk.operate(revoke=operator.Revoke(lease=wire.tag(lease), reason="a test"))
            else:  # And comes back.
                client.send(checkout=wire.checkout("Client", lease=lease))
                client.close()
                clients[who] = self.connect(keys[who])
        except wire.HungUp:
            self.fail("an honest message ended the connection")

    def assert_all_agree(self, clients, leases):
        """What all clients together hold is what the daemon says is held."""
        held = set()
        for client in clients:
            for lease in leases:
                state, = client.ask(renew=usher.Renew(leases=[lease])).renewed.leases
                if state.state == HELD:
                    self.assertNotIn(lease, held)  # By two of them.
                    held.add(lease)
        self.assertEqual(self.held(), len(held))
        for client in clients:
            for lease in leases:
                client.ask(checkin=usher.Checkin(lease=lease))
        self.assertEqual(self.held(), 0)

    def test_the_last_seat_is_lent_to_one_of_all_who_ask_at_once(self):
        # CVE-2018-20033
        with self.connect() as holder:
            kept = [wire.checkout("Client") for _ in range(SEATS - 1)]
            for lease in kept:
                self.assertTrue(holder.ask(checkout=lease).HasField("granted"))
            answers = []

            def ask():
                with self.connect() as client:
                    lease = wire.checkout("Client")
                    answers.append(client.ask(checkout=lease).HasField("granted"))
                    client.ask(leave=usher.Leave())  # It keeps what it has for its term.

            threads = [threading.Thread(target=ask) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(answers.count(True), 1)
            self.assertEqual(self.held(), SEATS)
            with self.operator() as desk:
                for lease in desk.look().leases:
                    desk.operate(revoke=operator.Revoke(lease=lease.id))
            for lease in kept:
                holder.ask(checkin=usher.Checkin(lease=lease.lease))

    def held(self):
        with self.operator() as desk:
            pool, = (pool for pool in desk.look().pools if pool.id == "1.0.0.1")
            return pool.held


if __name__ == "__main__":
    unittest.main()
