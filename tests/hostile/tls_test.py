"""What comes before the first message: no TLS, wrong TLS, wrong certificates, and no bytes."""

import contextlib
import resource
import socket
import ssl
import tempfile
import time
import unittest
from pathlib import Path

from siege import Siege, at_both_ports, openssl
from support import wire


@at_both_ports
class WhoDoesNotSpeakTls(Siege):
    def raw(self):
        stream = socket.create_connection(("127.0.0.1", self.house.port), wire.PATIENCE)
        self.addCleanup(stream.close)
        return stream

    def assert_turned_away(self, *said):
        """What is no TLS is ended by the daemon, with no more than an alert."""
        stream = self.raw()
        heard = b""
        with contextlib.suppress(ConnectionError):
            for piece in said:
                stream.sendall(piece)
            while piece := stream.recv(65536):
                heard += piece
        self.assertLessEqual(len(heard), 64)
        self.assertIn(heard[:1], (b"", b"\x15"))

    def test_garbage_is_turned_away(self):
        self.assert_turned_away(b"\x00" * 4096)
        self.assert_turned_away(bytes(range(256)) * 64)
        self.assert_turned_away(b"SSH-2.0-OpenSSH_9.2\r\n" * 20)

    def test_plain_http_is_turned_away(self):
        self.assert_turned_away(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

    def test_a_frame_without_tls_is_turned_away(self):
        hello = wire.usher.Request(id=1, hello=wire.usher.Hello(version=1, version_min=1))
        self.assert_turned_away(wire.frame(hello))

    def test_a_client_hello_that_is_cut_off_is_no_more_than_a_lost_connection(self):
        for length in (1, 5, 6, 20, 100):
            stream = self.raw()
            stream.sendall(wire.first_flight()[:length])
            stream.close()

    def test_a_client_hello_with_any_byte_changed_leaves_the_daemon_alone(self):
        whole = wire.first_flight()
        for position in range(0, len(whole), 7):
            changed = bytearray(whole)
            changed[position] ^= 0xFF
            stream = self.raw()
            stream.sendall(changed)
            stream.close()

    def test_a_record_longer_than_tls_allows_is_turned_away(self):
        self.assert_turned_away(b"\x16\x03\x01\xff\xff" + b"\x01" * 0xFFFF)


def make_ca(directory, name):
    """A CA for two days, and its key."""
    ca, key = directory / f"{name}-ca.pem", directory / f"{name}-ca.key"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", key, "-out", ca, "-subj", f"/CN={name} CA", "-days", "2",
            "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign")
    return ca, key


def make_certificate(directory, name, ca, ca_key, *, faketime=None):
    """A client's certificate that `ca` signed, for a day from now, or from `faketime` on."""
    files = {kind: directory / f"{name}.{kind}" for kind in ("key", "csr", "pem", "ext")}
    files["ext"].write_text("extendedKeyUsage=clientAuth\nbasicConstraints=critical,CA:FALSE\n")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", files["key"], "-out", files["csr"], "-subj", f"/CN={name}")
    openssl("x509", "-req", "-in", files["csr"], "-CA", ca, "-CAkey", ca_key, "-days", "1",
            "-extfile", files["ext"], "-out", files["pem"], faketime=faketime)
    return files["pem"], files["key"]


@at_both_ports
class WhoSpeaksTheWrongTls(Siege):
    def assert_no_handshake(self, context):
        with self.assertRaises((ssl.SSLError, wire.HungUp, OSError)):
            connection = self.knock(context=context)
            self.addCleanup(connection.close)
            connection.hello()

    def test_tls_1_2_is_refused(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.ca_file)
        context.set_alpn_protocols([wire.ALPN])
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.assert_no_handshake(context)

    def test_another_protocol_name_is_refused(self):
        context = wire.client_context(self.ca_file)
        context.set_alpn_protocols(["h2", "http/1.1"])
        self.assert_no_handshake(context)

    def test_no_protocol_name_is_refused(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.ca_file)
        self.assert_no_handshake(context)

    def test_a_client_that_trusts_another_ca_does_not_believe_this_server(self):
        other_ca, _ = make_ca(self.directory, "other")
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.knock(context=wire.client_context(other_ca))

    def test_a_client_that_wants_another_host_does_not_believe_this_server(self):
        context = wire.client_context(self.ca_file)
        raw = socket.create_connection(("127.0.0.1", self.house.port), wire.PATIENCE)
        self.addCleanup(raw.close)
        with self.assertRaises(ssl.SSLCertVerificationError):
            context.wrap_socket(raw, server_hostname="license.example.com")

    # Certificates of clients.

    def made(self, name, *ca, **more):
        return make_certificate(self.directory, name, *ca, **more)

    def own_ca(self):
        """The daemon's CA and its key, as a thief would have them."""
        return self.ca_file, self.ca_file.with_suffix(".key")

    def test_a_certificate_of_another_ca_is_refused(self):
        self.assert_not_let_in(self.made("stranger", *make_ca(self.directory, "stranger")))

    def test_a_certificate_that_has_expired_is_refused(self):
        self.assert_not_let_in(self.made("late", *self.own_ca(), faketime="-3d"))

    def test_a_certificate_that_is_not_valid_yet_is_refused(self):
        self.assert_not_let_in(self.made("early", *self.own_ca(), faketime="+3d"))

    def test_a_certificate_of_our_ca_that_the_daemon_never_made_is_refused(self):
        self.assert_not_let_in(self.made("forged", *self.own_ca()))


