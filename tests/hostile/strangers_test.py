"""Who has no credential: what he is told, what he can guess, and what he finds open."""

import os
import subprocess
import unittest
from pathlib import Path

from siege import Siege
from support import wire
from support.daemon import BIN, Daemon, until
from support.messages import operator, usher


class Closed(Siege):
    """A daemon as it comes: strangers are not let in."""

    settings = {"anonymous": False}

    def assert_serves(self):
        self.assertEqual(self.daemon.status()["mode"], "serving")

    def test_there_is_no_credential_that_nobody_made(self):
        # RLM-default-login: admin with the password admin since its version 15.1.
        with Daemon(self.settings) as fresh:
            self.assertEqual(fresh.json("key", "list")["keys"], [])
            self.assertEqual(fresh.json("certificate", "list")["certificates"], [])
        for guess in ("", "admin", "admin:admin", "usher", "usher-key-", "usher-key-admin",
                      "usher-key-" + "A" * 43):
            with self.subTest(guess=guess), self.knock() as stranger:
                self.assert_refused(stranger.hello(guess), "UNKNOWN_CREDENTIAL")
                self.assertTrue(stranger.is_closed())

    def test_a_key_that_is_wrong_and_one_that_is_no_more_are_told_the_same(self):
        # CVE-2021-44155: a login that tells which names there are.
        revoked = self.key("was-here")
        self.daemon.must("key", "revoke", "was-here")
        alive = self.key("is-here")
        slip = alive[:-1] + ("A" if alive[-1] != "A" else "B")
        answers = set()
        for key in (revoked, slip, "usher-key-" + "A" * 43):
            with self.knock() as stranger:
                answer = stranger.hello(key)
                self.assert_refused(answer, "UNKNOWN_CREDENTIAL")
                answers.add(answer.refused.SerializeToString())
        self.assertEqual(len(answers), 1)

    def test_a_key_cannot_be_guessed(self):
        # CVE-2021-44151: a session by four hexadecimal digits.
        secrets = [self.key(f"guess-{number}").removeprefix("usher-key-") for number in range(20)]
        self.assertEqual(len(set(secrets)), len(secrets))
        for secret in secrets:
            self.assertGreaterEqual(len(secret) * 5, 128)  # Bits, even of 32 letters.
        # Two of them have no more in common than chance gives.
        for one, other in zip(secrets, secrets[1:]):
            same = sum(a == b for a, b in zip(one, other))
            self.assertLess(same, len(one) // 2)

    def test_who_is_not_let_in_learns_nothing(self):
        # CVE-2022-28365: what a page without a login told.
        with self.connect(self.key("known")) as client:
            client.ask(checkout=wire.checkout("Client", user="secret-user", device="secret-desk"))
        heard = b""
        asks = [dict(operate=operator.Operate(look=operator.Look())),
                dict(checkout=wire.checkout("Client")), dict(renew=usher.Renew()),
                dict(hello=usher.Hello(version=1, version_min=1, client="x"))]
        for ask in asks:
            with self.knock() as stranger:
                answer = stranger.ask(**ask)
                self.assertTrue(answer.HasField("refused"), answer)
                stranger.is_closed()
                heard += b"".join(each.SerializeToString()
                                  for each in (answer, *stranger.notices))
        told = [b"secret-user", b"secret-desk", b"Client", b"1.0.0.1", b"acme",
                str(self.daemon.directory).encode(), str(self.daemon.pid).encode(),
                os.uname().nodename.encode() + b"."]
        for secret in told:
            self.assertNotIn(secret, heard)

    def test_it_listens_at_nothing_but_what_its_file_says(self):
        # CVE-2005-0353, Akamai-2015, Kaspersky-2017: large datagrams, answers that are
        # reflected, and a port that opened itself.
        inodes = {os.readlink(path) for path in Path(f"/proc/{self.daemon.pid}/fd").iterdir()
                  if path.is_symlink()}
        found = {}
        for family in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
            table = Path(f"/proc/{self.daemon.pid}/net/{family}")
            lines = table.read_text().splitlines()[1:] if table.exists() else []
            found[family] = [line.split()[1] for line in lines
                             if f"socket:[{line.split()[9]}]" in inodes
                             and (family[:3] != "tcp" or line.split()[3] == "0A")]
        self.assertEqual(found.pop("tcp"), [f"0100007F:{self.daemon.port:04X}"])
        self.assertEqual({name: ports for name, ports in found.items() if ports}, {})


class Impostor(Siege):
    """Another daemon at the address of the first, with a CA of its own."""

    def test_an_application_speaks_to_no_server_but_the_one_it_was_given(self):
        # CVE-2020-11690: a license server that was found is a server that was invented.
        with Daemon() as impostor:
            pinned = self.daemon.server.replace(f":{self.daemon.port}/", f":{impostor.port}/")
            self.assertNotEqual(pinned, impostor.server)
            secret = self.key("victim")
            done = self.daemon.usher("checkout", "Client", USHER_SERVER=pinned, USHER_KEY=secret)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("usher: error: ", done.stderr)
            until(lambda: "connection" in impostor.log_text() or "peer=" in impostor.log_text(),
                  "the impostor has heard of it")
            # It learned neither the key nor what was asked for.
            self.assertNotIn("key:victim", impostor.log_text())
            self.assertNotIn("Client", impostor.log_text())
            self.assertEqual(impostor.status()["leases"], [])

    def test_an_application_without_an_address_looks_for_none(self):
        # CVE-2020-11690: there is no discovery that could be answered by somebody else.
        plain = {name: value for name, value in os.environ.items()
                 if not name.startswith("USHER_")}
        done = subprocess.run(
            ["strace", "-f", "-e", "trace=connect,sendto,sendmsg", "-o", self.directory / "trace",
             BIN / "usher", "checkout", "Client"],
            env={**plain, "ASAN_OPTIONS": "detect_leaks=0",
                 "USHER_SOCKET": str(self.directory / "nobody.sock")},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=wire.PATIENCE,
            check=False)
        self.assertNotEqual(done.returncode, 0)
        trace = (self.directory / "trace").read_text()
        self.assertIn("nobody.sock", trace)  # It was watched.
        self.assertNotIn("AF_INET", trace)


class Downgrade(Siege):
    def test_nothing_older_than_tls_1_3_is_spoken(self):
        # CVE-2020-14517: encryption of its own that could be broken, open to the network.
        for version in ("-tls1", "-tls1_1", "-tls1_2"):
            done = subprocess.run(
                ["openssl", "s_client", version, "-cipher", "ALL:@SECLEVEL=0", "-alpn", wire.ALPN,
                 "-connect", f"127.0.0.1:{self.daemon.port}"],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=wire.PATIENCE,
                check=False)
            self.assertNotIn("Cipher is TLS_AES", done.stdout)
            self.assertRegex(done.stdout, r"Cipher is \(NONE\)|no peer certificate available")

    def test_early_data_is_off_for_it_can_be_replayed(self):
        # relay: an answer, or a request, that counts a second time.
        session = self.directory / "session"
        words = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.daemon.port}", "-alpn",
                 wire.ALPN, "-tls1_3"]
        hello = wire.frame(usher.Request(id=1, hello=usher.Hello(
            version=1, version_min=1, client="early")))
        # The ticket comes with the first words of the server, so something is asked.
        process = subprocess.Popen([*words, "-sess_out", str(session), "-quiet"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        try:
            process.stdin.write(hello)
            process.stdin.flush()
            self.assertTrue(process.stdout.read(4))
            until(session.exists, "a ticket")
        finally:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
        told = subprocess.run(["openssl", "sess_id", "-in", session, "-text", "-noout"],
                              capture_output=True, text=True, check=True).stdout
        self.assertRegex(told, r"Max Early Data: 0\b")


if __name__ == "__main__":
    unittest.main()
