"""A scheme that pools have keeps its shape, whatever usherd.toml says of it from then on."""

import unittest

from support.daemon import Daemon, Failed, until
from support.vendor import Vendor


class Shapes(unittest.TestCase):
    """Under `Devices` (10, in a scheme of the operator's own) Berlin has five, and two are held."""

    def setUp(self):
        vendor = Vendor()
        self.addCleanup(vendor.close)
        self.daemon = self.enterContext(Daemon({
            "vendor_keys": [vendor.key], "scheme.sites.based_on": "keys"}))
        must = self.daemon.must
        must("license", "install", "-", "--scheme", "sites", input=vendor.sign("7", "Devices", 10))
        must("pool", "open", "Berlin", "--in", "Devices")
        must("pool", "allocate", "Devices", "Berlin", 5)
        must("party", "add", "web", "--kind", "instance", "--pool", "Berlin")
        must("device", "add", "--party", "web", "switch-1", "switch-2")
        self.before = self.estate()

    def estate(self):
        status = self.daemon.status()
        return [status[what] for what in ("pools", "parties", "profiles", "leases")]

    def log_since(self, start):
        return self.daemon.log_text()[start:]

    def reload_until(self, said):
        start = len(self.daemon.log_text())
        self.daemon.reload()
        until(lambda: said in self.log_since(start), said)
        return self.log_since(start)

    def assert_says_why(self, text):
        self.assertIn("the configuration's schemes: scheme sites does not allow this: ", text)
        self.assertIn("leave this scheme as it was, and give another one a new name", text)

    def assert_as_before(self):
        self.assertEqual(self.estate(), self.before)
        self.daemon.must("device", "add", "--party", "web", "switch-3")
        self.daemon.must("device", "remove", "--party", "web", "switch-3")

    def test_a_start_that_would_change_it_is_refused_and_loses_nothing(self):
        self.daemon.stop()
        for key, value in (("rebind", "none"), ("root", "license")):
            self.daemon.settings[f"scheme.sites.{key}"] = value
            start = len(self.daemon.log_text())
            self.assertRaises(Failed, self.daemon.start)
            self.assert_says_why(self.log_since(start))
            del self.daemon.settings[f"scheme.sites.{key}"]
        self.daemon.start()
        self.assert_as_before()

    def test_a_reload_that_would_change_it_takes_nothing_over(self):
        self.daemon.settings["scheme.sites.rebind"] = "none"
        self.daemon.settings["scheme.other.based_on"] = "keys"
        self.daemon.settings["anonymous"] = False
        self.assert_says_why(self.reload_until("configuration not taken over: hint: "))
        self.assert_as_before()
        self.assertEqual(self.daemon.run_as_client("device", "list").returncode, 0)

        del self.daemon.settings["scheme.sites.rebind"]
        self.reload_until("configuration taken over from")
        self.assert_as_before()
        self.assertNotEqual(self.daemon.run_as_client("device", "list").returncode, 0)

    def test_what_shapes_no_pool_may_change(self):
        self.daemon.settings["scheme.sites.close"] = "release"
        self.reload_until("configuration taken over from")
        done = self.daemon.usher("pool", "close", "Berlin")
        self.assertIn("LEASES_OUTSTANDING", done.stderr)

    def test_a_scheme_that_is_gone_from_the_file_goes_on(self):
        del self.daemon.settings["scheme.sites.based_on"]
        self.reload_until("configuration taken over from")
        self.assert_as_before()
        self.daemon.restart(kill=True)
        self.assert_as_before()


if __name__ == "__main__":
    unittest.main()