class CertificatesThatTheDaemonMade(Siege):
    def test_one_that_was_revoked_is_refused(self):
        self.daemon.must("certificate", "create", "gone", "--directory", self.directory)
        certificate = (self.directory / "gone.pem", self.directory / "gone.key")
        with self.knock(certificate=certificate) as connection:
            self.assertEqual(connection.hello().welcome.identity, "cert:gone")
            self.daemon.must("certificate", "revoke", "gone")
            self.assert_hung_up(connection, "credential_revoked")
        self.assert_not_let_in(certificate)


class CertificatesOfTheOperatorsOwnCa(Siege):
    """Here only its dates are wrong with a certificate: the daemon keeps no list of them."""

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="usher-ca-") as directory:
            cls.ca = make_ca(Path(directory), "office")
            cls.settings = {"tls.client_ca": str(cls.ca[0]), "anonymous": True}
            cls.office = Path(directory)
            cls.certificates = {
                when: make_certificate(cls.office, when, *cls.ca, faketime=faketime)
                for when, faketime in (("today", None), ("late", "-3d"), ("early", "+3d"))}
            super().setUpClass()
            cls.contexts = {when: wire.client_context(cls.ca_file, certificate)
                            for when, certificate in cls.certificates.items()}

    def test_a_certificate_of_today_is_let_in_as_an_application(self):
        with self.knock(context=self.contexts["today"]) as connection:
            welcome = connection.hello().welcome
        self.assertEqual((welcome.identity, welcome.role), ("foreign:today", "application"))

    def test_a_stranger_is_no_application_of_that_ca(self):
        stranger = make_certificate(self.directory, "stranger", *make_ca(self.directory, "other"))
        context = wire.client_context(self.ca_file, stranger)
        session = None
        for _ in ("the whole handshake", "one that resumes it"):
            with self.knock(context=context, session=session) as connection:
                self.assertEqual(connection.stream.session_reused, session is not None)
                self.assert_refused(connection.hello(), "UNKNOWN_CREDENTIAL")
                self.assertTrue(connection.is_closed())
                session = connection.stream.session

    def test_an_expired_certificate_and_one_of_tomorrow_are_refused(self):
        for when in ("late", "early"):
            with self.subTest(when), self.assertRaises((ssl.SSLError, wire.HungUp)):
                with self.knock(context=self.contexts[when]) as connection:
                    connection.hello()


class CertificatesOfAnAuthorityThatIsGone(Siege):
    """The ledger knows them, as it does after a move, and the CA that signed them is not ours."""

    settings = {"lease.term": "10m"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, role in (("solver", "application"), ("chief", "operator"),
                           ("gone", "application")):
            cls.daemon.must("certificate", "create", name, "--role", role,
                            "--directory", cls.directory)
        cls.lease = wire.checkout("Client", user="daisy", device="desk-7")
        with cls.knock(cls.certificate("solver")) as connection:
            connection.hello()
            connection.ask(checkout=cls.lease)
        tls = cls.ca_file.parent
        for name in ("ca.pem", "ca.key"):
            (tls / name).rename(cls.directory / name)
        cls.daemon.restart()
        cls.daemon.forget_server()
        cls.ca_file = wire.ca_of(cls.daemon.server, cls.daemon.directory / "state")

    @classmethod
    def certificate(cls, name):
        return cls.directory / f"{name}.pem", cls.directory / f"{name}.key"

    def test_whose_certificate_is_known_has_its_name_its_role_and_its_seat(self):
        with self.knock(self.certificate("chief")) as connection:
            welcome = connection.hello().welcome
            self.assertEqual((welcome.identity, welcome.role), ("cert:chief", "operator"))
        with self.knock(self.certificate("solver")) as connection:
            self.assertEqual(connection.hello().welcome.identity, "cert:solver")
            answer = connection.ask(renew=wire.usher.Renew(leases=[self.lease.lease]))
            self.assertEqual([lease.state for lease in answer.renewed.leases],
                             [wire.usher.LeaseState.HELD])

    def test_one_that_was_revoked_is_refused(self):
        with self.knock(self.certificate("gone")) as connection:
            self.assertEqual(connection.hello().welcome.identity, "cert:gone")
            self.daemon.must("certificate", "revoke", "gone")
            self.assert_hung_up(connection, "credential_revoked")
        with self.knock(self.certificate("gone")) as connection:
            self.assert_refused(connection.hello(), "UNKNOWN_CREDENTIAL")

    def test_what_a_thief_signs_with_its_key_is_refused(self):
        ca = self.directory / "ca.pem", self.directory / "ca.key"
        with self.knock(make_certificate(self.directory, "forged", *ca)) as connection:
            self.assert_refused(connection.hello(), "UNKNOWN_CREDENTIAL")
            self.assertTrue(connection.is_closed())


@at_both_ports
class AThousandHalfOpenHandshakes(Siege):
    COUNT = 1000

    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.streams = []
        self.addCleanup(lambda: [stream.close() for stream in self.streams])

    def besiege(self, said):
        for _ in range(self.COUNT):
            stream = socket.create_connection(("127.0.0.1", self.house.port), wire.PATIENCE)
            self.streams.append(stream)
            with contextlib.suppress(ConnectionError):
                stream.sendall(said)

    def assert_serves_in_time(self):
        began = time.monotonic()
        for _ in range(5):
            self.assert_serves()
        self.assertLess(time.monotonic() - began, wire.PATIENCE / 2)

    def test_an_honest_client_works_while_a_thousand_say_nothing(self):
        self.besiege(b"")
        self.assert_serves_in_time()

    def test_an_honest_client_works_while_a_thousand_have_begun_and_go_no_further(self):
        # relay: no peer has a deadline.
        self.besiege(wire.first_flight()[:100])
        self.assert_serves_in_time()

    def test_an_honest_client_that_was_there_before_works_on(self):
        with self.connect() as honest:
            self.besiege(wire.first_flight())
            self.assert_answers(honest)


if __name__ == "__main__":
    unittest.main()
