"""The vendor's program as a vendor uses it: real processes, a directory of their own."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
ISSUER = Path(os.environ.get("USHER_BIN", SOURCE / "build" / "release" / "bin")) / "usher-issuer"
NODE = SOURCE / "tests" / "vectors" / "good.node"
PATIENCE = 60


class Vendor(unittest.TestCase):
    """A directory in which nothing is yet."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="usher-")
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name)
        self.directory = self.scratch / "issuer"
        self.key_file = self.directory / "vendor.json"

    def issuer(self, *words, code=0, typed="", **environment):
        """Its standard output; it must end with `code`. `said` is what it said beside."""
        done = subprocess.run([ISSUER, *map(str, words)], input=typed, text=True,
                              capture_output=True, timeout=PATIENCE, check=False,
                              env={"HOME": str(self.scratch), **environment})
        self.said = done.stderr
        self.assertEqual(done.returncode, code, done.stderr)
        if code:
            lines = self.said.splitlines()
            self.assertTrue(lines[0].startswith("usher-issuer: error: "), self.said)
            self.assertTrue(lines[1:] and all(line.startswith("usher-issuer: hint: ")
                                              for line in lines[1:]), self.said)
        return done.stdout

    def init(self, name="acme", directory=None):
        """The vendor's key as operators are told it."""
        words = ("init", "--vendor", name, "--directory", directory or self.directory)
        return self.issuer(*words).strip()

    def sign(self, *words, code=0, **more):
        return self.issuer("sign", "--directory", self.directory, *words, code=code, **more)

    def sold(self, **changes):
        """The words that sell eight seats, or something else."""
        options = {"product": "PROSession", "number": "015.120.065.016", "metric": "lease",
                   "quantity": "8", **changes}
        return [word for name, value in options.items() if value is not None
                for word in ("--" + name.replace("_", "-"), value)]

    def assertSays(self, sentence):
        self.assertIn(sentence, self.said)


class Init(Vendor):
    def test_the_key_is_one_line_and_its_file_for_its_owner_alone(self):
        self.assertRegex(self.init(), r"\Ausher-vendor:acme:[A-Za-z0-9_-]{43}\Z")
        self.assertEqual(self.key_file.stat().st_mode & 0o7777, 0o600)
        self.assertEqual(self.directory.stat().st_mode & 0o7777, 0o700)
        self.assertSays(f"keep a copy of {self.key_file}")

    def test_a_key_is_never_overwritten(self):
        self.init()
        before = self.key_file.read_bytes()
        self.issuer("init", "--vendor", "acme", "--directory", self.directory, code=1)
        self.assertSays(f"there is a vendor's key already: {self.key_file}")
        self.assertEqual(self.key_file.read_bytes(), before)

    def test_two_vendors_have_two_keys(self):
        self.assertNotEqual(self.init(), self.init(directory=self.scratch / "other"))

    def test_a_name_that_would_need_quoting_is_refused(self):
        for name in ("", "a b", "a:b", "a\nb", "\x1b[31m", "a/b", "n" * 65):
            with self.subTest(name=name):
                self.issuer("init", "--vendor", name, "--directory", self.directory, code=2)
                self.assertFalse(self.directory.exists())

    def test_the_directory_may_come_from_the_environment_or_be_the_home(self):
        self.issuer("init", "--vendor", "acme")
        self.assertTrue((self.scratch / ".usher-issuer" / "vendor.json").exists())
        self.issuer("init", "--vendor", "acme", USHER_ISSUER_DIRECTORY=str(self.directory))
        self.assertTrue(self.key_file.exists())

    def test_a_directory_that_cannot_be_made_is_named(self):
        nowhere = self.scratch / "missing" / "issuer"
        self.issuer("init", "--vendor", "acme", "--directory", nowhere, code=1)
        self.assertSays(f"cannot make {nowhere}: No such file or directory")


