"""usher-issuer at its port: the same documents, and everything that strangers send."""

import concurrent.futures
import contextlib
import os
import sqlite3
import struct
import unittest

from support import wire
from support.documents import Host, payload_of
from support.issuer import Issuer
from support.messages import operator, usher

NUMBER = "015.120.055.014"


class Port(unittest.TestCase):
    """One issuer for all tests of a class; each must leave it serving."""

    @classmethod
    def setUpClass(cls):
        cls.issuer = Issuer()
        cls.addClassCleanup(cls.issuer.close)
        cls.issuer.serve()
        cls.ca_file = wire.ca_of(cls.issuer.uri, cls.issuer.directory / "key")

    def setUp(self):
        self.number = f"1.0.0.{os.urandom(4).hex()}"
        self.code = self.issuer.sell(self.number, "Client", 10)
        self.a = Host("host-a")
        self.b = Host("host-b")

    def tearDown(self):
        with self.connect() as honest:
            answer = self.carry(honest, self.a.showing("none", 1))
            self.assertEqual(answer.refused.code, "UNKNOWN_LICENSE", answer)

    def connect(self):
        connection = wire.Connection.over_tls(self.issuer.uri, self.ca_file)
        self.assertTrue(connection.hello().HasField("welcome"))
        return connection

    @staticmethod
    def carry(connection, document):
        return connection.ask(carry=usher.Carry(document=document))

    def carried(self, document):
        with self.connect() as courier:
            return self.carry(courier, document)


class Documents(Port):
    def test_a_request_is_answered_and_its_receipt_is_received(self):
        answer = self.carried(self.a.request(self.code))
        self.assertEqual(payload_of(answer.carried.document)["number"], 1)
        self.assertEqual(payload_of(answer.carried.document)["issuer"], self.issuer.uri)
        said = self.carried(self.a.showing(self.number, 1))
        self.assertTrue(payload_of(said.carried.document)["active"])
        said = self.carried(self.a.receipt(self.number, 1))
        self.assertFalse(payload_of(said.carried.document)["active"])

    def test_the_file_and_the_wire_have_the_same_answer(self):
        request = self.a.request(self.code)
        self.assertEqual(self.carried(request).carried.document,
                         self.issuer.must("approve", "-", input=request))

    def test_a_no_carries_its_host(self):
        self.carried(self.a.request(self.code))
        no = self.carried(self.b.request(self.code)).refused
        self.assertEqual((no.code, no.host), ("ALREADY_ACTIVE", "host-a"))

    def test_a_fourth_move_is_told_when_it_may_be(self):
        hosts = [Host(f"host-{name}") for name in "abcde"]
        for number, host in enumerate(hosts[:4], 1):
            self.assertTrue(self.carried(host.request(self.code)).HasField("carried"))
            self.carried(host.receipt(self.number, number))
        no = self.carried(hosts[4].request(self.code)).refused
        self.assertEqual(no.code, "TRANSFER_LIMIT")
        self.assertGreater(no.retry_at_us, 0)

    def test_of_two_who_ask_at_once_one_has_it_and_the_other_is_told_who(self):
        requests = {host.name: host.request(self.code) for host in (self.a, self.b)}
        with concurrent.futures.ThreadPoolExecutor(2) as both:
            answers = dict(zip(requests, both.map(self.carried, requests.values())))
        winners = [name for name, answer in answers.items() if answer.HasField("carried")]
        self.assertEqual(len(winners), 1, answers)
        loser, = set(answers) - set(winners)
        self.assertEqual(answers[loser].refused.code, "ALREADY_ACTIVE")
        self.assertEqual(answers[loser].refused.host, winners[0])

    def test_one_request_twice_at_once_is_one_activation(self):
        request = self.a.request(self.code)
        with concurrent.futures.ThreadPoolExecutor(4) as all_at_once:
            answers = list(all_at_once.map(self.carried, [request] * 4))
        self.assertEqual(len({answer.carried.document for answer in answers}), 1)
        self.assertEqual(payload_of(answers[0].carried.document)["number"], 1)

    def test_nothing_is_lent_here(self):
        with self.connect() as client:
            answer = client.ask(checkout=wire.checkout("Client"))
            self.assertEqual(answer.refused.code, "UNKNOWN_PROFILE")
            self.assertEqual(client.welcome.role, "application")
            self.assertEqual(client.welcome.proof.licenses, [])

    def test_no_code_is_in_the_log(self):
        self.carried(self.a.request(self.code))
        self.assertNotIn(self.code.rpartition("/")[2], self.issuer.log_text())


