"""usherd shows itself to the issuer by itself, and brings it what it has not got."""

import shutil
import signal
import time
import unittest

from support.daemon import until
from support.deaths import Company

NUMBER = "015.120.055.014"


class Clerk(unittest.TestCase):
    """One host with one license of an issuer."""

    MORE = {}

    def setUp(self):
        self.company = self.enterContext(Company(hosts=("a",)))
        self.issuer, self.host = self.company.issuer, self.company["a"]
        self.code = self.issuer.sell(NUMBER, "Client", 10, **self.MORE)
        self.host.must("activate", self.code, "--issuer", self.issuer.uri, "--profile", "Client")
        until(self.seen, "the issuer has seen the host that it activated")

    def seen(self):
        active = self.issuer.licenses()[NUMBER]["active"]
        return active and active["seen"]

    def license(self):
        return self.company.license("a", NUMBER)

    def lines(self, text):
        return [line for line in self.host.log_text().splitlines() if text in line]

    def refusal(self):
        """What a checkout is told; none: it got a seat."""
        done = self.host.usher("checkout", "Client")
        return None if done.returncode == 0 else done.stderr.split(": ")[2]

    def issuer_down(self):
        self.issuer.kill()

    def issuer_up(self):
        self.issuer.serve(port=self.company.port)

    def deactivate(self):
        self.host.must("maintenance", "on")
        self.host.must("deactivate", NUMBER, "--force", "--output", "-")
        self.host.must("maintenance", "off")


class Backup(Clerk):
    """The state directory of before a deactivation comes back."""

    def back_up(self):
        self.host.stop()
        self.state, self.copy = self.host.directory / "state", self.company.directory / "copy"
        shutil.copytree(self.state, self.copy)
        self.host.start()

    def restore(self):
        self.host.stop()
        shutil.rmtree(self.state)
        shutil.copytree(self.copy, self.state)

    def test_it_brings_no_deactivated_license_back(self):
        self.back_up()
        self.deactivate()
        self.restore()
        self.host.start()
        self.assertEqual(self.refusal(), "ACTIVATION_LAPSED")
        self.assertEqual(self.license()["activation"]["state"], "lapsed")
        self.assertEqual(len(self.lines("lapsed license=")), 1)
        self.host.restart()  # Nor does another start.
        self.assertEqual(self.refusal(), "ACTIVATION_LAPSED")
        # Nothing was deleted: it is activated again like anywhere.
        self.host.must("activate", self.code, "--issuer", self.issuer.uri)
        self.assertIsNone(self.refusal())

    def test_where_the_issuer_cannot_be_asked_it_is_found_out_once_it_can(self):
        self.back_up()
        self.deactivate()
        self.restore()
        self.issuer_down()
        self.host.start()
        self.assertIsNone(self.refusal())
        self.issuer_up()
        self.host.advance("1m")
        self.assertEqual(self.refusal(), "ACTIVATION_LAPSED")
        self.assertEqual(len(self.lines("issuer unreachable")), 1)
        self.assertEqual(len(self.lines("issuer reached again")), 1)

    def test_a_receipt_that_it_has_forgotten_is_void(self):
        self.back_up()
        self.issuer_down()
        self.deactivate()
        receipt = self.host.must("receipt", NUMBER)
        self.restore()
        self.issuer_up()
        self.host.clock = ["advance 1m"]  # A backup is not restored within a second.
        self.host.start()
        self.assertIsNone(self.refusal())
        done = self.issuer.run("receive", "-", input=receipt)
        self.assertIn("DOCUMENT_USED", done.stderr)
        self.deactivate()
        self.assertIsNone(self.issuer.licenses()[NUMBER]["active"])


