"""Tables of other programs: what is required, and whose devices are."""

import json
import tempfile
import unittest
from pathlib import Path

from support.daemon import Daemon
from support.vendor import Vendor


class Tables(unittest.TestCase):
    """A license of two rights of V19 per user, which may be downgraded to V16 and V15."""

    def setUp(self):
        self.vendor = Vendor()
        self.addCleanup(self.vendor.close)
        self.daemon = self.enterContext(Daemon({"vendor_keys": [self.vendor.key]}))
        self.scratch = Path(self.enterContext(tempfile.TemporaryDirectory()))
        license = self.vendor.sign("L19", "V19", 2, "user", downgrades_to="V16")
        self.daemon.must("license", "install", "-", "--scheme", "requirements", input=license)
        self.daemon.must("product", "add", "V15", "--model", "device")

    def table(self, text):
        file = self.scratch / "table.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def devices(self, text, *words, code=0):
        """Imports requirements of devices, and gives the object of --json."""
        done = self.daemon.usher("requirement", "import", self.table(text), "--product-column",
                                 "product", "--device-column", "device", "--json", *words)
        self.assertEqual(done.returncode, code, done)
        self.said = done.stderr
        return json.loads(done.stdout)

    def statuses(self):
        return {each["consumer"]: each["status"] for each in
                self.daemon.json("requirement", "list")["requirements"]}

    def test_a_table_is_imported_and_covered_and_outlives_the_daemon(self):
        file = self.table("owner;computer\r\nann;D1\r\nann;D2\r\nbob;D3\r\n")
        self.assertEqual(self.daemon.must("party", "principals", file, "--device-column",
                                          "computer", "--user-column", "owner"),
                         "imported 3 rows\n")
        found = self.devices("\ufeffproduct,device\r\nV16,D1\r\nV16,D2\nV16,\"D3\"\nV15,D1\n",
                             "--model", "device")
        self.assertEqual((found["done"], found["rows"], found["bad_rows"]), (True, 4, 0))
        expected = {"D2": "consolidated", "D3": "consolidated", "ann": "licensed",
                    "bob": "licensed"}
        self.assertLessEqual(expected.items(), self.statuses().items())
        before = self.daemon.json("requirement", "list")
        self.daemon.stop()
        self.assertIn("covered product=V16 vendor=acme user=ann grants=L19:1",
                      self.daemon.must("journal", "tail", "--turns", "100",
                                       self.daemon.directory / "state" / "journal.db"))
        self.daemon.start()
        self.assertEqual(self.daemon.json("requirement", "list"), before)
        license = self.daemon.json("license", "list")["licenses"][0]
        self.assertEqual(license["downgrades_to"], ["V16"])
        self.assertIn("DOWNGRADES TO", self.daemon.must("license", "list"))

    def test_a_dry_run_imports_nothing(self):
        self.assertEqual(self.devices("product,device\nV16,D1\n", "--dry-run")["done"], False)
        self.assertEqual(self.statuses(), {})

    def test_with_a_bad_row_nothing_is_imported_unless_bad_rows_are_skipped(self):
        text = "product,device\nV16,D1\nV99,D2\nV16,\nV16,D3\n"
        found = self.devices(text, code=1)
        self.assertEqual(found["bad_rows"], 2)
        self.assertEqual([each["line"] for each in found["bad"]], [3, 4])
        self.assertIn("UNKNOWN_PRODUCT", found["bad"][0]["text"])
        self.assertIn("nothing was imported", found["failed"]["text"])
        self.assertIn('line 4: column device: "" is no name: empty', self.said)
        self.assertIn("line 3: column product: UNKNOWN_PRODUCT", self.said)
        self.assertIn("usher: hint: mend them, or leave them out: --skip-bad", self.said)
        self.assertEqual(self.statuses(), {})
        self.assertEqual(self.devices(text, "--skip-bad")["rows"], 2)
        self.assertEqual(set(self.statuses()), {"D1", "D3"})

    def test_a_row_that_stands_there_twice_goes_once_and_one_that_says_otherwise_is_bad(self):
        found = self.devices("product,device\nV16,D1\nV16,D1\nV16,D2\n")
        self.assertEqual((found["rows"], found["repeated_rows"], found["bad_rows"]), (2, 1, 0))
        done = self.daemon.usher("requirement", "import",
                                 self.table("p,d,n\nV16,D1,1\nV16,D1,2\n"), "--product-column",
                                 "p", "--device-column", "d", "--number-column", "n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("line 3: V16/device:D1: line 2 says otherwise of it", done.stderr)

    def test_a_quote_that_is_never_closed_is_left_out_by_no_option(self):
        for words in ((), ("--skip-bad",)):
            self.devices("product,device\nV16,D1\n\"V16,D2\nV16,D3\n", *words, code=1)
            self.assertIn("line 3: opens a quote that is never closed", self.said)
        self.assertEqual(self.statuses(), {})

    def test_many_rows_go_in_parts_and_only_the_first_bad_ones_are_told(self):
        rows = [f"{'V99' if number % 500 == 0 else 'V15'},D{number}" for number in range(21_000)]
        found = self.devices("product,device\n" + "\n".join(rows) + "\n", "--skip-bad")
        self.assertEqual((found["rows"], found["bad_rows"]), (20_958, 42))
        self.assertEqual([each["line"] for each in found["bad"]],
                         [2 + 500 * number for number in range(20)])
        self.assertIn("and 22 more bad rows", self.said)

    def test_what_cannot_be_read_or_is_not_said_is_told(self):
        for text, said in ((b"", "is empty: there is no header"),
                           ("product,device\n".encode("utf-16"), "is UTF-16"),
                           (b"product,computer\n", "there is no column device")):
            done = self.daemon.usher("requirement", "import", self.table(text),
                                     "--product-column", "product", "--device-column", "device")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(said, done.stderr)
        file = self.table("device\nD1\n")
        for words, said in ((("--device-column", "device"), "of which product?"),
                            (("--product", "V16"), "who needs it?"),
                            (("--product", "V16", "--device-column", "device",
                              "--source", "s" * 65), "--source: is not 1 to 64 bytes")):
            done = self.daemon.usher("requirement", "import", file, *words)
            self.assertEqual(done.returncode, 2, done)
            self.assertIn(said, done.stderr)
        for name, code in ((self.scratch, 2), (self.scratch / "missing", 1)):
            done = self.daemon.usher("party", "principals", name, "--device-column", "a",
                                     "--user-column", "b")
            self.assertEqual(done.returncode, code, done)


if __name__ == "__main__":
    unittest.main()