class Hostile(Port):
    def test_what_is_no_document_is_refused(self):
        long = "x" * (16 << 10)
        with self.connect() as hostile:
            for text in ("", "x", "a.b.c", long, long + "x", "usher-node:", "\0" * 100,
                         self.a.request(self.code)[:-20]):
                with self.subTest(text=text[:20], length=len(text)):
                    self.assertEqual(self.carry(hostile, text).refused.code, "DOCUMENT_INVALID")

    def test_guesses_are_refused_and_leave_no_trace(self):
        before = len(self.issuer.audit())
        with self.connect() as hostile:
            for _ in range(20):
                guess = self.number + "/" + "0" * 32
                answer = self.carry(hostile, self.a.request(guess))
                self.assertEqual(answer.refused.code, "BAD_ACTIVATION_CODE")
        self.assertEqual(len(self.issuer.audit()), before)

    def test_frames_that_are_none_end_the_connection(self):
        for text in (struct.pack(">I", 0), struct.pack(">I", 0xFFFFFFFF), wire.frame(b"\x0a\xff"),
                     wire.frame(usher.Request(id=0, carry=usher.Carry()))):
            with self.subTest(text=text[:8]), self.connect() as hostile:
                hostile.send_bytes(text)
                self.assertTrue(hostile.is_closed())

    def test_each_operators_verb_is_nobodys(self):
        for verb in operator.Operate.DESCRIPTOR.oneofs_by_name["verb"].fields:
            operate = operator.Operate()
            getattr(operate, verb.name).SetInParent()
            with self.subTest(verb=verb.name), self.connect() as hostile:
                self.assertEqual(hostile.ask(operate=operate).refused.code, "NOT_ALLOWED")

    def test_a_record_that_another_program_keeps_is_a_no_for_now(self):
        request = self.a.request(self.code)
        with contextlib.closing(sqlite3.connect(self.issuer.directory / "key" / "issuer.db",
                                                isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            no = self.carried(request).refused
            self.assertEqual(no.code, "LIMIT_REACHED")
            self.assertIn("record", no.text)
            other.execute("ROLLBACK")
        self.assertEqual(payload_of(self.carried(request).carried.document)["number"], 1)

    def test_a_courier_who_dies_between_has_its_effect_once(self):
        request = self.a.request(self.code)
        whole = wire.frame(usher.Request(id=2, carry=usher.Carry(document=request)))
        for length in (1, 4, len(whole) // 2, len(whole)):
            hostile = self.connect()
            hostile.send_bytes(whole[:length])
            hostile.close()
        answer = self.carried(request)
        self.assertEqual(payload_of(answer.carried.document)["number"], 1)


class Ends(unittest.TestCase):
    def test_it_stops_when_asked_and_comes_back_at_its_address_with_its_record(self):
        with Issuer() as issuer:
            code = issuer.sell(NUMBER, "Client", 10)
            issuer.serve()
            port, uri = issuer.port, issuer.uri
            ca_file = wire.ca_of(uri, issuer.directory / "key")
            request = Host("host-a").request(code)

            def ask():
                with wire.Connection.over_tls(uri, ca_file) as courier:
                    courier.hello()
                    return Port.carry(courier, request).carried.document
            first = ask()
            self.assertEqual(issuer.stop(), 0)
            self.assertEqual(issuer.must("address").strip(), uri)
            issuer.serve(port=port)
            self.assertEqual(issuer.uri, uri)
            self.assertEqual(ask(), first)

    def test_a_death_around_the_commit_leaves_the_old_state_or_the_new_one(self):
        # The first commit of serve is that of its address.
        for die, number in (("before:2", None), ("after:2", 1)):
            with self.subTest(die=die), Issuer() as issuer:
                code = issuer.sell(NUMBER, "Client", 10)
                issuer.serve(die=die)
                ca_file = wire.ca_of(issuer.uri, issuer.directory / "key")
                request = Host("host-a").request(code)
                with wire.Connection.over_tls(issuer.uri, ca_file) as courier:
                    courier.hello()
                    with self.assertRaises(wire.HungUp):
                        Port.carry(courier, request)
                issuer.process.wait()
                issuer.stop()
                active = issuer.licenses()[NUMBER]["active"]
                self.assertEqual(active and active["number"], number)
                issuer.serve()
                with wire.Connection.over_tls(issuer.uri, ca_file) as courier:
                    courier.hello()
                    answer = Port.carry(courier, request)
                self.assertEqual(payload_of(answer.carried.document)["number"], 1)


if __name__ == "__main__":
    unittest.main()
