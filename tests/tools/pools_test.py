"""How operators shape pools under a root, say whom they follow, and look before they leap."""

import json
import unittest

from support.daemon import Daemon
from support.vendor import Vendor

LOCKS = 3  # The exit code where somebody would be locked.


class Keys(unittest.TestCase):
    """A license of 100 in the scheme `keys`: Berlin has 60, Vienna 30, and 10 are left."""

    def setUp(self):
        self.vendor = Vendor()
        self.addCleanup(self.vendor.close)
        self.daemon = self.enterContext(Daemon({"vendor_keys": [self.vendor.key]}))
        self.install(100, "--scheme", "keys")
        for pool, units in (("Berlin", 60), ("Vienna", 30)):
            self.daemon.must("pool", "open", pool, "--in", "Devices")
            self.daemon.must("pool", "allocate", "Devices", pool, units)
        self.daemon.must("party", "add", "web", "--kind", "instance", "--pool", "Berlin")

    def install(self, quantity, *words):
        license = self.vendor.sign("7", "Devices", quantity)
        return self.daemon.must("license", "install", "-", *words, input=license)

    def pool(self, name):
        return {pool["id"]: pool for pool in self.daemon.status()["pools"]}[name]

    def party(self, name):
        return {each["id"]: each for each in self.daemon.json("party", "list")["parties"]}[name]

    def register(self, count, *words):
        names = [f"switch-{number}" for number in range(count)]
        self.daemon.must("device", "add", "--party", "web", "--from", "-", *words,
                         input="\n".join(names) + "\n")
        return names

    def assert_refused(self, code, *words):
        done = self.daemon.usher(*words, "--json")
        self.assertEqual(done.returncode, 1, done)
        refused = json.loads(done.stdout)["refused"]
        self.assertEqual(refused["code"], code)
        return refused

    def forecast(self, exit_code, *words):
        """What a plan says, which must change nothing."""
        before = self.daemon.all_it_holds()
        done = self.daemon.usher(*words, "--json")
        self.assertEqual(done.returncode, exit_code, done)
        self.assertEqual(self.daemon.all_it_holds(), before)
        return json.loads(done.stdout)["forecast"]

    # Pools.

    def test_pools_stand_under_their_root_for_people_and_programs(self):
        berlin = self.pool("Berlin")
        self.assertEqual((berlin["root"], berlin["scheme"], berlin["leases"], berlin["stock"]),
                         ("Devices", "keys", "persistent", 60))
        self.assertEqual((berlin["owner"], berlin["closed"]), (None, False))
        self.assertEqual(self.pool("Devices")["stock"], 10)
        for verb in (("status",), ("pool", "list")):
            self.assertRegex(self.daemon.must(*verb),
                             r"(?m)^Devices +Devices +keys .*\n  Berlin .* 0 of 60 +60\n  Vienna ")

    def test_units_move_only_as_far_as_there_are_some(self):
        refused = self.assert_refused("INSUFFICIENT_UNITS", "pool", "allocate", "Devices",
                                      "Vienna", "11")
        self.assertEqual((refused["stock"], refused["want"]), (10, 11))
        self.assertIn("moved 10 units from Devices to Vienna\n",
                      self.daemon.must("pool", "allocate", "Devices", "Vienna", "10"))
        self.assertEqual(self.pool("Vienna")["stock"], 40)
        for wrong in ("0", str(10**12 + 1)):
            self.assert_refused("BAD_QUANTITY", "pool", "allocate", "Devices", "Vienna", wrong)
        done = self.daemon.usher("pool", "allocate", "Devices", "Vienna", "many")
        self.assertEqual(done.returncode, 2, done)

    def test_taking_what_is_held_needs_force_and_locks(self):
        self.register(60)
        self.assert_refused("WOULD_OVERCOMMIT", "pool", "allocate", "Berlin", "Vienna", "1")
        self.daemon.must("pool", "allocate", "Berlin", "Vienna", "1", "--force")
        self.assertEqual((self.pool("Berlin")["locked"], self.pool("Berlin")["short"]), (True, 1))

    def test_a_closed_pool_keeps_its_devices_or_releases_them_as_it_is_told(self):
        self.register(2)
        self.daemon.must("pool", "close", "Berlin", "--keep")
        self.assertEqual((self.pool("Berlin")["closed"], self.pool("Berlin")["held"]), (True, 2))
        self.assertIn("closed: 2 held", self.daemon.must("pool", "list"))
        self.assertEqual(self.party("web")["lock"], "POOL_CLOSED")

        self.daemon.must("pool", "close", "Vienna", "--release")
        self.assertEqual(self.pool("Devices")["stock"], 100)
        self.assertEqual(self.daemon.usher("pool", "close", "Vienna", "--keep",
                                           "--release").returncode, 2)

    def test_of_very_many_pools_the_status_shows_the_first_and_the_list_all(self):
        for number in range(100, 130):
            self.daemon.must("pool", "open", f"site-{number}", "--in", "Devices")
        shown = self.daemon.must("status")
        self.assertIn("  and 12 more", shown)
        self.assertNotIn("site-129", shown)
        self.assertIn("  site-129", self.daemon.must("pool", "list"))
        self.assertEqual(len(self.daemon.status()["pools"]), 33)

    # Licenses.

    def test_a_license_is_replaced_where_that_is_said(self):
        license = self.vendor.sign("7", "Devices", 200)
        refused = self.daemon.usher("license", "install", "-", "--json", input=license)
        self.assertEqual(json.loads(refused.stdout)["refused"]["code"], "ALREADY_INSTALLED")
        self.install(200, "--replace")
        self.assertEqual(self.pool("Devices")["stock"], 110)

    def test_a_license_that_is_replaced_gets_the_profile_that_is_named(self):
        self.install(200, "--replace", "--profile", "Sites")
        profiles = self.daemon.json("profile", "list")["profiles"]
        self.assertIn(("Sites", ["Devices"]), [(each["name"], each["pools"]) for each in profiles])

    def test_a_license_feeds_the_root_that_it_is_told_to(self):
        more = self.vendor.sign("8", "Devices", 5)
        self.daemon.must("license", "install", "-", "--pool", "Devices", input=more)
        self.assertEqual(self.pool("Devices")["stock"], 15)
        self.daemon.must("license", "install", "-", "--scheme", "server", "--pool", "Other",
                         input=self.vendor.sign("9", "Devices", 5))
        self.assertEqual((self.pool("Other")["stock"], self.pool("Other")["scheme"]), (5, "server"))

    def test_a_seat_of_a_pool_is_taken_by_its_name(self):
        self.daemon.must("checkout", "--pool", "Vienna", "--device", "switch-1")
        self.assertEqual(self.pool("Vienna")["held"], 1)
        done = self.daemon.usher("checkout", "Profile1", "--pool", "Vienna")
        self.assertEqual(done.returncode, 2)

    # Devices.

    def test_devices_come_and_go_by_their_names(self):
        names = self.register(5)
        self.assertEqual(self.pool("Berlin")["held"], 5)
        listed = self.daemon.json("device", "list", "--party", "web")["devices"]
        self.assertEqual([each["device"] for each in listed], names)
        self.assertEqual({each["party"] for each in listed}, {"web"})

        self.assertIn("gave back 2 devices\n", self.daemon.must("device", "remove", *names[:2]))
        self.assertEqual(self.pool("Berlin")["held"], 3)
        self.daemon.must("device", "remove", "--from", "-", input="\n".join(names[2:]))
        self.assertEqual(self.daemon.json("device", "list")["devices"], [])

    def test_a_lease_that_adding_a_device_printed_gives_it_back(self):
        added = self.daemon.must("device", "add", "--pool", "Vienna", "switch-1")
        self.assertRegex(added, r"\A[0-9a-f]{32} switch-1\n\Z")
        self.daemon.must("checkin", added.split()[0])
        self.assertEqual(self.pool("Vienna")["held"], 0)

    def test_many_devices_come_all_or_none(self):
        refused = self.assert_refused("NO_FREE_SEAT", "device", "add", "--pool", "Vienna",
                                      *(f"switch-{number}" for number in range(31)))
        self.assertEqual(refused["want"], 31)
        self.assertEqual(self.pool("Vienna")["held"], 0)

    def test_a_device_that_is_not_there_gives_nothing_back(self):
        names = self.register(2)
        done = self.daemon.usher("device", "remove", names[0], "swich-1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("usher: error: no device swich-1 is registered by you\n", done.stderr)
        self.assertEqual(self.pool("Berlin")["held"], 2)

    def test_what_is_typed_of_devices_is_understood_or_not(self):
        for words in (("add",), ("remove",), ("add", "a", "a"), ("add", "a", "--from", "-"),
                      ("add", "--pool", "Vienna", "--profile", "Profile1", "a")):
            self.assertEqual(self.daemon.usher("device", *words).returncode, 2, words)

    # Parties.

    def test_an_instance_needs_a_pool_and_is_told_so_on_paper_and_in_json(self):
        done = self.daemon.usher("party", "add", "db", "--kind", "instance", "--json")
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("usher: error: an instance uses a pool, and needs --pool\n", done.stderr)
        self.assertIn("needs --pool", json.loads(done.stdout)["failed"]["text"])

    def test_what_is_not_understood_is_told_to_programs_too(self):
        for words in (("pool", "allocate", "Devices", "--json"), ("--json", "pool", "open"),
                      ("party", "add", "db", "--kind", "robot", "--json")):
            done = self.daemon.usher(*words)
            self.assertEqual(done.returncode, 2, done)
            if words[0] != "--json":
                self.assertIn("--help tells how", json.loads(done.stdout)["failed"]["cures"][0])

    def test_an_instance_gets_another_pool_and_what_it_held_may_be_dropped(self):
        self.register(3)
        self.assertEqual((self.party("web")["kind"], self.party("web")["pool"],
                          self.party("web")["leases"]), ("instance", "Berlin", 3))
        refused = self.assert_refused("WOULD_DROP", "party", "rebind", "web", "Vienna")
        self.assertEqual(refused["held"], 3)
        self.daemon.must("party", "rebind", "web", "Vienna", "--drop")
        self.assertEqual((self.party("web")["pool"], self.party("web")["leases"]), ("Vienna", 0))
        self.daemon.must("party", "remove", "web")
        self.assertEqual(self.daemon.status()["parties"], [])

    def test_the_state_of_a_party_says_by_its_exit_code_whether_it_is_locked(self):
        self.register(2)
        state = self.daemon.json("party", "state", "web")
        self.assertEqual((state["pool"], state["stock"], state["held"], state["locked"],
                          state["refused"]), ("Berlin", 60, 2, False, None))
        self.daemon.must("pool", "allocate", "Berlin", "Devices", "59", "--force")
        done = self.daemon.usher("party", "state", "web", "--json")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout)["refused"]["code"], "POOL_LOCKED")
        self.assertIn("usher: hint: assign it more: usher pool allocate Devices Berlin 1\n",
                      done.stderr)

    # Plans.

    def test_a_dry_run_says_who_would_lock_and_does_nothing(self):
        self.register(50)
        forecast = self.forecast(0, "pool", "allocate", "Berlin", "Vienna", "10", "--dry-run")
        self.assertEqual(forecast["locks"], 0)
        forecast = self.forecast(LOCKS, "pool", "allocate", "Berlin", "Vienna", "20", "--force",
                                 "--dry-run")
        self.assertEqual(forecast["locks"], 1)
        berlin = forecast["pools"][0]
        self.assertEqual((berlin["pool"], berlin["stock_before"], berlin["stock_after"],
                          berlin["held_after"], berlin["short"]), ("Berlin", 60, 40, 50, 10))
        self.assertEqual(berlin["cures"][0], "usher pool allocate Devices Berlin 10")
        self.assert_refused("WOULD_OVERCOMMIT", "pool", "allocate", "Berlin", "Vienna", "20",
                            "--dry-run")

    def test_each_verb_that_can_lock_somebody_has_a_dry_run(self):
        self.register(2)
        for words, exit_code in (
                (("pool", "open", "Rome", "--in", "Devices"), 0),
                (("pool", "close", "Vienna"), 0),
                (("pool", "close", "Berlin", "--keep"), LOCKS),
                (("party", "add", "mail", "--kind", "instance", "--pool", "Vienna"), 0),
                (("party", "rebind", "web", "Vienna", "--drop"), 0),
                (("party", "remove", "web", "--drop"), 0),
                (("license", "remove", "7", "--force"), LOCKS)):
            with self.subTest(words=words):
                self.forecast(exit_code, *words, "--dry-run")
        self.assert_refused("UNKNOWN_PARTY", "party", "mode", "nobody", "root", "--dry-run")

    def test_a_shrinking_license_is_planned_with_its_cures_to_paste(self):
        self.register(60)
        planned = self.daemon.usher("plan", "license", "7", "--units", "70")
        self.assertEqual(planned.returncode, 0, planned)
        planned = self.daemon.usher("plan", "license", "7", "--units", "50")
        self.assertEqual(planned.returncode, LOCKS, planned)
        self.assertRegex(planned.stdout, r"\A\d{4}-.*Z: 1 pool would lock\n\nPOOL +ASSIGNED ")
        self.assertRegex(planned.stdout, r"(?m)^Berlin +60 → 50 +60 +would lock: 10 short$")
        self.assertRegex(planned.stdout, r"(?m)^# Berlin needs 10 units:$")

    def test_plans_take_for_granted_what_must_be_insisted_on(self):
        self.register(50)
        for words, ended in ((("allocate", "Berlin", "Vienna", "20"), 0), (("close", "Berlin"), 0),
                             (("close", "Berlin", "--release"), 50),
                             (("license", "7", "--ends"), 0)):
            with self.subTest(words=words):
                self.assertEqual(self.forecast(LOCKS, "plan", *words)["leases_ended"], ended)
        for words in (("rebind", "web", "Vienna"), ("remove", "web")):
            with self.subTest(words=words):
                self.assertEqual(self.forecast(0, "plan", *words)["leases_ended"], 50)

    def test_time_alone_is_planned_until_a_day(self):
        self.daemon.must("license", "install", "-", "--pool", "Devices",
                         input=self.vendor.sign("8", "Devices", 50, to="2099-01-31"))
        self.daemon.must("pool", "allocate", "Devices", "Berlin", "55")
        self.register(115)
        self.assertEqual(self.forecast(0, "plan")["pools"], [])
        self.assertEqual(self.forecast(0, "plan", "--at", "2099-01-30")["pools"], [])
        forecast = self.forecast(LOCKS, "plan", "--at", "2099-01-31")
        self.assertEqual(forecast["at"], "2099-01-31T00:00:00Z")
        self.assertEqual(forecast["pools"][0]["pool"], "Berlin")
        for wrong in ("tomorrow", "2099-02-30"):
            self.assertEqual(self.daemon.usher("plan", "--at", wrong).returncode, 2, wrong)


