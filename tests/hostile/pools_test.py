"""Pools, parties and registrations that are asked for what there is not."""

import threading
import unittest

from estate import ROWS_MAX, Estate
from fields_test import FIT_NAMES, UNFIT_NAMES
from support import wire
from support.messages import pool, usher


class BadInput(Estate):

    def total(self, root):
        return sum(each.stock for each in self.pools().values() if each.root == root)

    def test_units_that_are_no_quantity_are_refused_to_the_last_bit(self):
        self.opened("counted")
        for units in (0, -1, -2**63, 10**12 + 1, 2**62, 2**63 - 1):
            self.assert_refused(self.allocated("Keys", "counted", units, force=True),
                                "BAD_QUANTITY")
        self.assertEqual(self.pools()["counted"].stock, 0)
        self.assertEqual(self.total("Keys"), 100)

    def test_one_bad_row_refuses_all_and_is_named(self):
        self.opened("rows", units=20)
        good = [self.row(f"d{number}") for number in range(9)]
        cases = {
            "BAD_QUANTITY": self.row("d", units=2**63),
            "BAD_NAME": self.row("two\nlines"),
            "LEASE_ID_REUSED": self.row("again", lease=good[0].lease),
            "BAD_REQUEST": self.row("short", lease=b"short"),
        }
        for code, bad in cases.items():
            answer = self.register(good + [bad], pool="rows")
            self.assert_refused(answer, code)
            self.assertEqual(answer.refused.row, 10, answer)
            self.assertEqual(self.pools()["rows"].held, 0)
        answer = self.register([self.row(f"d{number}") for number in range(21)], pool="rows")
        self.assert_refused(answer, "NO_FREE_SEAT")
        self.assertEqual((answer.refused.row, answer.refused.short), (21, 1))
        answer = self.register(good, pool="rows")
        self.assertEqual(answer.registered.taken, 9)

    def test_more_rows_than_one_request_may_have_are_refused(self):
        rows = [self.row("d") for _ in range(ROWS_MAX + 1)]
        refused = self.register(rows, pool="Keys")
        self.assert_refused(refused, "BAD_REQUEST")
        self.assertIn(f"more than {ROWS_MAX}", refused.refused.text)
        leases = [row.lease for row in rows]
        refused = self.client.ask(checkin_many=usher.CheckinMany(leases=leases))
        self.assert_refused(refused, "BAD_REQUEST")
        self.assertIn(f"more than {ROWS_MAX}", refused.refused.text)

    def test_nobody_gives_back_what_is_another_s(self):
        self.opened("others", units=2)
        rows = self.registered(2, pool="others")
        with self.connect(self.key("stranger")) as stranger:
            asked = usher.CheckinMany(leases=[row.lease for row in rows])
            self.assert_refused(stranger.ask(checkin_many=asked), "UNKNOWN_LEASE")
            listed = stranger.ask(lease_list=usher.LeaseListAsk())
            self.assertEqual(len(listed.lease_list.leases), 0)
        self.assertEqual(self.pools()["others"].held, 2)

    def test_names_of_every_kind_that_people_have_name_pools_and_parties(self):
        for name in FIT_NAMES:
            self.opened(name, root="Work")
            self.added(name, "user")
        names = set(self.pools())
        for name in FIT_NAMES:
            self.assertIn(name, names)

    def test_names_that_are_none_are_refused(self):
        for name in UNFIT_NAMES.values():
            answer = self.desk.operate(pool_open=pool.PoolOpen(pool=name, root="Keys"))
            self.assert_refused(answer, "BAD_NAME")
            answer = self.desk.operate(party_add=pool.PartyAdd(party=name, kind="user"))
            self.assert_refused(answer, "BAD_NAME")

    def test_words_that_are_none_are_refused(self):
        for verb in (dict(party_add=pool.PartyAdd(party="p", kind="robot")),
                     dict(party_add=pool.PartyAdd(party="p", kind="user", source="moon")),
                     dict(pool_close=pool.PoolClose(pool="Keys", leases="burn"))):
            self.assert_refused(self.desk.operate(**verb), "BAD_REQUEST")

    def test_a_user_who_goes_round_comes_home_with_what_he_had(self):
        for name in ("round-1", "round-2", "round-3"):
            self.added(name, "company", source="pool")
        self.added("wanderer", "user", company="round-1")
        self.opened("round-own", root="Work", units=5, owner="round-1")
        answer = self.register([self.row("c1"), self.row("c2")], user="wanderer", profile="Work")
        self.assertEqual(answer.registered.pool.pool, "round-own", answer)
        for company in ("round-2", "round-3", "round-1", "round-1"):
            self.done(party_rebind=pool.PartyRebind(party="wanderer", target=company))
            self.assertEqual(self.total("Work"), 40)
        self.assertEqual((self.pools()["round-own"].stock, self.pools()["round-own"].held), (5, 2))
        for target in ("wanderer", "nobody"):
            answer = self.desk.operate(
                party_rebind=pool.PartyRebind(party="wanderer", target=target))
            self.assertIn(answer.refused.code, ("WRONG_KIND", "UNKNOWN_PARTY"))

    def test_a_company_with_users_stays(self):
        self.added("busy", "company")
        self.added("worker", "user", company="busy")
        answer = self.desk.operate(party_remove=pool.PartyRemove(party="busy"))
        self.assert_refused(answer, "LEASES_OUTSTANDING")
        self.assertEqual(answer.refused.held, 1)
        self.done(party_remove=pool.PartyRemove(party="worker"))
        self.done(party_remove=pool.PartyRemove(party="busy"))

    def test_the_same_user_added_by_many_at_once_is_added_once(self):
        answers = []

        def add():
            with wire.Connection.local(self.daemon.socket) as desk:
                desk.hello()
                answers.append(desk.operate(party_add=pool.PartyAdd(party="twin", kind="user")))

        threads = [threading.Thread(target=add) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        refused = [answer for answer in answers if answer.HasField("refused")]
        self.assertEqual(len(refused), 7)
        for answer in refused:
            self.assert_refused(answer, "NAME_TAKEN")


if __name__ == "__main__":
    unittest.main()
