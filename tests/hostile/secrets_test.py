"""Lease ids and keys stand in no log, no status, and no file that others may open."""

import base64
import json
import os
import stat
import unittest

from siege import Siege
from support import wire
from support.messages import operator, usher


def spellings(secret):
    """How bytes would look if somebody had written them down."""
    return {secret.hex().encode(), secret.hex().upper().encode(), base64.b64encode(secret),
            base64.urlsafe_b64encode(secret).rstrip(b"="), secret}


class Secrets(Siege):
    settings = {"log.level": "debug"}

    def setUp(self):
        self.secret_key = self.key(f"key-{os.urandom(4).hex()}")
        self.lease = os.urandom(16)
        with self.connect(self.secret_key) as client:
            client.ask(checkout=wire.checkout("Client", lease=self.lease))
            client.ask(checkout=wire.checkout("Client", lease=self.lease, user="other"))
            client.ask(renew=usher.Renew(leases=[self.lease, os.urandom(16)]))
            with self.connect() as thief:
                thief.ask(checkin=usher.Checkin(lease=self.lease))
            with self.operator() as desk:
                self.picture = desk.look()
                self.status = self.daemon.must("status", "--json") + self.daemon.must("status")
                self.leases = self.daemon.must("leases", "--json")
                desk.operate(revoke=operator.Revoke(lease=wire.tag(self.lease), reason="a test"))
            client.ask(checkin=usher.Checkin(lease=self.lease))
        with self.knock() as stranger:
            stranger.hello(self.secret_key[:-1])  # A key with a slip in it is nearly a key.
            stranger.is_closed()

    def secrets(self):
        return spellings(self.lease) | {self.secret_key.encode(),
                                        self.secret_key.removeprefix("usher-key-")[:-1].encode()}

    def test_the_log_has_none(self):
        # relay: a license key in the log of an error.
        log = self.daemon.log.read_bytes()
        self.assertIn(b"UNKNOWN_LEASE", log)
        self.assertIn(b"UNKNOWN_CREDENTIAL", log)
        for secret in self.secrets():
            self.assertNotIn(secret, log)

    def test_neither_status_nor_leases_has_one(self):
        self.assertIn(wire.tag(self.lease), self.status)
        text = self.status.encode() + self.leases.encode() + self.picture.SerializeToString()
        for secret in self.secrets():
            self.assertNotIn(secret, text)

    def test_the_journal_has_no_key(self):
        journal = b"".join(path.read_bytes()
                           for path in sorted((self.daemon.directory / "state").glob("journal*")))
        self.assertNotIn(self.secret_key.removeprefix("usher-key-")[:-1].encode(), journal)

    def test_the_state_is_nobody_elses(self):
        state = self.daemon.directory / "state"
        for path in [state, *state.rglob("*")]:
            with self.subTest(path=path):
                self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0)

    def test_words_of_strangers_are_escaped_in_the_log(self):
        # CVE-2018-8900, CVE-2011-3689, CVE-2017-13754, CVE-2024-50585: markup in logs and in
        # names of servers.
        with self.knock() as hostile:
            hostile.hello(client="\x1b[2J\nusherd: forged line <script>\u202e")
            hostile.ask(checkout=wire.checkout("No\x1bpe\nforged"))
            hostile.ask(checkout=wire.checkout("Nope", user="forged"))
        with self.connect() as later:
            later.catch_up()
        log = self.daemon.log.read_bytes()
        self.assertNotIn(b"\x1b", log)
        self.assertNotIn("\u202e".encode(), log)
        self.assertFalse([line for line in log.splitlines() if line.startswith(b"usherd: forged")])

    def test_status_of_a_name_that_is_hard_to_show_is_one_line_of_json(self):
        lease = wire.checkout("Client", user='quo"te\\', device="Ünï")
        with self.connect() as client:
            client.ask(checkout=lease)
            status = self.daemon.must("status", "--json")
            client.ask(checkin=usher.Checkin(lease=lease.lease))
        self.assertEqual(status.count("\n"), 1)
        held, = (entry for entry in json.loads(status)["leases"] if entry["user"] == 'quo"te\\')
        self.assertEqual(held["device"], "Ünï")


if __name__ == "__main__":
    unittest.main()
