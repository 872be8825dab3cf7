"""License files that are none, or not for us: each is refused or counts nothing."""

import base64
import json
import subprocess
import unittest

from siege import Siege
from support import daemon, wire
from support.messages import operator
from support.scenario import words
from support.scenario.host import Host
from support.scenario.vendor import License, altered

HOUR_US = 3_600_000_000


def encoded(value):
    text = value if isinstance(value, bytes) else json.dumps(
        value, separators=(",", ":"), sort_keys=True).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Licenses(Siege):
    numbers = iter(range(1, 1000))

    def setUp(self):
        self.desk = self.operator()
        self.addCleanup(self.desk.close)
        self.number = f"9.0.0.{next(self.numbers)}"
        self.license = License(self.number, "Sold", 5, "lease")

    def install_text(self, text, profile=""):
        return self.desk.operate(license_install=operator.LicenseInstall(
            document=text, profile=profile))

    def listed(self, number):
        return [entry for entry in self.desk.look().licenses if entry.id == number]

    def assert_not_installed(self, text, code="LICENSE_INVALID"):
        self.assert_refused(self.install_text(text), code)
        self.assertEqual(self.listed(self.number), [])

    def assert_counts_nothing(self, answer, code):
        """It is there, warns, counts nothing, and says why to who asks for it."""
        self.assertIn(code, " ".join(answer.operated.done.warnings))
        entry, = self.listed(self.number)
        self.assertFalse(entry.counts)
        self.assertEqual(entry.reason, code)
        profile, = (profile.name for profile in self.desk.look().profiles
                    if self.number in profile.pools)
        with self.connect() as client:
            self.assert_refused(client.ask(checkout=wire.checkout(profile)), code)

    # Changed.

    def test_each_part_with_one_bit_changed_is_refused(self):
        whole = self.signed(self.license).strip()
        self.assert_not_installed(altered(whole))
        for position in range(0, len(whole), 5):
            changed = whole[:position] + chr(ord(whole[position]) ^ 1) + whole[position + 1:]
            with self.subTest(position=position):
                answer = self.install_text(changed)
                self.assertIn(answer.refused.code, ("LICENSE_INVALID", "UNKNOWN_VENDOR"))
        self.assertEqual(self.listed(self.number), [])

    def test_the_signature_of_another_license_does_not_fit(self):
        header, payload, _ = self.signed(self.license).strip().split(".")
        other = License("9.9.9.9", "Sold", 5, "lease")
        signature = self.signed(other).strip().split(".")[2]
        self.assert_not_installed(f"{header}.{payload}.{signature}")

    def test_a_license_that_asks_for_another_algorithm_is_refused(self):
        header, payload, signature = self.signed(self.license).strip().split(".")
        for algorithm in ("none", "HS256", "ES256", "eddsa", ""):
            forged = encoded({**decoded(header), "alg": algorithm})
            with self.subTest(algorithm=algorithm):
                self.assert_not_installed(f"{forged}.{payload}.{signature}")
                self.assert_not_installed(f"{forged}.{payload}.")

    def test_a_license_with_more_units_under_the_old_signature_is_refused(self):
        # CVE-2020-14515: a signature that is not checked over all.
        header, payload, signature = self.signed(self.license).strip().split(".")
        richer = encoded({**decoded(payload), "quantity": 5000})
        self.assert_not_installed(f"{header}.{richer}.{signature}")

    def test_what_is_no_license_is_refused(self):
        # CVE-2020-14513: a crafted license file crashes the server.
        whole = self.signed(self.license).strip()
        for text in ("", ".", "..", "...", "a.b.c", whole[:-1], whole + "A", whole.replace(".", ""),
                     whole + "." + whole, f"{whole}\n{whole}", "=" + whole,
                     whole.replace(".", " . "),
                     '{"number": "9"}', "-----BEGIN LICENSE-----", "\x00" * 100, "<script>",
                     "A" * (16 << 10), "A" * ((16 << 10) + 1), "A" * (1 << 19)):
            with self.subTest(text=text[:40]):
                self.assert_not_installed(text)

    def test_bytes_that_are_no_text_are_refused_by_the_command_as_well(self):
        for content in (b"", b"\xff\xfe\x00", bytes(range(256)), b"A" * (2 << 20)):
            file = self.directory / "bytes.license"
            file.write_bytes(content)
            done = self.daemon.usher("license", "install", file)
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("usher: error: ", done.stderr)

    # Somebody else's.

    def test_a_license_of_another_vendor_is_refused(self):
        self.license.vendor = "other"
        self.assert_not_installed(self.signed(self.license), "UNKNOWN_VENDOR")

    def test_a_vendor_with_the_name_of_ours_and_another_key_is_refused(self):
        impostor = self.directory / "impostor"
        subprocess.run([daemon.BIN / "usher-issuer", "init", "--vendor", "acme",
                        "--directory", impostor], check=True, capture_output=True)
        signed = subprocess.run(
            [daemon.BIN / "usher-issuer", "sign", "--directory", impostor, "--number", self.number,
             "--product", "Sold", "--metric", "lease", "--quantity", "5"],
            check=True, capture_output=True, text=True).stdout
        self.assert_not_installed(signed, "UNKNOWN_VENDOR")

    def test_a_license_for_another_host_counts_nothing_and_is_kept(self):
        with_other_identity = Host("elsewhere", self.directory / "elsewhere",
                                   {"vendor_keys": [self.vendors.trusted().key]})
        self.addCleanup(with_other_identity.daemon.close)
        with_other_identity.start(words.start_us())
        answer = self.install_text(self.signed(self.license, with_other_identity.node["node"]))
        self.assert_counts_nothing(answer, "NODELOCK_MISMATCH")

    # In time.

    def test_a_license_that_has_expired_counts_nothing(self):
        self.license.until_us = words.start_us() - 20 * 365 * 24 * HOUR_US
        self.assert_counts_nothing(self.install_text(self.signed(self.license)), "EXPIRED")

    def test_a_license_that_is_not_valid_yet_counts_nothing(self):
        self.license.from_us = words.start_us() + 50 * 365 * 24 * HOUR_US
        self.assert_counts_nothing(self.install_text(self.signed(self.license)), "NOT_YET_VALID")

    # Twice.

    def test_a_license_that_is_installed_twice_counts_once(self):
        text = self.signed(self.license)
        self.assertTrue(self.install_text(text).operated.HasField("done"))
        self.assert_refused(self.install_text(text), "ALREADY_INSTALLED")
        self.license.quantity = 500
        self.assert_refused(self.install_text(self.signed(self.license)), "ALREADY_INSTALLED")
        pool, = (pool for pool in self.desk.look().pools if pool.id == self.number)
        self.assertEqual(pool.stock, 5)
        self.assertEqual(len(self.listed(self.number)), 1)


if __name__ == "__main__":
    unittest.main()