class Companies(unittest.TestCase):
    """A license of 20 in the scheme `companies`: acme has a pool of its own, with 10."""

    def setUp(self):
        self.vendor = Vendor()
        self.addCleanup(self.vendor.close)
        self.daemon = self.enterContext(Daemon({"vendor_keys": [self.vendor.key]}))
        self.daemon.must("license", "install", "-", "--scheme", "companies",
                         input=self.vendor.sign("7", "Backup", 20))
        self.daemon.must("party", "add", "acme", "--kind", "company", "--source", "pool")
        self.daemon.must("pool", "open", "acme-own", "--in", "Backup", "--owner", "acme")
        self.daemon.must("pool", "allocate", "Backup", "acme-own", "10")
        self.daemon.must("party", "add", "daisy", "--kind", "user")

    def stock(self, name):
        return {pool["id"]: pool["stock"] for pool in self.daemon.status()["pools"]}[name]

    def test_a_user_goes_to_another_company_with_his_licenses(self):
        self.daemon.must("device", "add", "--pool", "Backup", "--party", "daisy",
                         "desk-1", "desk-2", "desk-3")
        forecast = self.daemon.json("plan", "rebind", "daisy", "acme")["forecast"]
        self.assertEqual((forecast["leases_moved"], forecast["locks"]), (3, 0))

        self.daemon.must("party", "rebind", "daisy", "acme", "--source", "delegate")

        self.assertEqual((self.stock("Backup"), self.stock("acme-own")), (7, 13))
        self.assertEqual({each["pool"] for each in self.daemon.json("device", "list")["devices"]},
                         {"acme-own"})

    def test_an_owner_is_shown_and_a_company_with_users_stays(self):
        self.daemon.must("party", "rebind", "daisy", "acme")
        self.assertRegex(self.daemon.must("pool", "list"), r"(?m)^  acme-own .* acme .* 0 of 10 ")
        self.assertRegex(self.daemon.must("party", "list"), r"(?m)^acme +company +- +pool +- +1 ")
        done = self.daemon.usher("party", "remove", "acme", "--json")
        self.assertEqual(json.loads(done.stdout)["refused"]["code"], "LEASES_OUTSTANDING")

    def test_a_company_changes_its_mode_with_its_users(self):
        self.daemon.must("party", "rebind", "daisy", "acme", "--source", "delegate")
        self.daemon.must("device", "add", "--pool", "Backup", "--party", "daisy", "desk-1")
        self.daemon.must("party", "mode", "acme", "root")
        self.assertEqual((self.stock("Backup"), self.stock("acme-own")), (11, 9))
        self.assertEqual(self.daemon.usher("party", "mode", "acme", "elsewhere").returncode, 2)


if __name__ == "__main__":
    unittest.main()