class Sign(Vendor):
    def setUp(self):
        super().setUp()
        self.key = self.init()

    def inspected(self, text, *words, code=0):
        return json.loads(self.issuer("inspect", "-", "--json", *words, typed=text, code=code))

    def test_what_is_signed_is_what_was_said(self):
        text = self.sign(*self.sold(
            metric="user_device", quantity="1000000000000", type="annual", requires="PROServer",
            to="2031-01-01T12:00:00Z", maintenance_until="2030-06-01", **{"from": "2030-01-01"}))
        found = self.inspected(text, "--vendor-key", self.key)
        self.assertEqual(found["signature"], "holds")
        self.assertEqual(found["license"], {
            "format": 1, "vendor": "acme", "number": "015.120.065.016", "product": "PROSession",
            "metric": "user_device", "quantity": 10**12, "type": "annual", "requires": "PROServer",
            "from": "2030-01-01T00:00:00Z", "to": "2031-01-01T12:00:00Z",
            "maintenance_until": "2030-06-01T00:00:00Z", "nodelock": None})

    def test_a_license_names_what_it_may_be_downgraded_to_in_order(self):
        text = self.sign(*self.sold(), "--downgrades-to", "PROSession 16",
                         "--downgrades-to", "PROSession 15")
        self.assertEqual(self.inspected(text)["license"]["downgrades_to"],
                         ["PROSession 15", "PROSession 16"])
        self.assertIn("downgrades to       PROSession 15, PROSession 16\n",
                      self.issuer("inspect", "-", typed=text))
        self.assertNotIn("downgrades_to", self.inspected(self.sign(*self.sold()))["license"])

    def test_downgrades_that_cannot_be_are_refused(self):
        for words, sentence in (
                (("PROSession",), "--downgrades-to: one is the product itself"),
                (("",), "--downgrades-to: one is not a name: empty"),
                (("a\nb",), "--downgrades-to: one is not a name: holds a control character"),
                (("P 16", "P 16"), "--downgrades-to: names a product twice"),
                ([f"P {number}" for number in range(65)], "--downgrades-to: are not 1 to 64"),
                ([letter * 256 for letter in "abcdefghi"],
                 "--downgrades-to: are longer than 2048 bytes together")):
            with self.subTest(words=words):
                options = [word for product in words for word in ("--downgrades-to", product)]
                self.assertEqual(self.sign(*self.sold(), *options, code=2), "")
                self.assertSays(sentence)

    def test_unlimited_is_written_out(self):
        text = self.sign(*self.sold(quantity="unlimited"))
        self.assertEqual(self.inspected(text)["license"]["quantity"], "unlimited")

    def test_a_license_is_bound_to_the_host_that_showed_itself(self):
        for words, typed in ((("--node", NODE), ""), (("--node", "-"), NODE.read_text())):
            text = self.sign(*self.sold(), *words, typed=typed)
            lock = self.inspected(text)["license"]["nodelock"]
            self.assertEqual((lock["kind"], lock["need"]), ("machine", 2))
            self.assertEqual(set(lock["identifiers"]), {"mac", "machine_id", "root_disk"})
        text = self.sign(*self.sold(), "--node", NODE, "--kind", "personal", "--need", "3")
        lock = self.inspected(text)["license"]["nodelock"]
        self.assertEqual((lock["kind"], lock["need"]), ("personal", 3))

    def test_a_text_of_a_host_that_was_changed_is_refused(self):
        for changed in ("", "hello", NODE.read_text()[:-9], NODE.read_text().replace(".", "!", 1)):
            self.sign(*self.sold(), "--node", "-", typed=changed, code=1)
            self.assertSays("is not a node's text, or was changed on its way")
        self.sign(*self.sold(), "--node", self.scratch / "missing", code=1)
        self.assertSays("missing: No such file or directory")

    def test_more_identifiers_than_the_host_has_cannot_agree(self):
        for need in ("0", "4", "-1", "x"):
            self.sign(*self.sold(), "--node", NODE, "--need", need, code=2)
        self.sign(*self.sold(), "--node", NODE, "--need", "4", code=2)
        self.assertSays("--need: is not 1 to 3: 4")

    def test_a_file_is_written_once(self):
        file = self.scratch / "session.lic"
        self.sign(*self.sold(), "--output", file)
        text = file.read_text()
        self.assertEqual(text, self.sign(*self.sold()))
        self.sign(*self.sold(quantity="9"), "--output", file, code=1)
        self.assertSays(f"cannot write {file}: File exists")
        self.assertEqual(file.read_text(), text)

    def test_a_license_that_has_ended_is_signed_with_a_warning(self):
        self.sign(*self.sold(to="2001-01-01"))
        self.assertSays("warning: this license has ended already: 2001-01-01T00:00:00Z")

    def test_each_bad_value_is_refused_by_its_option(self):
        name = "is not a name: "
        bad = [("quantity", value, "--quantity: is not 1 to 1000000000000, or unlimited")
               for value in ("0", "-1", "1000000000001", "99999999999999999999", "8.5", "eight",
                             "0x8", "8 ", "Unlimited", "")]
        bad += [(option, value, f"--{option}: is not a day or an instant in UTC")
                for option in ("from", "to", "maintenance-until")
                for value in ("", "2030-02-30", "2030-13-01", "tomorrow", "01.02.2030",
                              "1969-12-31", "2030-01-01T00:00:00", "2030-01-01T00:00:00+01:00",
                              "2030-01-01T25:00:00Z", "10000-01-01")]
        bad += [(option, value, f"--{option}: {name}")
                for option in ("product", "number", "requires")
                for value in ("a\nb", "a\x1b[31mb", " a", "a\u202eb", "n" * 257)]
        bad += [("product", "", f"--product: {name}"), ("number", "", f"--number: {name}"),
                ("requires", "", "--requires: names no product"),
                ("requires", "PROSession", "--requires: is the product itself"),
                ("metric", "core", "--metric: is not lease, device, user or user_device"),
                ("type", "a\nb", "--type: is not a text on one line"),
                ("type", "t" * 1025, "--type: is not a text on one line")]
        for option, value, sentence in bad:
            with self.subTest(option=option, value=value):
                words = self.sold(**{option.replace("-", "_"): None})
                # As one word, for it may begin with a dash; nothing needs a word of its own.
                words += [f"--{option}={value}"] if value else [f"--{option}", value]
                self.assertEqual(self.sign(*words, code=2), "")
                self.assertSays(sentence)
                self.assertNotIn("\x1b", self.said)

    def test_bytes_that_are_no_text_are_refused(self):
        words = self.sold(product=None)
        done = subprocess.run([ISSUER, "sign", "--directory", self.directory, *words,
                               b"--product=\xff\xfe"], capture_output=True, timeout=PATIENCE,
                              check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"--product: is not a name", done.stderr)

    def test_a_license_must_not_end_before_it_begins(self):
        for ends in ("2029-12-31", "2030-01-01"):
            self.sign(*self.sold(**{"from": "2030-01-01", "to": ends}), code=2)
            self.assertSays("--to: is not later than from")

    def test_what_must_be_said_is_asked_for(self):
        for option in ("product", "number", "metric", "quantity"):
            self.sign(*self.sold(**{option: None}), code=2)
            self.assertSays(f"--{option} is required")
        self.sign(*self.sold(), "--kind", "machine", code=2)
        self.assertSays("--kind requires --node")
        self.sign(*self.sold(), "--node", NODE, "--kind", "planet", code=2)
        self.assertSays("planet")

    def test_without_a_key_nothing_is_signed(self):
        self.issuer("sign", "--directory", self.scratch / "empty", *self.sold(), code=1)
        self.assertSays("there is no vendor's key")

    def test_a_key_that_others_may_read_or_that_is_damaged_signs_nothing(self):
        self.key_file.chmod(0o644)
        self.sign(*self.sold(), code=1)
        self.assertSays("can be read by others")
        self.key_file.chmod(0o600)
        good = self.key_file.read_text()
        for damaged in ("", "{}\n", good[:-1], good.replace("1", "2", 1),
                        good.replace("acme", "a b")):
            self.key_file.write_text(damaged)
            self.sign(*self.sold(), code=1)
            self.assertSays(f"{self.key_file} is damaged: ")
        self.key_file.unlink()
        self.key_file.symlink_to("elsewhere")
        self.sign(*self.sold(), code=1)
        self.assertSays("it is a symbolic link")


