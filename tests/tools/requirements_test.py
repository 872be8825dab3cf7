"""What must be covered, by licenses that are counted on paper: as operators type it."""

import csv
import io
import json
import unittest

from support.daemon import Daemon
from support.vendor import Vendor


class Requirements(unittest.TestCase):
    """`V16` per device with one right; ann owns D1 and D2."""

    def setUp(self):
        self.vendor = Vendor()
        self.addCleanup(self.vendor.close)
        self.daemon = self.enterContext(Daemon({"vendor_keys": [self.vendor.key]}))
        self.install("DEV", "V16", 1)
        self.type("party principal D1 ann")
        self.type("party principal D2 ann")

    def install(self, number, product, quantity, metric="device", *words, **more):
        license = self.vendor.sign(number, product, quantity, metric, **more)
        return self.daemon.must("license", "install", "-", "--scheme", "requirements", *words,
                                input=license)

    def type(self, words):
        return self.daemon.must(*words.split())

    def json(self, words):
        return self.daemon.json(*words.split())

    def assert_refused(self, code, words):
        done = self.daemon.usher(*words.split(), "--json")
        self.assertEqual(done.returncode, 1, done)
        refused = json.loads(done.stdout)["refused"]
        self.assertEqual(refused["code"], code)
        self.assertTrue(refused["cures"])
        for said in (code, "usher: hint: "):
            self.assertIn(said, done.stderr)
        return refused

    def assert_misused(self, said, words):
        done = self.daemon.usher(*words.split())
        self.assertEqual(done.returncode, 2, done)
        self.assertIn(said, done.stderr)

    def statuses(self, words=""):
        return {f"{each['product']}/{each['kind']}:{each['consumer']}": each["status"]
                for each in self.json(f"requirement list {words}")["requirements"]}

    # Products.

    def test_a_product_is_added_listed_and_removed(self):
        self.assertEqual(self.type("product add Viewer --model user"), "added product Viewer\n")
        products = {each["name"]: each for each in self.json("product list")["products"]}
        self.assertEqual(products["Viewer"], {"name": "Viewer", "vendor": "acme", "model": "user"})
        self.assertEqual(products["V16"]["model"], "device")
        self.assertRegex(self.type("product list"), r"(?m)^Viewer +acme +user$")
        self.assertEqual(self.type("product remove Viewer"), "removed product Viewer\n")
        self.assertRegex(self.type("product list"), r"\APRODUCT +VENDOR +MODEL\nV16 ")
        self.assert_refused("UNKNOWN_PRODUCT", "product remove Viewer")

    def test_a_product_that_is_needed_stays(self):
        self.assertIn("a license", self.assert_refused("IN_USE", "product remove V16")["text"])
        self.type("product add Viewer")
        self.type("requirement add Viewer/user:ann")
        self.assertIn("required", self.assert_refused("IN_USE", "product remove Viewer")["text"])

    def test_of_two_vendors_one_is_named(self):
        self.type("product add V16 --vendor zebra")
        refused = self.assert_refused("UNKNOWN_PRODUCT", "requirement add V16/device:D1")
        self.assertIn("vendor", refused["text"])
        self.type("requirement add V16/device:D1 --vendor zebra")
        one, = self.json("requirement list --product V16 --vendor zebra")["requirements"]
        self.assertEqual((one["vendor"], one["status"]), ("zebra", "license_required"))

    # Requirements.

    def test_a_requirement_is_named_in_two_ways(self):
        self.assertEqual(self.type("requirement add V16 --device D1"), "added V16/device:D1\n")
        self.type("requirement add V16/device:D2 --source inventory --units 3")
        self.type("requirement add V16 --user bob --model user --unconfirmed")
        self.assertEqual(self.statuses(), {"V16/device:D1": "licensed",
                                           "V16/device:D2": "license_required",
                                           "V16/user:bob": "unconfirmed"})
        self.assertEqual(self.statuses("--status licensed"), {"V16/device:D1": "licensed"})
        second = self.json("requirement list --status license_required")["requirements"][0]
        self.assertEqual(second["foundations"], [{"source": "inventory", "model": "device",
                                                  "units": 3, "confirmed": True}])
        self.assertRegex(self.type("requirement list"),
                         r"(?m)^V16/device:D1 +licensed +1 of 1 +DEV +-$")

        self.type("requirement remove V16 --device D1")
        self.assertEqual(self.statuses()["V16/device:D2"], "partially_licensed")
        self.assert_refused("UNKNOWN_REQUIREMENT", "requirement remove V16/device:D1")
        self.assert_refused("UNKNOWN_REQUIREMENT",
                            "requirement remove V16/device:D2 --source somebody")
        self.assert_refused("BAD_QUANTITY", "requirement add V16/device:D1 --units 0")

    def test_only_an_option_names_a_product_with_a_separator(self):
        self.daemon.must("product", "add", "a/device:b")
        self.daemon.must("requirement", "add", "a/device:b", "--user", "ann")
        only, = self.json("requirement list")["requirements"]
        self.assertEqual((only["product"], only["consumer"]), ("a/device:b", "ann"))

    def test_who_names_nobody_is_told_how(self):
        for verb in ("add V16", "remove V16", "confirm V16", "explain V16",
                     "entitle V16 --license DEV", "change V16 --license DEV",
                     "consolidate V16 --behind V19"):
            self.assert_misused("PRODUCT/device:NAME", f"requirement {verb}")
        self.assert_misused("--device excludes --user",
                            "requirement add V16 --device D1 --user ann")

    def test_what_is_not_confirmed_asks_for_nothing(self):
        self.type("requirement add V16/device:D1 --unconfirmed")
        self.assertEqual(self.statuses(), {"V16/device:D1": "unconfirmed"})
        self.assertEqual(self.type("requirement confirm V16/device:D1"),
                         "V16/device:D1 is confirmed\n")
        self.assertEqual(self.statuses(), {"V16/device:D1": "licensed"})
        self.type("requirement confirm V16/device:D1 --undo")
        self.assertEqual(self.statuses(), {"V16/device:D1": "unconfirmed"})

    def test_one_stands_behind_another_until_that_is_undone(self):
        self.type("requirement add V16/device:D1")
        self.type("requirement add V16/device:D2")
        self.assertEqual(
            self.type("requirement consolidate V16/device:D2 --behind V16/device:D1 --kind remote"),
            "V16/device:D2 stands behind V16/device:D1\n")
        self.assertEqual(self.statuses()["V16/device:D2"], "consolidated")
        second = self.json("requirement explain V16/device:D2")["requirement"]
        self.assertEqual((second["because"], second["behind"]["consumer"]), ("remote", "D1"))
        self.assert_refused("CONSOLIDATION_NOT_ALLOWED",
                            "requirement consolidate V16/device:D1 --behind V16/device:D2")
        self.type("requirement consolidate V16/device:D2 --undo")
        self.assertEqual(self.statuses()["V16/device:D2"], "license_required")

    def test_a_product_stands_behind_another_where_one_needs_both(self):
        self.type("product add Suite")
        for consumer in ("V16/device:D1", "V16/device:D2", "Suite/device:D2"):
            self.type(f"requirement add {consumer}")
        self.type("requirement consolidate --product V16 --behind-product Suite --kind suite")
        self.assertEqual(self.statuses(), {"V16/device:D1": "licensed",
                                           "V16/device:D2": "consolidated",
                                           "Suite/device:D2": "license_required"})
        self.type("requirement consolidate --product V16 --undo")
        self.assertEqual(self.statuses()["V16/device:D2"], "license_required")

    def test_of_two_ways_to_consolidate_one_is_meant(self):
        self.assert_misused("both are given", "requirement consolidate V16/device:D1 --product V16 "
                                              "--behind-product V19")
        self.assert_misused("behind which product", "requirement consolidate --product V16")
        self.assert_misused("behind which requirement", "requirement consolidate V16/device:D1")
        self.assert_misused("which requirement, or which product", "requirement consolidate")
        self.assert_misused("not as suite", "requirement consolidate V16/device:D1 --behind "
                                            "V16/device:D2 --kind suite")
        self.assert_misused("not as manual", "requirement consolidate --product V16 "
                                             "--behind-product V19 --kind manual")

    def test_a_license_is_given_to_whom_the_operator_says(self):
        self.type("requirement add V16/device:D1")
        self.type("requirement add V16/device:D2")
        self.install("DEV2", "V16", 1)
        self.type("requirement entitle V16/device:D2 --license DEV2")
        self.assertEqual(self.statuses()["V16/device:D2"], "licensed")
        self.assert_refused("UNKNOWN_LICENSE", "requirement entitle V16/device:D2 --license none")
        self.assert_refused("MODEL_CHANGE_NOT_ALLOWED",
                            "requirement change V16/device:D1 --license DEV2")

    def test_whose_a_device_is_can_be_said_and_taken_back(self):
        self.assertEqual(self.type("party principal D3 bob"), "D3 is bob's\n")
        self.assertEqual(self.type("party principal D3 --none"), "D3 is nobody's\n")
        self.assert_misused("whose is D3", "party principal D3")
        self.assert_misused("USER excludes --none", "party principal D3 bob --none")

    def test_an_explanation_names_the_rules(self):
        self.type("requirement add V16/device:D1")
        self.type("requirement add V16/device:D9")
        explained = self.json("requirement explain V16/device:D9")
        self.assertEqual(explained["requirement"]["status"], "license_required")
        self.assertTrue(any("rights free" in each for each in explained["obstacles"]))
        said = self.type("requirement explain V16/device:D9")
        self.assertRegex(said, r"\AV16/device:D9 is license_required: it has 0 of 1 right\n"
                               r"because:\n  manual asks for 1 right per device\n(?:  .*\n)*"
                               r"in the way:\n(?:  .*\n)+what if:\n")
        self.assert_refused("UNKNOWN_REQUIREMENT", "requirement explain V16/device:D2")

    def test_a_list_has_all_its_parts(self):
        for number in range(30):
            self.type(f"requirement add V16/device:E{number} --source {'s' * 64}")
        self.assertEqual(len(self.statuses()), 30)

    # Downgrades, and changes of the model.

    def changed(self):
        """D2 has no right of its own, and a license per user covers ann instead."""
        self.install("L19", "V19", 2, "user", downgrades_to="V16")
        self.type("requirement add V16/device:D1")
        self.type("requirement add V16/device:D2")

    def test_a_device_stands_behind_its_user_where_that_covers_it(self):
        self.changed()
        self.assertEqual(self.statuses(), {"V16/device:D1": "licensed",
                                           "V16/device:D2": "consolidated",
                                           "V16/user:ann": "licensed"})
        listed = self.type("requirement list")
        self.assertRegex(listed, r"V16/device:D2 .* V16/user:ann +changed for L19")
        self.assertRegex(listed, r"V16/user:ann +licensed +1 of 1 +L19 \(downgrade\)")
        self.assertIn("(M-R4)", self.type("requirement explain V16/device:D2"))
        rows = {(row["product"], row["model"]): row
                for row in self.json("report compliance")["products"]}
        self.assertEqual((rows["V16", "device"]["changes"], rows["V16", "user"]["downgrades"],
                          rows["V19", "user"]["used"], rows["V19", "user"]["free"]), (1, 1, 1, 1))

    def test_what_was_changed_is_covered_by_that_license_and_consolidated_by_no_other_way(self):
        self.changed()
        self.install("M19", "V19", 2, "user", downgrades_to="V16")
        refused = self.assert_refused("ONLY_TRIGGER_LICENCE",
                                      "requirement entitle V16/user:ann --license M19")
        self.assertEqual(refused["detail"], "L19")
        self.assert_refused("CONSOLIDATION_NOT_ALLOWED",
                            "requirement consolidate V16/device:D2 --behind V16/device:D1")
        self.assert_refused("MODEL_CHANGE_NOT_ALLOWED",
                            "requirement change V16/device:D1 --license L19")

    def test_a_model_is_changed_by_hand_for_the_license_that_is_named(self):
        self.type("requirement add V16/device:D1")
        self.install("L19", "V19", 1, "user", downgrades_to="V16")
        self.type("requirement add V16/device:D2")
        self.assertEqual(self.type("requirement change V16/device:D2 --license L19"),
                         "V16/device:D2 is per user, for license L19\n")

    def test_a_license_that_covers_something_goes_by_force_only(self):
        self.type("requirement add V16/device:D1")
        refused = self.assert_refused("COVERS_REQUIREMENTS", "license remove DEV")
        self.assertIn("covers 1 requirement with 1 right", refused["text"])
        self.assertEqual(self.statuses(), {"V16/device:D1": "licensed"})
        self.type("license remove DEV --force")
        self.assertEqual(self.statuses(), {"V16/device:D1": "license_required"})

    def test_what_needs_no_license_says_so(self):
        self.changed()
        refused = self.assert_refused("NEEDS_NO_LICENSE",
                                      "requirement entitle V16/device:D2 --license DEV")
        self.assertIn("V16/device:D2 is consolidated behind V16/user:ann", refused["text"])

    def test_all_that_one_source_says_is_taken_back_at_once(self):
        self.type("product add V19 --model user")
        for words in ("V16/device:D1 --source scan", "V16/device:D2 --source scan",
                      "V19/user:ann --source scan", "V16/device:D1"):
            self.type(f"requirement add {words}")
        self.assertEqual(self.type("requirement remove --source scan --product V19"),
                         "removed what scan says\n")
        self.assertEqual(set(self.statuses()), {"V16/device:D1", "V16/device:D2"})
        self.type("requirement remove --source scan")
        self.assertEqual(set(self.statuses()), {"V16/device:D1"})
        self.assert_refused("UNKNOWN_REQUIREMENT", "requirement remove --source scan")
        self.assert_misused("--source SOURCE", "requirement remove")

    # Tables that are written.

    def test_requirements_and_principals_are_written_as_tables_that_can_be_read_again(self):
        self.changed()
        lines = self.type("requirement list --csv").split("\n")
        self.assertEqual(lines[0], "product,vendor,kind,consumer,status,model,need,has,covers,"
                                   "behind,remark")
        self.assertIn("V16,acme,device,D2,consolidated,device,1,0,,V16/user:ann,changed for L19",
                      lines)
        self.assertIn({"device": "D2", "user": "ann"}, self.json("party principals")["principals"])
        self.assertRegex(self.type("party principals"), r"(?m)^D2 +ann$")
        table = self.daemon.directory / "principals.csv"
        table.write_text(self.type("party principals --csv"), encoding="utf-8")
        self.daemon.must("party", "principal", "D2", "--none")
        self.daemon.must("party", "principals", table, "--device-column", "device",
                         "--user-column", "user")
        self.assertIn("D2,ann\n", table.read_text(encoding="utf-8"))
        self.assertIn({"device": "D2", "user": "ann"}, self.json("party principals")["principals"])
        self.assert_misused("--device-column COLUMN", f"party principals {table}")

    # The report.

    def test_a_report_is_for_people_programs_and_spreadsheets(self):
        self.type("requirement add V16/device:D1")
        self.type("requirement add V16/device:D2 --units 2")
        self.daemon.must("product", "add", 'a "small", one')
        self.daemon.must("requirement", "add", 'a "small", one', "--user", "ann", "--model", "user")
        row = {"product": "V16", "vendor": "acme", "model": "device", "owned": 1, "used": 1,
               "free": 0, "needed": 3, "shortfall": 2, "downgrades": 0, "changes": 0,
               "requirements": 2, "unconfirmed": 0}
        report = self.json("report compliance")
        self.assertIn(row, report["products"])
        self.assertEqual(json.loads(self.type("report compliance --format json")), report)
        done = self.daemon.usher("report", "compliance", "--format", "csv")
        table = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
        self.assertEqual([each["product"] for each in table], ["V16", 'a "small", one'])
        self.assertEqual({key: str(value) for key, value in row.items()} | {"unlimited": "false"},
                         table[0])
        self.assertRegex(self.type("report compliance"),
                         r"(?m)^PRODUCT +MODEL +OWNED .*\nV16 +device +1 +1 +0 +3 +2 ")

    def test_reconciling_once_more_changes_nothing(self):
        self.type("requirement add V16/device:D1")
        before = self.json("requirement list")
        self.assertEqual(self.type("reconcile --dry-run"),
                         "every requirement is covered as the rules say\n")
        self.assertEqual(self.json("reconcile"), {"done": True, "warnings": [], "changes": []})
        self.assertEqual(self.json("reconcile --dry-run")["done"], False)
        self.assertEqual(self.json("requirement list"), before)

    def test_all_of_it_survives_a_crash(self):
        self.type("requirement add V16/device:D1")
        self.type("requirement add V16/device:D2 --unconfirmed")
        before = self.json("requirement list"), self.json("report compliance")
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual((self.json("requirement list"), self.json("report compliance")), before)


if __name__ == "__main__":
    unittest.main()
