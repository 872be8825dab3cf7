"""What moves many things at once is done whole or not at all, wherever the daemon dies (B-S14)."""

import itertools
import shutil
import unittest

from support.daemon import Daemon, Failed
from support.vendor import Vendor


class Deaths(unittest.TestCase):
    """Under `Work` (40) three computers of u1 and two of u2, of company `old`; and a key `Berlin`
    (60 of `Keys`) with five devices of the instance `web`."""

    def setUp(self):
        vendor = Vendor()
        self.addCleanup(vendor.close)
        self.daemon = Daemon({"vendor_keys": [vendor.key]}, movable=True)
        self.addCleanup(self.daemon.close)
        self.daemon.start()
        must = self.daemon.must
        for number, product, quantity, scheme in (("1", "Work", 40, "companies"),
                                                  ("2", "Keys", 100, "keys")):
            must("license", "install", "-", "--scheme", scheme, "--profile", product,
                 input=vendor.sign(number, product, quantity))
        must("party", "add", "old", "--kind", "company")
        must("party", "add", "new", "--kind", "company", "--source", "pool")
        for user, devices in (("u1", 3), ("u2", 2)):
            must("party", "add", user, "--kind", "user", "--company", "old")
            must("device", "add", "--profile", "Work", "--party", user,
                 *(f"{user}-{number}" for number in range(devices)))
        must("pool", "open", "Berlin", "--in", "Keys")
        must("pool", "allocate", "Keys", "Berlin", 60)
        must("party", "add", "web", "--kind", "instance", "--pool", "Berlin")
        must("device", "add", "--party", "web", *(f"switch-{number}" for number in range(5)))
        self.shrunk = vendor.sign("2", "Keys", 3)
        self.kept = self.daemon.directory / "kept"
        self.daemon.stop()
        shutil.copytree(self.daemon.directory / "state", self.kept)

    def begin_again(self, die=None):
        """As it was kept, and bound to die where `die` says so."""
        state = self.daemon.directory / "state"
        if self.daemon.process.poll() is None:
            self.daemon.kill()
        shutil.rmtree(state)
        shutil.copytree(self.kept, state)
        self.daemon.die = die
        try:
            self.daemon.start()
        except Failed:
            if die is None:
                raise

    def looked_at(self):
        """Where units and leases are. Each root has what it was sold, whatever has happened."""
        status = self.daemon.status()
        licenses = self.daemon.json("license", "list")["licenses"]
        pools = {pool["id"]: (pool["stock"], pool["held"], pool["closed"])
                 for pool in status["pools"]}
        leases = sorted((lease["device"], lease["pool"]) for lease in status["leases"])
        for root in ("Work", "Keys"):
            units = sum(pool["stock"] for pool in status["pools"] if pool["root"] == root)
            sold = sum(each["quantity"] for each in licenses if each["product"] == root)
            self.assertEqual(units, sold, status["pools"])
        return pools, leases

    def assert_all_or_nothing(self, *words, **more):
        self.begin_again()
        nothing = self.looked_at()
        self.daemon.must(*words, **more)
        everything = self.looked_at()
        self.assertNotEqual(nothing, everything)
        seen = []
        for at in itertools.count(1):
            has_died = False
            for when in ("before", "after"):
                self.begin_again(f"{when}:{at}")
                if self.daemon.process.poll() is None:
                    self.daemon.usher(*words, **more)
                if self.daemon.process.poll() is None and not self.has_ended():
                    continue
                has_died = True
                self.daemon.die = None
                self.daemon.start()
                found = self.looked_at()
                self.assertIn(found, (nothing, everything), f"died {when} its turn {at}")
                seen.append(found == everything)
            if not has_died:
                break
        self.assertIn(True, seen)
        self.assertIn(False, seen)

    def has_ended(self):
        """Whether it dies of what it was last asked: then nobody is answered any more."""
        done = self.daemon.usher("status")
        if done.returncode == 0:
            return False
        self.daemon.process.wait(60)
        return True

    def test_a_user_moves_with_all_his_licenses_or_none(self):
        self.assert_all_or_nothing("party", "rebind", "u1", "new")

    def test_a_company_changes_with_all_its_users_or_none(self):
        self.assert_all_or_nothing("party", "mode", "old", "pool")

    def test_a_user_is_removed_with_all_that_he_holds_or_not_at_all(self):
        self.assert_all_or_nothing("party", "remove", "u1")

    def test_a_pool_is_closed_with_all_its_leases_or_not_at_all(self):
        self.assert_all_or_nothing("pool", "close", "Berlin", "--release")

    def test_a_license_shrinks_in_all_pools_or_in_none(self):
        self.assert_all_or_nothing("license", "install", "-", "--replace", input=self.shrunk)

    def test_many_devices_are_registered_or_none(self):
        self.assert_all_or_nothing("device", "add", "--pool", "Berlin",
                                   *(f"new-{number}" for number in range(40)))


if __name__ == "__main__":
    unittest.main()
