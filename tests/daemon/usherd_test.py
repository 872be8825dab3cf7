"""usherd as its supervisor and its operator have it: start, reload, stop, and what stops it."""

import contextlib
import os
import resource
import select
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest
import unittest.mock
from pathlib import Path

from support.daemon import BIN, PATIENCE, Daemon, toml, until


def usherd(*words, **more):
    """Runs usherd until it ends by itself; gives exit code and both outputs."""
    return subprocess.run([BIN / "usherd", *map(str, words)], text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False, **more)


def greeting_of(daemon):
    """What a stranger is told over TLS: the first bytes of the answer to its hello."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["usher/1"])
    with socket.create_connection(("127.0.0.1", daemon.port), PATIENCE) as connection, \
            context.wrap_socket(connection) as tls:
        # Request { id: 1 hello { version: 1 version_min: 1 } } in its frame.
        tls.sendall(bytes.fromhex("00000008 08 01 12 04 08 01 10 01"))
        return tls.recv(4096)


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="usher-")))
        self.config = self.directory / "usherd.toml"

    def test_check_says_whether_a_file_is_right_and_starts_nothing(self):
        self.config.write_text(toml({"state": str(self.directory / "state")}))
        done = usherd("--config", self.config, "--check")
        self.assertEqual((done.returncode, done.stdout), (0, f"{self.config}: ok\n"))
        self.assertFalse((self.directory / "state").exists())

    def test_every_mistake_is_named_with_its_place(self):
        self.config.write_text("threads = 0\n[lease]\nterm = 25\n")
        done = usherd("--config", self.config, "--check")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.splitlines(), [
            f"usherd: error: {self.config}:1:11: threads: 0 is out of range (1 to 64)",
            f'usherd: error: {self.config}:3:8: lease.term: must be a duration like "25s", '
            "not a whole number",
            "usherd: hint: correct it; usherd --config FILE --check tries it"])

    def test_a_file_that_is_not_there_and_a_wrong_word_have_different_codes(self):
        missing = usherd("--config", self.directory / "none.toml")
        self.assertEqual(missing.returncode, 1)
        self.assertIn("none.toml: No such file or directory", missing.stderr)
        wrong_word = ["--config", "usherd.toml", "--frobnicate"]
        for words, sentence in ((wrong_word, "the following argument was not expected"),
                                ([], "--config is required")):
            wrong = usherd(*words)
            self.assertEqual(wrong.returncode, 2)
            self.assertIn(f"usherd: error: {sentence}", wrong.stderr)
            self.assertIn("usherd: hint: usherd --help tells how", wrong.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "only root can be refused as root")
    def test_root_is_refused_unless_it_insists(self):
        self.config.write_text(toml({"state": str(self.directory / "state")}))
        done = usherd("--config", self.config)
        self.assertEqual(done.returncode, 1)
        self.assertIn("usherd: error: usherd does not run as root", done.stderr)


class Start(unittest.TestCase):
    def refused(self, daemon):
        """What usherd says that is started beside `daemon` with the same settings."""
        done = usherd("--config", daemon.config, "--allow-root")
        self.assertEqual(done.returncode, 1)
        lines = done.stderr.splitlines()
        self.assertTrue(any(line.startswith("usherd: hint: ") for line in lines), done.stderr)
        return next(line for line in lines if line.startswith("usherd: error: "))

    def test_a_second_one_on_the_same_state_is_refused_and_disturbs_nobody(self):
        with Daemon() as daemon:
            self.refused(daemon)
            self.assertEqual(daemon.status()["mode"], "serving")

    @contextlib.contextmanager
    def second(self, daemon):
        """Another process of the same configuration, once it waits for the first."""
        with open(daemon.log, "ab") as log:
            process = subprocess.Popen(
                [BIN / "usherd", "--config", daemon.config, "--print-port", "--allow-root"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        try:
            until(lambda: "waiting for it to end" in daemon.log_text(), "the second one waits")
            yield process
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    def test_one_that_starts_while_another_ends_waits_for_it(self):
        with Daemon() as daemon, self.second(daemon) as second:
            daemon.kill()
            self.assertEqual(int(second.stdout.readline()), daemon.port)
            self.assertEqual(daemon.status()["mode"], "serving")

    def test_a_stop_while_it_waits_to_start_ends_it_well(self):
        with Daemon() as daemon, self.second(daemon) as second:
            second.terminate()
            self.assertEqual(second.wait(PATIENCE), 0)
            self.assertEqual(daemon.status()["mode"], "serving")

    def test_a_stop_at_the_very_beginning_ends_it_well(self):
        with contextlib.closing(Daemon()) as daemon:
            daemon.write_config()
            process = subprocess.Popen([BIN / "usherd", "--config", daemon.config, "--allow-root"],
                                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            until(lambda: self.takes_care_of_signals(process.pid), "its first lines have run")
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 0)

    @staticmethod
    def takes_care_of_signals(pid):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        blocked = int(status["SigBlk"], 16) >> (signal.SIGTERM - 1) & 1
        return status["Name"] == "usherd" and blocked == 1

    def test_a_taken_port_and_a_taken_socket_are_refused_by_name(self):
        with Daemon() as daemon:
            daemon.settings["state"] = str(daemon.directory / "other")
            daemon.write_config()
            self.assertIn(f"port {daemon.port}: Address already in use", self.refused(daemon))
            daemon.settings["listen"] = ["127.0.0.1:0"]
            daemon.write_config()
            self.assertIn(f"another usherd serves at {daemon.socket}", self.refused(daemon))
            self.assertEqual(daemon.status()["mode"], "serving")

    def test_the_settings_in_force_are_logged_and_no_key_ever_is(self):
        with Daemon({"lease.term": "40s"}) as daemon:
            key = daemon.must("key", "create", "solver")
            secret = next(word for word in key.split() if word.startswith("usher-key-"))
            daemon.run_as_client("status", USHER_KEY=secret)
            daemon.stop()
            log = daemon.log_text()
            self.assertIn("setting lease.term = 40s", log)
            self.assertIn("setting limits.sessions_max = 16000", log)
            self.assertNotIn("usher-key-", log)


class Reload(unittest.TestCase):
    def logged(self, daemon, text):
        until(lambda: text in daemon.log_text(), text)

    def test_a_wrong_file_is_refused_with_its_place_and_the_old_one_stays(self):
        with Daemon() as daemon:
            daemon.config.write_text(daemon.config.read_text() + "[lease]\nterm = 7\n")
            daemon.process.send_signal(signal.SIGHUP)
            self.logged(daemon, "configuration not taken over: ")
            self.assertRegex(daemon.log_text(), r"usherd\.toml:\d+:8: lease\.term: must be")
            self.assertEqual(daemon.status()["mode"], "serving")

    def test_what_needs_a_restart_is_refused_as_a_whole(self):
        with Daemon() as daemon:
            daemon.settings.update({"threads": 3, "log.level": "error"})
            daemon.reload()
            self.logged(daemon, "threads: cannot change from 2 to 3 while usherd runs")
            daemon.settings.update({"threads": 2, "log.level": "info"})
            daemon.reload()
            self.logged(daemon, "configuration taken over")  # At level info: it has stayed.

    def test_a_missing_file_changes_nothing(self):
        with Daemon() as daemon:
            daemon.config.unlink()
            daemon.process.send_signal(signal.SIGHUP)
            self.logged(daemon, "configuration not taken over: cannot read")
            self.assertEqual(daemon.status()["mode"], "serving")

    def test_a_new_setting_counts_for_who_comes_next(self):
        with Daemon() as daemon:
            self.assertIn(b"anonymous", greeting_of(daemon))
            daemon.settings["anonymous"] = False
            daemon.reload()
            self.logged(daemon, "configuration taken over")
            self.assertIn(b"UNKNOWN_CREDENTIAL", greeting_of(daemon))


class Refresh(unittest.TestCase):
    """What grows old while it runs."""

    FILES = ("server.key", "server.pem", "tickets")

    def of_long_ago(self, daemon):
        """What the daemon made for itself when it was first started, three hundred days ago."""
        daemon.certificates_ahead = -300 * 24 * 3600
        daemon.start()
        self.assertEqual(daemon.stop(), 0)
        daemon.certificates_ahead = 0
        return {name: (daemon.directory / "state" / "tls" / name).read_bytes()
                for name in self.FILES}

    @staticmethod
    def shown(daemon):
        """The certificate that a newcomer sees."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["usher/1"])
        with socket.create_connection(("127.0.0.1", daemon.port), PATIENCE) as connection, \
                context.wrap_socket(connection) as tls:
            return ssl.DER_cert_to_PEM_cert(tls.getpeercert(binary_form=True)).encode()

    def test_a_certificate_and_a_ticket_key_that_grew_old_are_renewed_without_a_restart(self):
        with contextlib.closing(Daemon(movable=True)) as daemon:
            daemon.refresh_ms = 50
            old = self.of_long_ago(daemon)
            daemon.start()
            first = self.shown(daemon)
            self.assertNotEqual(first, old["server.pem"])  # Renewed by the start.
            tls = daemon.directory / "state" / "tls"
            for name in self.FILES:
                (tls / name).write_bytes(old[name])
            until(lambda: self.shown(daemon) not in (first, old["server.pem"]),
                  "a newcomer sees a new certificate")
            until(lambda: (tls / "tickets").read_bytes() != old["tickets"], "a new ticket key")
            self.assertEqual(self.shown(daemon), (tls / "server.pem").read_bytes())
            self.assertEqual(daemon.stop(), 0)


