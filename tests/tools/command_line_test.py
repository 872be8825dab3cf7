"""What `usher` makes of what is typed, where no daemon is needed."""

import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from support.daemon import BIN, PATIENCE, SOURCE

# A socket that nobody listens at.
NOWHERE = "/nonexistent/usherd.sock"


def usher(*words, **environment):
    plain = {key: value for key, value in os.environ.items() if not key.startswith("USHER_")}
    return subprocess.run([BIN / "usher", *words],
                          env={**plain, "USHER_SOCKET": NOWHERE, **environment},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=PATIENCE, check=False)


class CommandLine(unittest.TestCase):

    def assert_usage(self, done, sentence, hint):
        self.assertEqual(done.returncode, 2, done)
        self.assertEqual(done.stdout, "")
        self.assertIn(f"usher: error: {sentence}", done.stderr)
        self.assertIn(f"usher: hint: {hint}", done.stderr)

    def test_help_names_every_verb_and_goes_to_standard_output(self):
        for words in (["--help"], ["-h"], ["help"]):
            done = usher(*words)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for verb in ("status", "license install FILE", "profile rename FROM TO",
                         "journal verify", "run PROFILE"):
                self.assertIn(f"  usher {verb}", done.stdout)

    def test_every_noun_has_help_that_names_its_verbs(self):
        verbs = [line.split()[1:3] for line in usher("--help").stdout.splitlines()
                 if line.startswith("  usher ")]
        for noun in {verb[0] for verb in verbs}:
            done = usher(noun, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""), noun)
            self.assertIn(f"usher {noun}", done.stdout)
        self.assertIn("usher report compliance", usher("report", "-h").stdout)

    def test_every_verb_of_the_help_has_help_of_its_own(self):
        lines = [line.split() for line in usher("--help").stdout.splitlines()
                 if line.startswith("  usher ")]
        self.assertGreater(len(lines), 25)
        for line in lines:
            verb = [word for word in line[1:3] if re.fullmatch("[a-z]+", word)]
            done = usher(*verb, "--help")
            self.assertEqual(done.returncode, 0, done)
            self.assertIn("--json", done.stdout)

    def test_version(self):
        self.assertRegex(usher("--version").stdout, r"^usher \d+\.\d+\.\d+\n$")

    def test_what_is_not_understood_ends_with_2_and_a_hint(self):
        self.assert_usage(usher(), "say what to do", "usher --help")
        self.assert_usage(usher("statsu"), "unknown verb: statsu", "did you mean: usher status")
        self.assert_usage(usher("profile"), "profile: say what", "usher profile add")
        self.assert_usage(usher("status", "--frob"), "the following argument was not expected",
                          "usher status --help")
        self.assert_usage(usher("revoke"), "LEASE is required", "usher revoke --help")
        self.assert_usage(usher("status", "--timeout", "5 minutes"), "--timeout: not a duration",
                          "usher status --help")
        self.assert_usage(usher("status", "--timeout", "-5s"), "--timeout: not a duration",
                          "usher status --help")
        for units in ("0", "-1", "1000000000001", "99999999999999999999", "many"):
            self.assert_usage(usher("checkout", "Client", "--units", units), "--units: ",
                              "usher checkout --help")
        self.assert_usage(usher("maintenance", "perhaps"), "on|off", "usher maintenance --help")
        self.assert_usage(usher("key", "create", "x", "--role", "king"), "--role",
                          "usher key create")
        self.assert_usage(usher("status", "--server", "http://x"),
                          "the server's address is not valid", "")
        self.assert_usage(usher("status", "--vendor-key", "x"), "not a vendor's key: x",
                          "it looks like")
        self.assert_usage(usher("checkin", "0123456789abcdef"), "not a lease",
                          "usher checkout prints")
        self.assert_usage(usher("run", "Client"), "say what to run", "usher run PROFILE -- CMD...")
        self.assert_usage(usher("status", "--certificate", "x"), "--certificate requires", "")

    def test_a_typed_escape_sequence_does_not_come_back(self):
        done = usher("\x1b[2Jx")
        self.assertNotIn("\x1b", done.stderr)
        self.assertEqual(done.returncode, 2)

    def test_no_daemon_is_an_error_that_says_where_it_was_looked_for(self):
        done = usher("status")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(f"usher: error: cannot connect to {NOWHERE}", done.stderr)
        self.assertIn("usher: hint: see that usherd runs", done.stderr)

    def test_programs_are_told_the_same_as_an_object(self):
        done = usher("status", "--json")
        self.assertEqual(done.returncode, 1)
        failed = json.loads(done.stdout)["failed"]
        self.assertIn(NOWHERE, failed["text"])
        self.assertEqual(len(failed["cures"]), 1)

    def test_run_without_a_daemon_does_not_run_and_ends_with_125(self):
        done = usher("run", "Client", "--timeout", "100ms", "--", "echo", "ran")
        self.assertEqual((done.returncode, done.stdout), (125, ""))
        self.assertIn("usher: error: UNREACHABLE", done.stderr)

    def test_what_is_no_file_of_the_vendor_is_refused_by_its_name(self):
        directory = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="usher-")))
        (directory / "link").symlink_to(__file__)
        os.mkfifo(directory / "fifo")
        with open(directory / "huge", "wb") as huge:
            huge.truncate(2 << 30)
        for name, what in (("link", "is a symbolic link"), ("fifo", "is not a regular file"),
                           ("huge", "is longer than 16 KiB"), ("", "is not a regular file"),
                           ("none", "No such file")):
            with self.subTest(name=name):
                done = usher("activation", "load", directory / name)
                self.assertEqual(done.returncode, 1, done)
                self.assertIn(f"{directory / name}", done.stderr)
                self.assertIn(what, done.stderr)
                self.assertIn("usher: hint: ", done.stderr)

    def test_doctor_looks_at_the_host_without_a_daemon(self):
        done = usher("doctor", "--json")
        self.assertEqual(done.returncode, 1)
        checks = json.loads(done.stdout)["checks"]
        self.assertEqual(checks[0]["subject"], "daemon")
        self.assertEqual(checks[0]["state"], "wrong")
        self.assertIn("machine_id is found", [check["text"] for check in checks])

    def test_doctor_says_where_the_way_to_a_server_ends(self):
        address = f"usher://127.0.0.1:1/?ca=sha256:{'0' * 64}"
        checks = json.loads(usher("doctor", "--json", "--server", address).stdout)["checks"]
        wrong = [check["subject"] for check in checks if check["state"] == "wrong"]
        self.assertEqual(wrong[:2], ["daemon", "port"])

    def test_a_file_that_is_not_there_is_named(self):
        done = usher("license", "install", "/nonexistent/x.lic")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot read /nonexistent/x.lic: No such file", done.stderr)

    def test_a_document_of_another_kind_is_named_with_what_takes_it(self):
        corpus = SOURCE / "tests" / "fuzz" / "corpus"
        done = usher("activation", "load", corpus / "license" / "good_least.lic")
        self.assertEqual(done.returncode, 1)
        self.assertIn("good_least.lic is an usher-license\n", done.stderr)
        self.assertIn("usher: hint: usher license install takes it", done.stderr)
        done = usher("activation", "load", corpus / "document" / "receipt")
        self.assertIn("receipt is an usher-receipt\n", done.stderr)

    def test_a_state_directory_that_is_not_there_is_named(self):
        done = usher("journal", "tail", "--state", "/nonexistent")
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no directory /nonexistent\nusher: hint: --state DIR", done.stderr)

    def test_a_journal_that_is_not_there_is_named(self):
        with tempfile.TemporaryDirectory() as directory:
            done = usher("journal", "verify", "--state", directory)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{directory}/journal.db", done.stderr)
        self.assertIn("usher: hint: ", done.stderr)


if __name__ == "__main__":
    unittest.main()
