"""What operators type, against a real daemon with the three licenses."""

import json
import os
import re
import stat
import unittest

from support.daemon import Daemon
from support.vendor import House

SESSION = "015.120.065.016"
CLIENT = "015.120.055.014"


class Operators(unittest.TestCase):

    def setUp(self):
        self.house = self.enterContext(House())
        self.daemon = self.house.daemon

    def assert_refused(self, code, *words, **more):
        """Refused with `code`, told alike to people and to programs."""
        done = self.daemon.usher(*words, "--json", **more)
        self.assertEqual(done.returncode, 1, done)
        refused = json.loads(done.stdout)["refused"]
        self.assertEqual(refused["code"], code)
        self.assertTrue(refused["cures"])
        self.assertIn(f"usher: error: {code}: {refused['text']}\n", done.stderr)
        for cure in refused["cures"]:
            self.assertIn(f"usher: hint: {cure}\n", done.stderr)
        return refused

    def in_maintenance(self):
        self.daemon.must("maintenance", "on")
        self.addCleanup(self.daemon.usher, "maintenance", "off")

    def profile(self, name):
        profiles = {each["name"]: each for each in self.daemon.json("profile", "list")["profiles"]}
        return profiles.get(name)

    def test_status_has_exactly_its_documented_keys(self):
        self.daemon.must("checkout", "Client")
        status = self.daemon.status()
        self.assertEqual(list(status), ["mode", "node", "pools", "profiles", "leases", "queue",
                                        "parties", "limits"])
        self.assertEqual(list(status["limits"][0]), ["name", "bound", "in_use", "highest"])
        self.assertEqual(list(status["pools"][0]),
                         ["id", "root", "product", "metric", "stock", "held", "available", "locked",
                          "reason", "short", "scheme", "owner", "closed", "leases"])
        self.assertEqual(list(status["profiles"][0]),
                         ["name", "pools", "in_use", "re_use", "default"])
        self.assertEqual(list(status["leases"][0]),
                         ["id", "profile", "pool", "seat", "units", "party", "user", "device",
                          "kind", "started", "deadline"])
        instant = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"
        self.assertRegex(status["leases"][0]["started"], instant)
        self.assertRegex(status["leases"][0]["deadline"], instant)

    def test_the_socket_may_be_named_from_where_one_stands(self):
        status = self.daemon.json("status", "--socket", os.path.relpath(self.daemon.socket))
        self.assertEqual(status["mode"], "serving")

    def test_status_shows_the_three_licenses_to_people(self):
        shown = self.daemon.must("status")
        self.assertRegex(shown, r"(?m)^serving · node [0-9a-f]{16} · \d{4}-")
        self.assertRegex(shown, r"(?m)^015\.120\.064\.022  PROServer +lease +0 of 100 +100$")
        self.assertRegex(shown, r"(?m)^015\.120\.065\.016  PROSession +lease +0 of 8 +8$")
        self.assertRegex(shown, r"(?m)^015\.120\.055\.014  Client +user_device +0 of 10 +10$")
        self.assertNotIn("\x1b", shown)

    def test_colour_comes_when_asked_for(self):
        self.assertIn("\x1b[", self.daemon.must("status", "--color", "always"))
        self.assertNotIn("\x1b", self.daemon.must("status", "--color", "never"))

    def test_a_lease_is_listed_and_revoked_by_its_tag(self):
        self.daemon.must("checkout", "Client", "--user", "daisy", "--device", "desk-1")
        lease = self.daemon.json("leases")["leases"][0]
        self.assertRegex(lease["id"], "^[0-9a-f]{16}$")
        self.assertEqual((lease["user"], lease["device"], lease["identity"]),
                         ("daisy", "desk-1", "local:root"))
        self.assertIn("daisy", self.daemon.must("leases"))

        self.daemon.must("revoke", lease["id"], "--reason", "the license is needed")

        self.assertEqual(self.daemon.json("leases")["leases"], [])
        self.assert_refused("UNKNOWN_LEASE", "revoke", lease["id"])

    def test_why_remembers_the_refusal_with_its_numbers_and_holders(self):
        self.daemon.must("checkout", "ProLicense", "--units", "8", "--user", "daisy")
        refused = self.assert_refused("NO_FREE_SEAT", "checkout", "ProLicense", "--user", "donald")
        self.assertEqual((refused["stock"], refused["held"]), (8, 8))
        self.assertEqual(refused["holders"][0]["user"], "daisy")

        remembered = self.daemon.json("why", "--user", "donald")["refusals"]
        self.assertEqual([each["refused"]["code"] for each in remembered], ["NO_FREE_SEAT"])
        self.assertEqual(self.daemon.json("why", "--user", "goofy")["refusals"], [])
        shown = self.daemon.must("why")
        self.assertRegex(shown,
                         r"donald on \S+ asked for ProLicense\n  NO_FREE_SEAT: no free seats")

    def test_licenses_are_listed_installed_once_and_removed_in_maintenance(self):
        licenses = {each["id"]: each for each in self.daemon.json("license", "list")["licenses"]}
        self.assertEqual(licenses[CLIENT]["quantity"], 10)
        self.assertEqual(licenses[CLIENT]["vendor"], "acme")
        self.assertTrue(licenses[CLIENT]["counts"])

        again = self.house.vendor.sign(CLIENT, "Client", 10, "user_device",
                                       node=self.daemon.must("node"))
        self.assert_refused("ALREADY_INSTALLED", "license", "install", "-", input=again)
        self.assert_refused("LICENSE_INVALID", "license", "install", "-", input="rubbish\n")
        self.assert_refused("UNKNOWN_LICENSE", "license", "remove", "000")
        self.assert_refused("NOT_IN_MAINTENANCE", "license", "remove", CLIENT)
        self.in_maintenance()
        self.daemon.must("license", "remove", CLIENT)
        self.assertNotIn(CLIENT, self.daemon.must("license", "list"))

    def test_a_license_in_use_is_removed_only_where_the_operator_insists(self):
        self.daemon.must("checkout", "Client", "--user", "daisy")
        self.in_maintenance()
        refused = self.assert_refused("LEASES_OUTSTANDING", "license", "remove", CLIENT)
        self.assertEqual(refused["held"], 1)
        self.daemon.must("license", "remove", CLIENT, "--force")
        self.assertEqual(self.daemon.status()["leases"], [])

    def test_an_unlimited_license_is_null_and_says_so(self):
        license = self.house.vendor.sign("1", "Viewer", "unlimited")
        self.daemon.must("license", "install", "-", input=license)
        pool = next(each for each in self.daemon.status()["pools"] if each["product"] == "Viewer")
        self.assertEqual((pool["stock"], pool["available"], pool["unlimited"]), (None, None, True))
        self.assertIn("0 of unlimited", self.daemon.must("status"))

    def test_an_expired_license_says_so_everywhere(self):
        license = self.house.vendor.sign("2", "Old", 5, to="2020-01-01")
        self.daemon.must("license", "install", "-", "--profile", "Old", input=license)
        pool = next(each for each in self.daemon.status()["pools"] if each["product"] == "Old")
        self.assertEqual((pool["stock"], pool["reason"]), (0, "EXPIRED"))
        self.assertRegex(self.daemon.must("license", "list"),
                         r"(?m)^2 .*2020-01-01T00:00:00Z.*EXPIRED$")
        self.assert_refused("EXPIRED", "checkout", "Old")
        doctor = self.daemon.usher("doctor")
        self.assertEqual(doctor.returncode, 1)
        self.assertIn("2 Old counts nothing: EXPIRED since 2020-01-01T00:00:00Z", doctor.stdout)

    def test_profiles_are_added_renamed_made_default_and_removed(self):
        self.daemon.must("profile", "add", "Both", SESSION, CLIENT, "--default", "--capacity", "3")
        self.assertEqual(self.profile("Both")["pools"], [SESSION, CLIENT])
        self.assertEqual((self.profile("Both")["default"], self.profile("Both")["capacity"]),
                         (True, 3))
        self.assert_refused("NAME_TAKEN", "profile", "add", "Both", SESSION)
        self.assert_refused("UNKNOWN_POOL", "profile", "add", "Other", "nowhere")
        self.assert_refused("CAPACITY_EXCEEDED", "profile", "add", "Big", SESSION,
                            "--capacity", "9")
        self.assert_refused("NOT_IN_MAINTENANCE", "profile", "rename", "Both", "Two")
        self.assert_refused("NOT_IN_MAINTENANCE", "profile", "default", "Both", "--off")
        self.assert_refused("NOT_IN_MAINTENANCE", "profile", "remove", "Both")

        self.in_maintenance()
        self.daemon.must("profile", "rename", "Both", "Two")
        self.daemon.must("profile", "default", "Two", "--off")
        self.assertFalse(self.profile("Two")["default"])
        self.assertIsNone(self.profile("Both"))
        self.daemon.must("profile", "remove", "Two")
        self.assertIsNone(self.profile("Two"))

    def test_a_rename_warns_of_those_who_use_the_name(self):
        for user in ("daisy", "donald"):
            self.daemon.must("checkout", "Server", "--user", user)
        self.in_maintenance()

        done = self.daemon.usher("profile", "rename", "Server", "Solver")

        self.assertEqual(done.returncode, 0)
        self.assertIn("usher: warning: 2 clients used Server in the last 30 days", done.stderr)
        answer = self.daemon.json("profile", "rename", "Solver", "Server")
        self.assertIs(answer["done"], True)
        self.assertIn("2 clients used Solver", answer["warnings"][0])

    def test_named_users_are_set_shown_and_let_go(self):
        users = self.daemon.directory / "users"
        users.write_text("daisy\n\n  donald \n")
        self.assert_refused("NOT_IN_MAINTENANCE", "pool", "users", CLIENT, "daisy")
        self.assertEqual(self.daemon.must("pool", "users", CLIENT), "everybody\n")
        self.in_maintenance()
        self.daemon.must("pool", "users", CLIENT, "--file", users)
        self.assertEqual(self.daemon.json("pool", "users", CLIENT)["users"], ["daisy", "donald"])
        self.assert_refused("LIST_FULL", "pool", "users", CLIENT, *[f"user-{n}" for n in range(11)])
        self.daemon.must("maintenance", "off")
        self.assert_refused("NOT_REGISTERED_USER", "checkout", "Client", "--user", "mickey")
        self.daemon.must("checkout", "Client", "--user", "daisy")
        self.daemon.must("maintenance", "on")
        self.daemon.must("pool", "users", CLIENT, "--everybody")
        self.assertEqual(self.daemon.must("pool", "users", CLIENT), "everybody\n")

        unknown = self.daemon.usher("pool", "users", "nowhere")
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("there is no pool nowhere", unknown.stderr)

    def test_pools_are_listed(self):
        pools = {each["id"]: each for each in self.daemon.json("pool", "list")["pools"]}
        self.assertEqual(pools[SESSION]["stock"], 8)
        self.assertIsNone(pools[SESSION]["users"])
        self.assertIn("PROSession", self.daemon.must("pool", "list"))

    def test_maintenance_lends_nothing(self):
        self.in_maintenance()
        self.assertEqual(self.daemon.status()["mode"], "maintenance")
        self.assert_refused("IN_MAINTENANCE", "checkout", "Client")

    def test_node_prints_one_line_and_address_another(self):
        self.assertRegex(self.daemon.must("node"), r"\Ausher-node:[\w.-]+\n\Z")
        address = self.daemon.must("address")
        self.assertRegex(address, rf"\Ausher://localhost:{self.daemon.port}/"
                                  r"\?ca=sha256:[0-9a-f]{64}\n\Z")
        node = self.daemon.json("node")
        self.assertEqual(node["server"], address.strip())
        self.assertGreaterEqual(sum(each["found"] for each in node["identifiers"]), node["need"])

    def test_doctor_finds_a_healthy_house_well(self):
        done = self.daemon.usher("doctor")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("wrong", done.stdout)
        self.assertIn("015.120.065.016 PROSession counts", done.stdout)
        self.assertTrue(self.daemon.json("doctor")["well"])

    def test_doctor_comes_all_the_way_over_tls_with_nothing_in_its_hands(self):
        subjects = [each["subject"] for each in self.daemon.json("doctor")["checks"]]
        for subject in ("name", "port", "TLS", "clock", "identity", "entitlement"):
            self.assertIn(subject, subjects)

    def test_the_journal_is_looked_at_when_the_daemon_stands_still(self):
        self.daemon.must("key", "create", "solver")
        self.daemon.stop()
        state = ["--state", self.daemon.directory / "state"]
        self.assertIn("the journal is whole", self.daemon.must("journal", "verify", *state))
        head = self.daemon.json("journal", "verify", *state)["head"]
        self.daemon.must("journal", "verify", *state, "--head", head)
        self.assertIn("name=solver", self.daemon.must("journal", "tail", *state, "--turns", "5"))
        lines = self.daemon.must("journal", "export", *state).splitlines()
        self.assertEqual(len(lines), int(head.split(":")[0]))
        self.assertTrue(all(json.loads(line) for line in lines))

    # Export and import.

    def test_what_is_exported_can_be_imported_and_changes_nothing(self):
        described = self.daemon.must("export")
        without_time = [re.sub(r'"at": "[^"]*"', "", text)
                        for text in (self.daemon.must("export", "-"), described)]
        self.assertEqual(*without_time)
        self.assertEqual(self.daemon.json("export")["licenses"], json.loads(described)["licenses"])
        self.assert_refused("NOT_IN_MAINTENANCE", "import", "-", input=described)
        self.in_maintenance()
        before = self.daemon.all_it_holds()
        self.assertEqual(self.daemon.must("import", "-", input=described),
                         "everything is as described already\n")
        self.assertEqual(self.daemon.all_it_holds(), before)

    def test_an_export_is_a_new_file_that_only_its_owner_reads(self):
        file = self.daemon.directory / "export.json"
        self.assertEqual(self.daemon.must("export", file), f"wrote {file}\n")
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        done = self.daemon.usher("export", file)
        self.assertEqual(done.returncode, 1)
        self.assertIn("File exists", done.stderr)

    def test_another_daemon_expects_what_it_has_not_and_says_what_is_to_be_done(self):
        described = self.daemon.must("export")
        with Daemon({"vendor_keys": [self.house.vendor.key]}) as other:
            told = other.must("import", "-", "--dry-run", input=described)
            self.assertIn("license 015.120.055.014 (Client, 10 units) is still to be installed\n",
                          told)
            self.assertIn("profile ProLicense leads to 015.120.065.016\n", told)
            self.assertTrue(told.endswith("nothing was changed: this was a dry run\n"))
            self.assertEqual(other.status()["pools"], [])

            other.must("maintenance", "on")
            done = other.json("import", "-", input=described)
            self.assertEqual((done["done"], done["warnings"]), (True, []))
            self.assertEqual(len(done["changes"]), 6)
            other.must("maintenance", "off")
            self.assertRegex(other.must("license", "list"),
                             r"015\.120\.055\.014  Client .* machine +to install\n")
            self.assertRegex(other.must("status"),
                             r"015\.120\.055\.014  Client .* 0 of 0 +0 +to install\n")
            self.assertEqual([license["expected"]
                              for license in other.json("license", "list")["licenses"]],
                             ["install"] * 3)
            again = json.loads(other.must("export"))
            self.assertEqual((again["licenses"], again["profiles"]),
                             (json.loads(described)["licenses"], json.loads(described)["profiles"]))

            self.house.install_three(other)
            self.assertEqual(other.status()["profiles"], self.daemon.status()["profiles"])
            self.assertEqual(other.run_as_client("checkout", "Client").returncode, 0)

    def test_a_description_that_is_wrong_is_refused_with_its_place(self):
        self.in_maintenance()
        described = self.daemon.must("export").replace('"grace": "2s"', '"grace": 2')
        refused = self.assert_refused("DOCUMENT_INVALID", "import", "-", input=described)
        self.assertIn("policy.grace: is not a text", refused["text"])