class Supervised(unittest.TestCase):
    """What systemd hears."""

    def setUp(self):
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="usher-")))
        self.notices = self.enterContext(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        self.notices.settimeout(PATIENCE)
        self.notices.bind(str(self.directory / "notify"))

    @contextlib.contextmanager
    def daemon(self, **environment):
        """A daemon whose supervisor is this test."""
        daemon = Daemon()
        named = {"NOTIFY_SOCKET": str(self.directory / "notify"), **environment}
        with unittest.mock.patch.dict(os.environ, named):
            daemon.start()
        try:
            yield daemon
        finally:
            daemon.close()

    def heard(self):
        return dict(line.split("=", 1) for line in self.notices.recv(4096).decode().splitlines())

    def test_ready_reloading_and_stopping_are_told(self):
        with self.daemon() as daemon:
            ready = self.heard()
            self.assertEqual(ready["READY"], "1")
            self.assertTrue(ready["STATUS"].startswith("serving at usher://"))
            daemon.reload()
            reloading = self.heard()
            self.assertEqual(reloading["RELOADING"], "1")
            self.assertGreater(int(reloading["MONOTONIC_USEC"]), 0)
            self.assertEqual(self.heard()["READY"], "1")
            self.assertEqual(daemon.stop(), 0)
            self.assertEqual(self.heard(), {"STOPPING": "1"})

    def test_the_watchdog_is_fed_while_all_threads_go_on(self):
        with self.daemon(WATCHDOG_USEC="4500000") as daemon:
            self.assertEqual(self.heard()["READY"], "1")
            for _ in range(2):
                self.assertEqual(self.heard(), {"WATCHDOG": "1"})
            self.assertEqual(daemon.stop(), 0)


class Trouble(unittest.TestCase):
    def test_a_stop_takes_the_socket_away_and_ends_well(self):
        with Daemon() as daemon:
            for word in (signal.SIGTERM, signal.SIGINT):
                daemon.process.send_signal(word)
                self.assertEqual(daemon.process.wait(PATIENCE), 0)
                self.assertFalse(daemon.socket.exists())
                daemon.start()

    def test_a_socket_that_a_killed_one_left_is_replaced(self):
        with Daemon() as daemon:
            daemon.restart(kill=True)
            self.assertEqual(daemon.status()["mode"], "serving")

    def test_without_descriptors_newcomers_wait_and_nothing_spins(self):
        if b"__ubsan_handle" in (BIN / "usherd").read_bytes():
            self.skipTest("UBSan needs a descriptor itself to look at an object's type")
        with Daemon() as daemon:
            descriptors = len(os.listdir(f"/proc/{daemon.pid}/fd"))
            allowed = descriptors + 10
            resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (allowed, allowed))
            crowd = [socket.create_connection(("127.0.0.1", daemon.port)) for _ in range(30)]
            until(lambda: "cannot accept connections: Too many open files" in daemon.log_text(),
                  "the line in the log")
            before = self.cpu_seconds(daemon)
            select.select([], [], [], 1)
            self.assertLess(self.cpu_seconds(daemon) - before, 0.5)
            for one in crowd:
                one.close()
            self.assertEqual(daemon.status()["mode"], "serving")
            self.assertLess(daemon.log_text().count("cannot accept connections"), 5)

    @staticmethod
    def cpu_seconds(daemon):
        fields = Path(f"/proc/{daemon.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_a_journal_that_cannot_be_written_ends_it_and_nobody_is_told_yes(self):
        with Daemon({"log.level": "error"}) as daemon:
            room = 2048  # For the log, which is a file here; no page of a database fits.
            resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (room, room))
            asked = daemon.usher("key", "create", "solver")
            self.assertNotEqual(asked.returncode, 0)
            self.assertNotIn("usher-key-", asked.stdout)
            self.assertEqual(daemon.process.wait(PATIENCE), 1)
            self.assertIn("usherd: error: ", daemon.log_text())

    def test_a_death_before_a_turn_loses_it_and_one_after_it_keeps_it(self):
        # The first turn of a run is that of its start.
        for die, kept in (("before:2", []), ("after:2", ["solver"])):
            with self.subTest(die=die), Daemon(movable=True) as daemon:
                daemon.stop()
                daemon.die = die
                daemon.start()
                asked = daemon.usher("key", "create", "solver")
                self.assertNotEqual(asked.returncode, 0)
                self.assertEqual(daemon.process.wait(PATIENCE), -signal.SIGKILL)
                daemon.die = None
                daemon.start()
                self.assertEqual([key["name"] for key in daemon.json("key", "list")["keys"]], kept)


if __name__ == "__main__":
    unittest.main()
