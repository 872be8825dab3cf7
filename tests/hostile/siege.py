"""What hostile tests have in common: a daemon, and an honest client after each attack."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from support import wire
from support.daemon import Daemon
from support.messages import usher
from support.scenario.vendor import License, Vendors

# What a license of the house is for: Client seats, counted per lease.
SEATS = 10


class Siege(unittest.TestCase):
    """One daemon for all tests of a class; each must leave it serving."""

    settings = {}
    seats = SEATS  # None: unlimited.

    @classmethod
    def setUpClass(cls):
        cls.rooms = tempfile.TemporaryDirectory(prefix="usher-siege-")
        cls.addClassCleanup(cls.rooms.cleanup)
        cls.directory = Path(cls.rooms.name)
        cls.vendors = Vendors(cls.directory / "vendors")
        cls.daemon = Daemon({"vendor_keys": [cls.vendors.trusted().key], **cls.settings})
        cls.addClassCleanup(cls.daemon.close)
        cls.daemon.start()
        cls.ca_file = wire.ca_of(cls.daemon.server, cls.daemon.directory / "state")
        cls.install(License("1.0.0.1", "Client", cls.seats, "lease"), "Client")

    def tearDown(self):
        self.assert_serves()

    def assert_serves(self):
        """An honest application gets a seat and gives it back."""
        self.assertIsNone(self.daemon.process.poll(), self.daemon.log_text()[-2000:])
        with self.connect() as honest:
            lease = wire.checkout("Client", user="honest", device="desk-1")
            answer = honest.ask(checkout=lease)
            self.assertTrue(answer.HasField("granted"), answer)
            answer = honest.ask(checkin=usher.Checkin(lease=lease.lease))
            self.assertTrue(answer.HasField("done"), answer)

    # Connections.

    @classmethod
    def knock(cls, certificate=None, context=None, session=None):
        """A connection that has not said hello."""
        return wire.Connection.over_tls(cls.daemon.server, cls.ca_file, certificate, context,
                                        session)

    @classmethod
    def connect(cls, key=""):
        """A connection that was let in."""
        connection = cls.knock()
        answer = connection.hello(key)
        if not answer.HasField("welcome"):
            connection.close()
            raise AssertionError(f"not let in: {answer}")
        return connection

    @classmethod
    def operator(cls):
        """The administrator at the local socket."""
        connection = wire.Connection.local(cls.daemon.socket)
        connection.hello()
        return connection

    @classmethod
    def key(cls, name, role="application"):
        return cls.daemon.json("key", "create", name, "--role", role)["key"]

    # Licenses.

    @classmethod
    def signed(cls, license, node=None):
        return cls.vendors.sign(license, node)

    @classmethod
    def install(cls, license, profile, node=None):
        cls.daemon.must("license", "install", "-", "--profile", profile,
                        input=cls.signed(license, node))

    # Claims.

    def assert_refused(self, answer, code):
        """That a response, or the state of a renewed lease, is the refusal `code`."""
        self.assertTrue(answer.HasField("refused"), answer)
        self.assertEqual(answer.refused.code, code, answer)
        self.assertTrue(answer.refused.text)
        self.assertTrue(answer.refused.cures)

    def assert_hung_up(self, connection, reason="protocol_error"):
        """That the daemon ends this connection, and says why."""
        self.assertTrue(connection.is_closed())
        reasons = [notice.ending.reason for notice in connection.notices
                   if notice.HasField("ending")]
        self.assertEqual(reasons, [reason])


def openssl(*arguments, faketime=None):
    """Runs the openssl command line, which must succeed; `faketime` is how far its clock is off."""
    command = ["faketime", "-f", faketime] if faketime else []
    subprocess.run([*command, "openssl", *map(str, arguments)], check=True, capture_output=True)