class Credentials(unittest.TestCase):
    """Who may come in, and as what; nobody without anything."""

    @classmethod
    def setUpClass(cls):
        cls.house = cls.enterClassContext(House({"anonymous": False}))
        cls.daemon = cls.house.daemon

    def code_of(self, *words, **more):
        """The code that a client over TLS is refused with; none: it was not."""
        done = self.daemon.run_as_client(*words, "--json", **more)
        return json.loads(done.stdout)["refused"]["code"] if done.returncode else None

    def test_nobody_comes_in_without_anything(self):
        self.assertEqual(self.code_of("checkout", "Client"), "UNKNOWN_CREDENTIAL")
        self.assertEqual(self.code_of("checkout", "Client", USHER_KEY="usher-key-guessed"),
                         "UNKNOWN_CREDENTIAL")

    def test_a_key_lets_in_until_it_is_revoked(self):
        key = self.daemon.must("key", "create", "solver").strip()
        self.assertRegex(key, r"^usher-key-[\w-]{43}$")
        file = self.daemon.directory / "solver.key"
        file.write_text(key + "\n")
        self.assertIsNone(self.code_of("checkout", "Client", USHER_KEY=key))
        self.assertIsNone(self.code_of("checkout", "Client", "--key-file", file))
        self.assertIsNone(self.code_of("checkout", "Client", "--key", key))
        listed = self.daemon.json("key", "list")["keys"]
        self.assertIn(("solver", "key", "application"),
                      [(each["name"], each["kind"], each["role"]) for each in listed])
        self.assertNotIn(key, self.daemon.must("key", "list"))

        self.assertEqual(self.daemon.usher("certificate", "revoke", "solver").returncode, 1)
        self.daemon.must("key", "revoke", "solver")
        self.assertEqual(self.code_of("checkout", "Client", USHER_KEY=key), "UNKNOWN_CREDENTIAL")

    def test_an_application_is_no_operator(self):
        key = self.daemon.json("key", "create", "guest")["key"]
        self.assertEqual(self.code_of("status", "--server", self.daemon.server, USHER_KEY=key),
                         "NOT_ALLOWED")

    def test_a_certificate_is_made_here_and_lets_its_role_in(self):
        made = self.daemon.json("certificate", "create", "ops/1", "--role", "operator",
                                "--directory", self.daemon.directory)
        for file in (made["certificate"], made["key"]):
            self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        self.assertTrue(made["key"].endswith("/ops_1.key"))
        card = ["--server", self.daemon.server, "--certificate", made["certificate"],
                "--certificate-key", made["key"]]

        self.assertIsNone(self.code_of("status", *card))
        self.assertEqual(self.code_of("maintenance", "on", *card), "NOT_ALLOWED")
        self.daemon.must("certificate", "revoke", "ops/1")
        self.assertEqual(self.code_of("status", *card), "UNKNOWN_CREDENTIAL")

    def test_no_file_is_written_over_and_no_certificate_made_for_nothing(self):
        kept = self.daemon.directory / "kept.key"
        kept.write_text("mine")
        done = self.daemon.usher("certificate", "create", "kept",
                                 "--directory", self.daemon.directory)
        self.assertEqual(done.returncode, 1)
        self.assertIn("kept.key: File exists", done.stderr)
        self.assertEqual(kept.read_text(), "mine")
        self.assertNotIn("kept", self.daemon.must("certificate", "list"))

    def test_a_refused_certificate_leaves_no_key_behind(self):
        self.daemon.must("key", "create", "taken")
        done = self.daemon.usher("certificate", "create", "taken", "--directory",
                                 self.daemon.directory)
        self.assertEqual(done.returncode, 1)
        self.assertIn("NAME_TAKEN", done.stderr)
        self.assertFalse((self.daemon.directory / "taken.key").exists())

    def test_a_server_of_somebody_else_is_refused(self):
        key = self.daemon.must("key", "create", "pinned").strip()
        other = re.sub("[0-9a-f]{64}", "0" * 64, self.daemon.server)
        done = self.daemon.usher("status", "--server", other, USHER_KEY=key)
        self.assertEqual(done.returncode, 1)
        self.assertIn("certificate", done.stderr)

    def test_a_server_without_the_vendors_license_is_refused(self):
        key = self.daemon.must("key", "create", "proven").strip()
        genuine = self.daemon.run_as_client("checkout", "Server", "--vendor-key",
                                            self.house.vendor.key, USHER_KEY=key)
        self.assertEqual(genuine.returncode, 0, genuine.stderr)
        with Daemon() as empty:
            done = empty.run_as_client("checkout", "Server", "--vendor-key", self.house.vendor.key)
        self.assertEqual(done.returncode, 1)
        self.assertIn("did not prove to be genuine", done.stderr)


if __name__ == "__main__":
    unittest.main()
