"""What lies in the daemon's directories, and who put it there: links, files of others, keys that
others may read, and a configuration that others may write. Each stops the start, by name."""

import os
import re
import signal
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

from siege import openssl
from support.daemon import BIN, PATIENCE, Daemon, toml, until
from tls_test import make_ca, make_certificate

SECRETS = ("node.json", "tls/ca.key", "tls/server.key", "tls/tickets")
NOBODY = 65534


class Stopped(unittest.TestCase):
    """A daemon that ran once, so that all its files are there."""

    settings = {}

    def setUp(self):
        self.daemon = Daemon(self.settings)
        self.addCleanup(self.daemon.close)
        self.daemon.start()
        self.daemon.must("key", "create", "solver")
        self.assertEqual(self.daemon.stop(), 0)
        self.state = self.daemon.directory / "state"

    def started(self, **environment):
        """What usherd says and gives, if it does not run on."""
        self.daemon.write_config()
        return subprocess.run(
            [BIN / "usherd", "--config", self.daemon.config, "--allow-root"], text=True,
            env={**os.environ, **environment}, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=PATIENCE, check=False)

    def assert_stops(self, sentence, **environment):
        done = self.started(**environment)
        self.assertEqual(done.returncode, 1, done.stderr)
        lines = [line for line in done.stderr.splitlines() if line.startswith("usherd: ")]
        self.assertEqual(len(lines), 2, done.stderr)
        self.assertRegex(lines[0], rf"^usherd: error: .*{sentence}")
        self.assertRegex(lines[1], r"^usherd: hint: \w")

    def assert_starts(self):
        self.daemon.start()
        self.assertEqual(self.daemon.status()["mode"], "serving")
        self.assertEqual(self.daemon.stop(), 0)


class Links(Stopped):
    def test_a_link_in_the_place_of_a_secret_is_not_followed(self):
        # CVE-2021-41057, CVE-2019-20383: a link in the data directory leads to any file.
        for name in (*SECRETS, "journal.db"):
            with self.subTest(name):
                file = self.state / name
                aside = self.daemon.directory / "aside"
                file.rename(aside)
                file.symlink_to(aside)
                self.assert_stops(re.escape(name) + r".* a (symbolic )?link\b")
                file.unlink()
                aside.rename(file)
        self.assert_starts()

    def test_what_a_link_leads_to_is_not_written(self):
        # CVE-2021-41057, CVE-2019-20383
        victim = self.daemon.directory / "victim"
        victim.write_text("precious")
        for name in ("node.json.new", "tls/ca.key.new", "tls/server.key.new", "tls/tickets.new"):
            (self.state / name).symlink_to(victim)
        for name in ("node.json", "tls/ca.key", "tls/ca.pem", "tls/server.key", "tls/server.pem",
                     "tls/tickets"):
            (self.state / name).unlink()  # All of them are made anew.
        for path in self.state.glob("journal*"):
            path.unlink()
        self.assert_starts()
        self.assertEqual(victim.read_text(), "precious")
        self.assertEqual(stat.S_IMODE(victim.stat().st_mode) & 0o400, 0o400)

    def test_a_link_in_the_place_of_the_socket_is_not_taken_away(self):
        # CVE-2019-20383
        victim = self.daemon.directory / "victim"
        victim.write_text("precious")
        self.daemon.socket.symlink_to(victim)
        self.assert_stops(r"usherd\.sock")
        self.assertTrue(self.daemon.socket.is_symlink())
        self.assertEqual(victim.read_text(), "precious")


class Readers(Stopped):
    def test_a_key_that_the_group_or_the_world_may_read_stops_the_start(self):
        # AA-96.03, CVE-2020-10056
        for name in SECRETS:
            for mode in (0o640, 0o604, 0o666):
                with self.subTest(name, mode=oct(mode)):
                    os.chmod(self.state / name, mode)
                    self.assert_stops(re.escape(name) + " can be read by others")
                    os.chmod(self.state / name, 0o600)
        self.assert_starts()

    def test_a_state_directory_or_journal_that_is_open_stops_the_start(self):
        for name, mode, sentence in (("", 0o755, "state can be read by others"),
                                     ("tls", 0o750, "tls can be read by others"),
                                     ("journal.db", 0o644, "journal.db is open to others")):
            with self.subTest(name):
                path = self.state / name
                before = stat.S_IMODE(path.stat().st_mode)
                os.chmod(path, mode)
                self.assert_stops(sentence)
                os.chmod(path, before)
        self.assert_starts()

    def test_all_that_it_makes_is_its_own(self):
        # CVE-2014-8419
        self.assertEqual(stat.S_IMODE(self.state.stat().st_mode), 0o700)
        for path in self.state.rglob("*"):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0, path)


class GivenKeys(Stopped):
    """A certificate of the operator's own."""

    @classmethod
    def setUpClass(cls):
        directory = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="usher-given-")))
        ca, ca_key = make_ca(directory, "office")
        cls.key, request = directory / "server.key", directory / "server.csr"
        names, certificate = directory / "names", directory / "server.pem"
        names.write_text("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", cls.key, "-out", request, "-subj", "/CN=localhost")
        openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-days", "2",
                "-extfile", names, "-out", certificate)
        os.chmod(cls.key, 0o600)
        cls.settings = {"tls.certificate": str(certificate), "tls.key": str(cls.key),
                        "tls.ca": str(ca)}

    def test_one_that_the_world_may_read_stops_the_start_and_one_of_a_group_does_not(self):
        # AA-96.03: keys that all may read. Where services share a certificate, their group may.
        os.chmod(self.key, 0o644)
        self.assert_stops(r"server\.key can be read by others")
        os.chmod(self.key, 0o640)
        self.assert_starts()
        os.chmod(self.key, 0o600)


