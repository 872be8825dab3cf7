"""The bounds of one identity, and what status says of all of them."""

import re
import unittest

from siege import Siege
from support import wire
from support.daemon import SOURCE, until
from support.messages import operator, usher

SESSIONS_MAX = 3
QUESTIONS_MAX = 8


class Limits(Siege):
    settings = {"threads": 1, "limits.sessions_per_identity_max": SESSIONS_MAX,
                "limits.questions_per_identity_max": QUESTIONS_MAX}

    def limit(self, name):
        row, = (row for row in self.daemon.status()["limits"] if row["name"] == name)
        return row

    def test_one_connection_more_than_an_identity_may_have_is_refused_and_others_are_not(self):
        one, other = self.key("one"), self.key("other")
        lines = [self.connect(one) for _ in range(SESSIONS_MAX)]
        with self.knock() as late:
            answer = late.hello(one)
            self.assert_refused(answer, "LIMIT_REACHED")
            self.assertIn("key:one", answer.refused.text)
            self.assertTrue(late.is_closed())
        with self.connect(other), self.connect():
            pass
        lines.pop().close()
        until(lambda: self.is_let_in(one), "a place is free again")
        for line in lines:
            line.close()

    def is_let_in(self, key):
        with self.knock() as client:
            return client.hello(key).HasField("welcome")

    def test_who_holds_a_seat_loses_none_when_more_of_its_connections_are_refused(self):
        key = self.key("holder")
        lease = wire.checkout("Client")
        with self.connect(key) as holder:
            self.assertTrue(holder.ask(checkout=lease).HasField("granted"))
            rest = [self.connect(key) for _ in range(SESSIONS_MAX - 1)]
            self.assertFalse(self.is_let_in(key))
            state, = holder.ask(renew=usher.Renew(leases=[lease.lease])).renewed.leases
            self.assertEqual(state.state, usher.LeaseState.HELD)
            holder.ask(checkin=usher.Checkin(lease=lease.lease))
            for each in rest:
                each.close()

    def test_no_more_questions_of_one_identity_lie_at_the_desk_and_all_are_answered(self):
        key = self.key("asker")
        lines = [self.connect(key) for _ in range(SESSIONS_MAX)]
        count = 200
        ask = usher.Renew(leases=[])
        requests = [[line.send(renew=ask) for _ in range(count)] for line in lines]
        for line, ids in zip(lines, requests):
            for request in ids:
                self.assertTrue(line.answer_to(request).HasField("renewed"))
            line.close()
        row = self.limit("questions_per_identity_max")
        self.assertEqual((row["bound"], row["highest"]), (QUESTIONS_MAX, QUESTIONS_MAX))

    def test_what_one_asked_and_did_not_stay_for_makes_room_when_it_is_answered(self):
        key = self.key("gone")
        for _ in range(20):
            with self.connect(key) as client:
                for _ in range(3 * QUESTIONS_MAX):
                    client.send(renew=usher.Renew())
        with self.connect(key) as client:
            client.catch_up()
        until(lambda: self.limit("questions_per_identity_max")["in_use"] == 0, "nothing is left")

    def test_status_shows_each_bound_with_its_use(self):
        with self.connect(self.key("shown")):
            until(lambda: self.limit("sessions_per_identity_max")["in_use"] == 1, "it is counted")
            self.assertEqual(self.limit("sessions_max")["in_use"], 1)
            self.assertEqual(self.limit("sessions_per_address_max")["in_use"], 1)
        until(lambda: self.limit("sessions_max")["in_use"] == 0, "it is gone")
        self.assertGreaterEqual(self.limit("sessions_max")["highest"], 1)
        self.assertGreaterEqual(self.limit("local_sessions_max")["in_use"], 1)  # We who look.
        text = self.daemon.must("status")
        self.assertRegex(text, r"(?m)^LIMIT +BOUND +IN USE +HIGHEST$")
        self.assertRegex(text, rf"(?m)^sessions_per_identity_max +{SESSIONS_MAX} +\d+ +\d+$")

    def test_leases_are_counted_with_those_who_wait(self):
        lease = wire.checkout("Client")
        with self.connect() as client:
            client.ask(checkout=lease)
            self.assertEqual(self.limit("leases_max")["in_use"], 1)
            client.ask(checkin=usher.Checkin(lease=lease.lease))
        row = self.limit("leases_max")
        self.assertEqual(row["in_use"], 0)
        self.assertGreaterEqual(row["highest"], 1)

    def test_no_count_of_the_configuration_is_missing(self):
        sample = (SOURCE / "systemd" / "usherd.toml").read_text()
        section = sample.split("[limits]")[1].split("\n[")[0]
        counts = set(re.findall(r"(?m)^# (\w+_max) = ", section))
        # A rate, of which nothing is ever in use.
        counts.discard("log_lines_per_second_max")
        self.assertEqual({row["name"] for row in self.daemon.status()["limits"]}, counts)

    def test_a_viewer_sees_them_and_an_application_does_not(self):
        with self.connect(self.key("viewer", "viewer")) as viewer:
            self.assertTrue(viewer.look().limits)
        with self.connect() as stranger:
            self.assert_refused(stranger.operate(look=operator.Look()), "NOT_ALLOWED")


class Heavy(Siege):
    settings = {"threads": 1, "limits.questions_per_identity_max": QUESTIONS_MAX}

    def test_a_question_that_is_heavier_than_the_bound_is_asked_all_the_same(self):
        with self.connect(self.key("heavy")) as client:
            leases = [bytes([number]) * 16 for number in range(4 * QUESTIONS_MAX)]
            for _ in range(3):
                answer = client.ask(renew=usher.Renew(leases=leases))
                self.assertEqual(len(answer.renewed.leases), len(leases))


if __name__ == "__main__":
    unittest.main()
