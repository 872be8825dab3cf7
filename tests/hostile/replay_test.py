"""What was signed or said once, shown again: at another host, on another connection, or twice."""

import unittest

from siege import Siege
from support import wire
from support.deaths import Company
from support.messages import usher

NUMBER = "015.120.055.014"


class SignedAnswers(unittest.TestCase):
    """An issuer, and two hosts of whom one asks it."""

    def setUp(self):
        self.company = self.enterContext(Company())
        self.asks, self.other = self.company["a"], self.company["b"]
        self.code = self.company.issuer.sell(NUMBER, "Client", 10)
        self.directory = self.company.directory

    def answered(self, name):
        """The file with what the issuer signed for the host that asks."""
        request, answer = self.directory / f"{name}.request", self.directory / f"{name}.response"
        self.asks.must("activate", self.code, "--offline", "--output", request)
        self.company.issuer.must("approve", request, "--output", answer)
        return answer

    def assert_refused(self, done, code):
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(f"usher: error: {code}: ", done.stderr)

    def test_an_answer_to_one_node_is_nothing_to_another(self):
        # relay: signs a response with a time, but neither the request nor the node.
        answer = self.answered("first")
        done = self.other.usher("activation", "load", answer)
        self.assert_refused(done, "NODELOCK_MISMATCH")
        # Also where the other one has asked for the same.
        self.other.must("activate", self.code, "--offline", "--output",
                        self.directory / "other.request")
        self.assert_refused(self.other.usher("activation", "load", answer), "NODELOCK_MISMATCH")
        self.asks.must("activation", "load", answer, "--profile", "Client")
        self.assertEqual([pool["stock"] for pool in self.asks.status()["pools"]], [10])
        self.assertEqual([pool["stock"] for pool in self.other.status()["pools"]], [])

    def test_an_answer_counts_once(self):
        # relay: what was answered counts as often as it is shown.
        answer = self.answered("first")
        self.asks.must("activation", "load", answer, "--profile", "Client")
        self.asks.must("maintenance", "on")
        self.asks.must("deactivate", NUMBER, "--force", "--output", self.directory / "receipt")
        self.assert_refused(self.asks.usher("activation", "load", answer), "DOCUMENT_USED")
        self.assertFalse(any(license["counts"]
                             for license in self.asks.json("license", "list")["licenses"]))


class Requests(Siege):
    def test_a_proof_is_of_one_connection(self):
        # relay: an answer that is good on another connection. What a client makes of a proof that
        # was made for another one is tried in tests/client/proof_test.cpp.
        proofs = []
        for _ in range(2):
            with self.knock() as connection:
                proofs.append(connection.hello().welcome.proof)
        one, other = proofs
        self.assertEqual(len(one.signature), 64)
        self.assertEqual(one.node_key, other.node_key)
        self.assertNotEqual(one.signature, other.signature)

    def test_a_checkout_that_is_said_again_takes_no_second_seat(self):
        with self.connect() as client:
            lease = wire.checkout("Client", user="again")
            for _ in range(3):
                self.assertTrue(client.ask(checkout=lease).HasField("granted"))
            with self.operator() as desk:
                self.assertEqual(len(desk.look().leases), 1)
            client.ask(checkin=usher.Checkin(lease=lease.lease))


if __name__ == "__main__":
    unittest.main()