@unittest.skipUnless(os.geteuid() == 0, "only root can give a file away")
class Owners(Stopped):
    def test_a_secret_of_another_user_stops_the_start(self):
        # CVE-2021-41057
        for name in ("", "tls", *SECRETS, "journal.db"):
            with self.subTest(name):
                path = self.state / name
                os.chown(path, NOBODY, NOBODY)
                self.assert_stops("belongs to another user")
                os.chown(path, 0, 0)
        self.assert_starts()

    def test_a_configuration_of_another_user_stops_the_start(self):
        # AA-96.03, CVE-2020-10056: who may edit it says what a service of root's does.
        self.daemon.write_config()
        os.chown(self.daemon.config, NOBODY, NOBODY)
        self.assert_stops(r"usherd\.toml can be changed by others")
        os.chown(self.daemon.config, 0, 0)
        self.assert_starts()


class Writers(Stopped):
    def test_a_configuration_that_others_may_write_or_replace_stops_the_start(self):
        # AA-96.03, CVE-2020-10056
        for path, mode in ((self.daemon.config, 0o602), (self.daemon.directory, 0o703)):
            with self.subTest(path=path):
                before = stat.S_IMODE(path.stat().st_mode)
                os.chmod(path, mode)
                self.assert_stops(re.escape(path.name) + " can be changed by others")
                os.chmod(path, before)
        self.assert_starts()

    def test_a_configuration_that_others_may_write_by_now_is_not_taken_over(self):
        # CVE-2020-10056
        with Daemon() as daemon:
            os.chmod(daemon.config, 0o646)
            daemon.settings["log.level"] = "debug"
            daemon.reload()
            said = "configuration not taken over: .*usherd.toml can be changed by others"
            until(lambda: re.search(said, daemon.log_text()), said)
            self.assertNotIn("configuration taken over", daemon.log_text())

    def test_what_loads_code_into_it_is_not_taken_from_where_others_may_write(self):
        # CVE-2024-2658, CVE-2014-0759, CVE-2020-37017: a configuration of OpenSSL, a program or
        # a module from a place that others may fill.
        with tempfile.TemporaryDirectory(prefix="usher-open-") as name:
            directory = Path(name)
            config = directory / "openssl.cnf"
            config.write_text("openssl_conf = default\n")
            os.chmod(config, 0o644)
            os.chmod(directory, 0o777)
            for variable, value in (("OPENSSL_CONF", config), ("OPENSSL_MODULES", directory),
                                    ("OPENSSL_ENGINES", directory)):
                with self.subTest(variable):
                    self.assert_stops(rf"{variable}: .* can be changed by others",
                                      **{variable: str(value)})
            os.chmod(directory, 0o755)
            os.chmod(config, 0o666)
            self.assert_stops("OPENSSL_CONF: .* can be changed by others",
                              OPENSSL_CONF=str(config))
            self.assert_stops("OPENSSL_CONF: cannot open",
                              OPENSSL_CONF=str(directory / "not" / "there.cnf"))

    def test_whatever_it_reads_at_its_start_only_root_and_itself_can_change(self):
        # CVE-2024-2658, CVE-2014-0759
        trace = self.daemon.directory / "trace"
        self.daemon.write_config()
        process = subprocess.Popen(
            ["strace", "-f", "-o", trace, "-e", "trace=open,openat,execve", BIN / "usherd",
             "--config", self.daemon.config, "--allow-root", "--print-port"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        try:
            self.assertTrue(process.stdout.readline().strip().isdigit())
        finally:
            # strace passes the daemon's end on, and ends with it.
            self.daemon.usher("status")
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            for child in children.read_text().split():
                os.kill(int(child), signal.SIGTERM)
            process.wait(PATIENCE)
            process.stdout.close()
        self.assert_only_ours(set(re.findall(r'(?:open|openat|execve)\(.*?"(/[^"]+)"',
                                             trace.read_text())))

    def assert_only_ours(self, paths):
        self.assertTrue(any(path.endswith("usherd.toml") for path in paths))
        for path in map(Path, paths):
            if path.is_relative_to("/dev") or path.is_relative_to("/proc"):
                continue
            there = [place for place in (path, *path.parents) if place.exists()]
            for place in there:
                found = place.stat()
                self.assertIn(found.st_uid, (0, os.geteuid()), f"{place} of {path}")
                # Whoever may write into the first one that is there decides what the rest is; in
                # a sticky one above it nobody takes the place of what is there.
                others_may = found.st_mode & 0o002
                if place != there[0] and found.st_mode & stat.S_ISVTX:
                    others_may = 0
                self.assertFalse(others_may, f"{place} of {path}")


class Root(unittest.TestCase):
    @unittest.skipUnless(os.geteuid() == 0, "only root can be refused as root")
    def test_root_is_refused_unless_it_insists(self):
        # AA-96.03, CVE-2025-47809, CVE-2024-0197: a service, an installer or a page that runs with
        # all rights.
        with tempfile.TemporaryDirectory(prefix="usher-root-") as directory:
            config = Path(directory) / "usherd.toml"
            config.write_text(toml({"state": f"{directory}/state", "socket": "",
                                    "listen": ["127.0.0.1:0"], "node.tpm": "none"}))
            done = subprocess.run([BIN / "usherd", "--config", config], text=True,
                                  capture_output=True, timeout=PATIENCE, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("usherd: error: usherd does not run as root", done.stderr)
            self.assertRegex(done.stderr, "usherd: hint: .*--allow-root")
            self.assertFalse((Path(directory) / "state").exists())


if __name__ == "__main__":
    unittest.main()
