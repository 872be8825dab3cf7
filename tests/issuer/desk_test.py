"""usher-issuer by its verbs: files that are good, bad, strange or enormous."""

import json
import os
import unittest

from support.documents import Host, instant, payload_of
from support.issuer import Issuer

NUMBER = "015.120.055.014"


class Desk(unittest.TestCase):
    def setUp(self):
        self.issuer = Issuer()
        self.addCleanup(self.issuer.close)
        self.code = self.issuer.sell(NUMBER, "Client", 10)
        self.a = Host("host-a")
        self.b = Host("host-b")

    def file(self, text, name="document"):
        path = self.issuer.directory / name
        path.write_text(text)
        return path

    def approve(self, text):
        return self.issuer.must("approve", "-", input=text)

    def refused(self, verb, *words, code=1, input=None):
        """What a verb says that does not do what it was asked for."""
        done = self.issuer.run(verb, *words, input=input)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertIn("usher-issuer: hint: ", done.stderr)
        return done.stderr

    def test_a_request_is_approved_and_its_receipt_received(self):
        answer = payload_of(self.approve(self.a.request(self.code)))
        self.assertEqual((answer["number"], answer["license"]["product"]), (1, "Client"))
        self.assertEqual(self.issuer.licenses()[NUMBER]["active"]["host"], "host-a")
        receipt = self.file(self.a.receipt(NUMBER, 1))
        said = payload_of(self.issuer.must("receive", receipt))
        self.assertEqual((said["number"], said["active"]), (1, False))
        self.assertIsNone(self.issuer.licenses()[NUMBER]["active"])
        self.issuer.must("receive", receipt)  # Twice is once.

    def test_the_same_file_has_the_same_answer(self):
        request = self.file(self.a.request(self.code))
        self.assertEqual(self.issuer.must("approve", request),
                         self.issuer.must("approve", request))

    def test_an_answer_is_written_to_a_new_file_only(self):
        request = self.file(self.a.request(self.code))
        output = self.issuer.directory / "answer"
        self.issuer.must("approve", request, "--output", output)
        before = output.read_text()
        self.refused("approve", request, "--output", output)
        self.assertEqual(output.read_text(), before)

    def test_a_no_has_its_code_and_a_cure(self):
        self.approve(self.a.request(self.code))
        said = self.refused("approve", "-", input=self.b.request(self.code))
        self.assertIn(f"ALREADY_ACTIVE: license {NUMBER} is active on host-a", said)

    def test_a_request_of_yesterday_counts_and_one_of_31_days_ago_does_not(self):
        said = self.refused("approve", "-", input=self.a.request(self.code, made=instant(-31)))
        self.assertIn("DOCUMENT_EXPIRED", said)
        self.approve(self.a.request(self.code, made=instant(-1)))
        self.approve(self.a.request(self.code, made=instant(+1)))

    def test_an_edited_file_is_refused_by_name(self):
        text = self.a.request(self.code)
        middle = len(text) // 2
        changed = text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1:]
        self.assertIn("DOCUMENT_INVALID", self.refused("approve", "-", input=changed))

    def test_the_wrong_kind_is_named(self):
        receipt = self.file(self.a.receipt(NUMBER, 1))
        self.assertIn("is an usher-receipt", self.refused("approve", receipt))
        request = self.file(self.a.request(self.code))
        self.assertIn("is an usher-activation-request", self.refused("receive", request))
        self.assertIn("is no document of Usher", self.refused("approve", self.file("hello")))

    def test_a_link_a_fifo_a_directory_and_a_huge_file_are_refused_by_name(self):
        real = self.file(self.a.request(self.code))
        link = self.issuer.directory / "link"
        link.symlink_to(real)
        fifo = self.issuer.directory / "fifo"
        os.mkfifo(fifo)
        huge = self.issuer.directory / "huge"
        with open(huge, "wb") as file:
            file.truncate(2 << 30)
        for path, what in ((link, "is a symbolic link"), (fifo, "is not a regular file"),
                           (self.issuer.directory, "is not a regular file"),
                           (huge, "is longer than 16 KiB"),
                           (self.issuer.directory / "none", "No such file")):
            for verb in ("approve", "receive"):
                with self.subTest(path=path, verb=verb):
                    said = self.refused(verb, path)
                    self.assertIn(what, said)
                    self.assertIn(str(path), said)

    def test_a_code_that_is_renewed_voids_the_old_one(self):
        new = self.issuer.must("code", "--number", NUMBER).strip()
        self.assertNotEqual(new, self.code)
        said = self.refused("approve", "-", input=self.a.request(self.code))
        self.assertIn("BAD_ACTIVATION_CODE", said)
        self.approve(self.a.request(new))
        self.assertIn("UNKNOWN_LICENSE", self.refused("code", "--number", "1.2.3"))

    def test_a_burnt_host_is_released_or_bridged(self):
        self.approve(self.a.request(self.code))
        week = self.issuer.must("emergency", NUMBER).strip()
        self.assertEqual(payload_of(self.approve(self.b.request(week)))["number"], 2)
        self.assertFalse(payload_of(self.approve(self.a.showing(NUMBER, 1)))["active"])
        self.assertIn("host-b", self.issuer.must("release", NUMBER))
        self.assertEqual(payload_of(self.approve(self.a.request(self.code)))["number"], 3)
        self.assertIn("released by the vendor", [line["what"] for line in self.issuer.audit()])

    def test_no_file_of_the_vendor_holds_a_code(self):
        self.approve(self.a.request(self.code))
        letters = self.code.rpartition("/")[2]
        for path in self.issuer.directory.rglob("*"):
            if path.is_file():
                self.assertNotIn(letters.encode(), path.read_bytes(), path)
                self.assertNotIn(letters.replace("-", "").encode(), path.read_bytes(), path)

    def test_what_is_typed_wrong_is_said(self):
        for words in (("--kinds", "shared"), ("--check-every", "30"), ("--check-every", "0d"),
                      ("--need", "0"), ("--quantity", "none")):
            with self.subTest(words=words):
                sold = {"--number": "2", "--product": "P", "--metric": "lease", "--quantity": "1",
                        words[0]: words[1]}
                self.refused("code", *[word for pair in sold.items() for word in pair], code=2)
        self.refused("address", "http://issuer", code=2)

    def test_a_death_before_the_commit_gives_nothing_and_one_after_it_is_made_good(self):
        request = self.a.request(self.code)
        for die, number in (("before:1", None), ("after:1", 1)):
            done = self.issuer.run("approve", "-", input=request, die=die)
            self.assertEqual((done.returncode, done.stdout), (-9, ""))
            active = self.issuer.licenses()[NUMBER]["active"]
            self.assertEqual(active and active["number"], number)
        self.assertEqual(payload_of(self.approve(request))["number"], 1)

    def test_what_a_license_may_be_downgraded_to_is_registered_and_listed(self):
        self.issuer.must("code", "--number", "L19", "--product", "V19", "--quantity", "2",
                         "--metric", "user", "--downgrades-to", "V16", "--downgrades-to", "V15")
        self.assertEqual(self.issuer.licenses()["L19"]["downgrades_to"], ["V15", "V16"])
        self.assertNotIn("downgrades_to", self.issuer.licenses()[NUMBER])
        self.issuer.must("code", "--number", "L19")
        self.assertEqual(self.issuer.licenses()["L19"]["downgrades_to"], ["V15", "V16"])

    def test_the_clock_is_the_tests(self):
        self.issuer.clock = ["calendar 2031-01-01T00:00:00Z", "hold"]
        answer = payload_of(self.approve(self.a.request(self.code, made="2031-01-01T00:00:00Z")))
        self.assertEqual(answer["made"][:10], "2031-01-01")
        self.assertEqual(json.loads(self.issuer.must("list", "--json"))["licenses"][0]["number"],
                         NUMBER)


if __name__ == "__main__":
    unittest.main()