class Due(Clerk):
    MORE = {"check_every": "30d", "check_grace": "7d"}

    def test_it_is_shown_when_it_is_due(self):
        before = self.license()["activation"]["due"]
        self.host.advance("719h")
        self.assertEqual(self.license()["activation"]["due"], before)
        self.host.advance("1h")
        self.assertGreater(self.license()["activation"]["due"], before)
        self.assertEqual(self.license()["activation"]["state"], "active")

    def test_an_issuer_that_stays_away_ends_it_after_the_grace_and_heals_it_when_it_is_back(self):
        self.host.must("checkout", "Client")
        self.issuer_down()
        self.host.advance("720h")
        for _ in range(3):
            self.host.advance("1m")
        self.assertEqual(self.license()["activation"]["state"], "active")
        self.assertEqual(len(self.lines("issuer unreachable")), 1)
        self.host.advance("168h")
        self.assertEqual(self.refusal(), "ACTIVATION_LAPSED")
        self.assertEqual(len(self.lines("lapsed license=")), 1)
        self.issuer_up()
        self.host.advance("1m")
        self.assertIsNone(self.refusal())
        until(lambda: self.lines("healed license="), "the log says so")

    def test_the_doctor_says_when_it_is_due_and_whether_the_issuer_is_there(self):
        said = self.host.must("doctor")
        self.assertRegex(said, r"(?m)^ok +issuer +\S+ Client is shown to its issuer by 20")
        self.assertRegex(said, r"(?m)^ok +issuer +the issuer is reached at usher://localhost:")
        self.issuer_down()
        done = self.host.usher("doctor")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"(?m)^wrong +issuer +the issuer is not reached: .*refused$")

    def test_trying_again_and_again_costs_the_journal_nothing(self):
        self.issuer_down()
        self.host.advance("720h")
        for _ in range(5):
            self.host.advance("1m")
        self.host.stop()
        journal = self.host.directory / "state" / "journal.db"
        told = self.host.must("journal", "tail", journal, "--turns", "1000")
        self.assertEqual(told.count("showing_made"), 2, told)  # When it came, and when it was due.


class No(Clerk):
    def test_a_no_takes_the_stock_and_nothing_else_and_a_yes_heals_it(self):
        key, copy = self.issuer.directory / "key", self.issuer.directory / "copy"
        self.issuer_down()
        shutil.copytree(key, copy)
        self.issuer.must("release", NUMBER)
        self.issuer_up()
        self.host.must("checkout", "Client")
        self.host.restart()
        self.assertEqual(self.refusal(), "ACTIVATION_LAPSED")
        pool, = self.host.status()["pools"]
        self.assertEqual((pool["stock"], pool["held"], pool["locked"]), (0, 1, True))

        self.issuer_down()  # The vendor finds out that it was a mistake.
        shutil.rmtree(key)
        shutil.copytree(copy, key)
        self.issuer_up()
        self.host.advance("1h")
        until(lambda: self.lines("healed license="), "it is healed")
        self.assertIsNone(self.refusal())

    def test_an_issuer_that_never_gave_it_takes_nothing(self):
        record = self.issuer.directory / "key"
        self.issuer_down()
        for file in record.glob("issuer.db*"):
            file.unlink()
        self.issuer_up()
        self.host.restart()
        self.assertIsNone(self.refusal())
        self.assertEqual(len(self.lines("issuer would not say")), 1)
        self.assertIn("UNKNOWN_LICENSE", self.lines("issuer would not say")[0])


class Receipt(Clerk):
    def test_it_is_delivered_once_the_issuer_is_there(self):
        self.issuer_down()
        self.deactivate()
        self.host.advance("1m")
        self.assertFalse(self.license()["activation"]["delivered"])
        self.issuer_up()
        self.host.advance("1m")
        self.assertTrue(self.license()["activation"]["delivered"])
        self.assertIsNone(self.issuer.licenses()[NUMBER]["active"])
        self.assertEqual(len(self.lines("receipt delivered")), 1)


class Patience(Clerk):
    LONG = 14  # Seconds: less than the clerk has for an issuer that says nothing.

    def test_an_issuer_that_hangs_holds_up_neither_the_start_for_long_nor_the_stop(self):
        self.issuer.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.issuer.process.send_signal, signal.SIGCONT)
        self.host.stop()
        begun = time.monotonic()
        self.host.start()
        self.assertLess(time.monotonic() - begun, self.LONG)
        self.assertIsNone(self.refusal())
        self.host.process.send_signal(signal.SIGHUP)  # The clerk is with the issuer meanwhile.
        until(lambda: self.lines("configuration taken over"), "it listens")
        begun = time.monotonic()
        self.assertEqual(self.host.stop(), 0)
        self.assertLess(time.monotonic() - begun, self.LONG)


if __name__ == "__main__":
    unittest.main()
