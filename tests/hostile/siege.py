"""What hostile tests have in common: a daemon or an issuer's port, and an honest client after each
attack."""

import ssl
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support import wire
from support.daemon import Daemon
from support.documents import Host
from support.issuer import Issuer
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
        cls.house = cls.daemon
        cls.ca_file = wire.ca_of(cls.daemon.server, cls.daemon.directory / "state")
        cls.install(License("1.0.0.1", "Client", cls.seats, "lease"), "Client")

    def tearDown(self):
        self.assert_serves()

    def assert_serves(self):
        """An honest client gets what it wants."""
        self.assertIsNone(self.house.process.poll(), self.house.log_text()[-2000:])
        with self.connect() as honest:
            self.assert_answers(honest)

    # What is behind the door.

    def assert_answers(self, honest):
        """An application gets a seat and gives it back."""
        lease = wire.checkout("Client", user="honest", device="desk-1")
        answer = honest.ask(checkout=lease)
        self.assertTrue(answer.HasField("granted"), answer)
        answer = honest.ask(checkin=usher.Checkin(lease=lease.lease))
        self.assertTrue(answer.HasField("done"), answer)

    def request(self, number):
        """One that changes something, where it is understood."""
        return usher.Request(id=number, checkout=wire.checkout("Client", user="cut"))

    def assert_no_trace(self):
        """Of such requests."""
        with self.operator() as desk:
            self.assertEqual([lease for lease in desk.look().leases if lease.user == "cut"], [])

    # Connections.

    @classmethod
    def knock(cls, certificate=None, context=None, session=None):
        """A connection that has not said hello."""
        return wire.Connection.over_tls(cls.house.server, cls.ca_file, certificate, context,
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

    def assert_not_let_in(self, certificate):
        """TLS 1.3 tells the client of a bad certificate only after its own handshake has ended."""
        try:
            with self.knock(certificate=certificate) as connection:
                self.assert_refused(connection.hello(), "UNKNOWN_CREDENTIAL")
                self.assertTrue(connection.is_closed())
        except (ssl.SSLError, wire.HungUp):
            pass


class IssuersPort(Siege):
    """The same door with an issuer behind it: nothing is lent, nobody operates, and what is
    answered are documents."""

    NUMBER = "015.120.055.014"

    @classmethod
    def setUpClass(cls):
        cls.rooms = tempfile.TemporaryDirectory(prefix="usher-siege-")
        cls.addClassCleanup(cls.rooms.cleanup)
        cls.directory = Path(cls.rooms.name)
        cls.house = Issuer()
        cls.addClassCleanup(cls.house.close)
        cls.code = cls.house.sell(cls.NUMBER, "Client", 10)
        cls.house.serve()
        cls.ca_file = wire.ca_of(cls.house.server, cls.house.directory / "key")
        cls.host = Host("host-a")

    def assert_answers(self, honest):
        """A host is told about a license."""
        answer = honest.ask(carry=usher.Carry(document=self.host.showing("none", 1)))
        self.assertEqual(answer.refused.code, "UNKNOWN_LICENSE", answer)

    def request(self, number):
        return usher.Request(id=number, carry=usher.Carry(document=self.host.request(self.code)))

    def assert_no_trace(self):
        self.assertIsNone(self.house.licenses()[self.NUMBER]["active"])


def at_both_ports(siege):
    """Besieges an issuer's port in the same way: the tests of `siege` once more."""
    name = f"{siege.__name__}AtAnIssuersPort"
    again = type(name, (IssuersPort, siege), {"__module__": siege.__module__,
                                              "__doc__": siege.__doc__})
    setattr(sys.modules[siege.__module__], name, again)
    return siege


def openssl(*arguments, faketime=None):
    """Runs the openssl command line, which must succeed; `faketime` is how far its clock is off."""
    command = ["faketime", "-f", faketime] if faketime else []
    subprocess.run([*command, "openssl", *map(str, arguments)], check=True, capture_output=True)