class Inspect(Vendor):
    def setUp(self):
        super().setUp()
        self.key = self.init()
        self.file = self.scratch / "session.lic"
        self.sign(*self.sold(), "--node", NODE, "--output", self.file)

    def test_every_field_is_shown_to_people(self):
        text = self.issuer("inspect", self.file, "--vendor-key", self.key)
        for line in ("number              015.120.065.016", "quantity            8",
                     "from                always", "to                  for ever",
                     "signature           holds: acme signed this"):
            self.assertIn(line + "\n", text)
        self.assertIn(", and 2 of mac machine_id root_disk\n", text)

    def test_a_signature_that_nobody_checked_is_not_said_to_hold(self):
        text = self.issuer("inspect", self.file)
        self.assertIn("signature           not checked", text)
        found = json.loads(self.issuer("inspect", self.file, "--json"))
        self.assertEqual(found["signature"], "not_checked")

    def test_the_key_may_come_from_the_environment(self):
        text = self.issuer("inspect", self.file, USHER_VENDOR_KEY=self.key)
        self.assertIn("holds: acme signed this", text)

    def test_another_vendors_license_is_doubted(self):
        stranger = self.init(directory=self.scratch / "other")
        text = self.issuer("inspect", self.file, "--vendor-key", stranger, code=1)
        self.assertIn("DOES NOT HOLD", text)
        self.assertSays("the signature does not hold: its key ")
        words = ("inspect", self.file, "--json", "--vendor-key", stranger)
        found = json.loads(self.issuer(*words, code=1))
        self.assertEqual(found["signature"], "unknown_vendor")
        # Of several keys that are trusted, one is enough.
        self.issuer("inspect", self.file, "--vendor-key", stranger, "--vendor-key", self.key)

    def test_a_changed_license_is_doubted(self):
        other = self.sign(*self.sold(quantity="9")).split(".")
        header, _, signature = self.file.read_text().split(".")
        changed = ".".join([header, other[1], signature])
        words = ("inspect", "-", "--json", "--vendor-key", self.key)
        found = json.loads(self.issuer(*words, typed=changed, code=1))
        self.assertEqual(found["signature"], "bad_signature")
        self.assertEqual(found["doubt"], "it was changed after acme signed it")

    def test_what_is_no_license_is_refused_with_the_place(self):
        for text, what in (("hello", "it is not three parts with a dot between them"),
                           ("", "it is not three parts with a dot between them"),
                           ("A" * 20000, "it is longer than 16 KiB")):
            found = json.loads(self.issuer("inspect", "-", "--json", typed=text, code=1))
            self.assertEqual(found["failed"]["text"], f"- is not a license: {what}")
        self.issuer("inspect", self.scratch / "missing", code=1)
        self.assertSays("missing: No such file or directory")

    def test_a_key_that_is_none_is_refused(self):
        self.issuer("inspect", self.file, "--vendor-key", "acme", code=2)
        self.assertSays("--vendor-key: is not a vendor's key: acme")

    def test_the_vectors_are_read_as_they_say(self):
        for path in sorted((SOURCE / "tests" / "vectors").glob("*.lic")):
            with self.subTest(path=path.name):
                head, file = path.read_bytes().split(b"\n\n", 1)
                lines = dict(line.split(": ", 1) for line in head.decode().splitlines())
                copy = self.scratch / "vector"
                copy.write_bytes(file)
                good = lines["expect"] == "license"
                words = ("inspect", copy, "--vendor-key", lines["trusted"])
                self.issuer(*words, code=0 if good else 1)
                if not good:
                    self.assertSays(lines["what"])


class Words(Vendor):
    def test_help_lists_every_verb(self):
        text = self.issuer("--help")
        for verb in ("init", "sign", "inspect"):
            self.assertRegex(text, rf"(?m)^  {verb} ")
            self.assertIn("--", self.issuer(verb, "--help"))
        self.assertRegex(self.issuer("--version"), r"\Ausher-issuer \d+\.\d+\.\d+\n\Z")

    def test_what_is_not_understood_is_a_usage_error(self):
        for words, sentence in (((), "say what to do"), (("sing",), "unknown verb: sing"),
                                (("\x1b[2J",), "unknown verb: \\x1b[2J"),
                                (("init",), "--vendor is required"),
                                (("inspect",), "FILE is required"),
                                (("inspect", "a", "b"), "b"),
                                (("--bogus",), "unknown option: --bogus"),
                                (("sign", "--bogus"), "is required")):
            with self.subTest(words=words):
                self.assertEqual(self.issuer(*words, code=2), "")
                self.assertSays(sentence)


if __name__ == "__main__":
    unittest.main()
