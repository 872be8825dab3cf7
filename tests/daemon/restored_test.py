"""The state directory of before a deactivation comes back, on a host whose TPM counts."""

import base64
import re
import shutil
import unittest

from support.daemon import Failed, until
from support.deaths import Company
from support.tpm import INDEX, Tpm

CLIENT = "015.120.055.014"
SESSION = "015.120.065.016"


class Counted(unittest.TestCase):
    """One host with two licenses of an issuer, and a TPM."""

    def setUp(self):
        self.tpm = self.enterContext(Tpm())
        self.company = self.enterContext(Company(hosts=("a",), settings={"node.tpm": self.tpm.way}))
        self.issuer, self.host = self.company.issuer, self.company["a"]
        self.state, self.copy = self.host.directory / "state", self.company.directory / "copy"
        self.codes = {}
        for number, product in ((CLIENT, "Client"), (SESSION, "Session")):
            self.codes[number] = self.issuer.sell(number, product, 10)
            self.host.must("activate", self.codes[number], "--issuer", self.issuer.uri,
                           "--profile", product)

    # The state directory.

    def back_up(self):
        self.host.stop()
        shutil.copytree(self.state, self.copy)
        self.host.start()

    def put_back(self):
        """Also where the daemon is dead already."""
        self.host.kill()
        shutil.rmtree(self.state)
        shutil.copytree(self.copy, self.state)

    # The issuer.

    def issuer_down(self):
        self.issuer.kill()

    def issuer_up(self):
        self.issuer.serve(port=self.company.port)

    # The host.

    def deactivate(self, number):
        self.host.must("maintenance", "on")
        self.host.must("deactivate", number, "--force", "--output", "-")
        self.host.must("maintenance", "off")

    def refusals(self):
        """What a checkout of each is told; None: it got a seat."""
        def told(profile):
            done = self.host.usher("checkout", profile)
            return None if done.returncode == 0 else done.stderr.split(": ")[2]
        return told("Client"), told("Session")

    def states(self):
        return tuple(self.company.license("a", number)["activation"]["state"]
                     for number in (CLIENT, SESSION))

    def lines(self, text):
        return [line for line in self.host.log_text().splitlines() if text in line]

    def doctor(self):
        return self.host.usher("doctor").stdout


DOUBTED = ("STATE_IN_DOUBT", "STATE_IN_DOUBT")
GRANTED = (None, None)


class Restored(Counted):
    def test_without_an_issuer_nothing_counts_and_with_one_what_is_active_does(self):
        # rolled-back: an older state directory brings back what was given up.
        self.back_up()
        self.deactivate(CLIENT)
        self.issuer_down()
        self.put_back()
        self.host.start()
        self.assertEqual(self.refusals(), DOUBTED)
        self.assertEqual(self.states(), ("doubted", "doubted"))
        self.assertEqual(len(self.lines("an older one than the newest was put back")), 1)
        self.assertIn("wrong  entitlement  " + SESSION + " Session counts nothing: STATE_IN_DOUBT",
                      self.doctor())
        self.host.restart()  # Another start does not forget it, though nothing disagrees any more.
        self.assertEqual(self.refusals(), DOUBTED)

        self.issuer_up()
        self.host.restart()
        self.assertEqual(self.refusals(), ("ACTIVATION_LAPSED", None))
        self.host.restart()
        self.assertEqual(self.refusals(), ("ACTIVATION_LAPSED", None))

    def test_whoever_holds_a_seat_is_told_and_has_it_again_once_the_issuer_has_spoken(self):
        self.host.must("checkout", "Session")
        self.back_up()
        self.deactivate(CLIENT)
        self.issuer_down()
        self.put_back()
        self.host.start()
        lease, = self.host.status()["leases"]
        pool, = (one for one in self.host.status()["pools"] if one["product"] == "Session")
        self.assertEqual((pool["stock"], pool["held"], pool["locked"]), (0, 1, True))
        self.issuer_up()
        self.host.restart()
        until(lambda: self.lines("healed license="), "it is healed")
        self.assertEqual([one["id"] for one in self.host.status()["leases"]], [lease["id"]])
        self.assertIsNone(self.refusals()[1])

    def test_without_a_network_files_do_the_same(self):
        self.back_up()
        self.deactivate(CLIENT)
        self.issuer_down()
        self.put_back()
        self.host.start()
        shown = self.host.must("license", "check", SESSION, "--output", "-")
        answer = self.issuer.must("approve", "-", input=shown)
        self.host.must("activation", "load", "-", input=answer)
        self.assertEqual(self.refusals(), ("STATE_IN_DOUBT", None))
        # And an activation with a new number.
        request = self.host.must("activate", self.codes[CLIENT], "--offline", "--output", "-")
        response = self.issuer.must("approve", "-", input=request)
        self.host.must("activation", "load", "-", input=response)
        self.assertEqual(self.refusals(), GRANTED)

    def test_a_backup_of_after_the_last_deactivation_is_as_good_as_the_newest(self):
        self.deactivate(CLIENT)
        self.back_up()
        self.host.must("maintenance", "on")
        self.host.must("maintenance", "off")
        self.issuer_down()
        self.put_back()
        self.host.start()
        self.assertEqual(self.refusals(), ("NOT_ACTIVE_HERE", None))
        self.assertRegex(self.doctor(), r"(?m)^ok +counter +the state directory is anchored at \d+")


class Killed(Counted):
    def test_one_that_is_killed_before_it_counted_counts_at_the_next_start(self):
        self.host.must("maintenance", "on")
        before = self.tpm.counter()
        # Its turns: the start's showings are heard, and then this one.
        for at in range(1, 20):
            self.host.stop()
            self.host.die = f"after:{at}"
            try:
                self.host.start()
                self.host.usher("deactivate", CLIENT, "--output", "-")
            except Failed:
                pass  # It died at a turn of its start.
            self.host.kill()
            self.host.die = None
            self.issuer_down()
            was = self.tpm.counter()
            self.host.start()
            state = self.states()[0]
            self.issuer_up()
            if state == "none" and was == before:
                break
        else:
            self.fail("it never died between the commit and the counter")
        self.assertEqual(self.tpm.counter(), before + 1)
        self.assertEqual(self.host.status()["anchor"], before + 1)
        self.assertEqual(len(self.lines("counter raised to")), 1)
        self.assertEqual(self.states(), ("none", "active"))
        self.assertEqual(self.lines("in doubt"), [])

    def test_where_the_counter_fails_no_receipt_leaves(self):
        self.back_up()
        self.host.must("maintenance", "on")
        self.tpm.stop()
        done = self.host.usher("deactivate", CLIENT, "--output", "-")
        self.assertEqual(done.stdout, "")
        self.assertEqual(self.host.process.wait(10), 1)
        self.assertEqual(len(self.lines("cannot open index " + INDEX)), 1)
        self.host.start()
        done = self.host.usher("receipt", CLIENT)
        self.assertIn("STATE_IN_DOUBT: no receipt leaves this server", done.stderr)
        self.host.stop()

        self.tpm.start()
        self.host.start()
        self.assertIn("usher-receipt", self.header(self.host.must("receipt", CLIENT)))
        self.host.must("maintenance", "off")
        self.assertIsNone(self.refusals()[1])
        self.issuer_down()
        self.put_back()
        self.host.start()
        self.assertEqual(self.refusals(), DOUBTED)

    @staticmethod
    def header(document):
        return base64.urlsafe_b64decode(document.split(".")[0] + "===").decode()


class Away(Counted):
    def test_a_tpm_that_is_gone_is_a_doubt_and_one_that_is_back_ends_it(self):
        self.issuer_down()
        self.host.stop()
        self.tpm.stop()
        self.host.start()
        self.assertEqual(self.refusals(), DOUBTED)
        self.assertRegex(self.doctor(),
                         r"(?m)^wrong +counter .*, which is not reached: cannot open")
        self.host.restart()
        self.assertEqual(self.refusals(), DOUBTED)
        self.host.must("maintenance", "on")
        self.assertIn("STATE_IN_DOUBT", self.host.usher("deactivate", CLIENT).stderr)
        self.host.must("maintenance", "off")
        self.tpm.start()
        self.host.restart()
        self.assertEqual(self.refusals(), GRANTED)

    def test_the_issuers_word_is_enough_where_it_can_be_asked(self):
        self.host.stop()
        self.tpm.stop()
        self.host.start()
        self.assertEqual(self.refusals(), GRANTED)

    def test_who_gives_the_counter_up_is_in_doubt_once(self):
        self.issuer_down()
        self.host.settings["node.tpm"] = "none"
        self.host.restart()
        self.assertEqual(self.refusals(), DOUBTED)
        self.assertNotIn("anchor", self.host.status())
        self.issuer_up()
        self.host.restart()
        self.issuer_down()
        self.host.restart()
        self.assertEqual(self.refusals(), GRANTED)


class Another(Counted):
    def in_doubt_at_the_next_start(self):
        self.issuer_down()
        self.host.start()
        self.assertEqual(self.refusals(), DOUBTED)

    def test_another_tpm_is_a_doubt(self):
        self.host.stop()
        other = self.enterContext(Tpm())
        self.host.settings["node.tpm"] = other.way
        self.in_doubt_at_the_next_start()

    def test_whoever_takes_the_counter_away_gains_nothing(self):
        self.back_up()
        self.deactivate(CLIENT)
        before = self.tpm.counter()
        self.put_back()
        self.tpm.tool("nvundefine", INDEX, "-C", "o")
        self.in_doubt_at_the_next_start()
        self.assertGreater(self.tpm.counter(), before)

    def test_whoever_clears_the_whole_tpm_gains_nothing(self):
        self.back_up()
        self.deactivate(CLIENT)
        self.put_back()
        self.tpm.tool("clear", "-c", "p")
        self.in_doubt_at_the_next_start()

    def test_whoever_wipes_the_journal_gains_nothing(self):
        # rolled-back: a memory that was emptied.
        self.host.stop()
        for file in self.state.glob("journal.db*"):
            file.unlink()
        self.host.start()
        self.assertEqual(self.host.status()["pools"], [])
        self.host.restart()
        self.assertEqual(len(self.lines("in doubt: the counter of the TPM stands at")), 1)

    def test_a_tpm_of_before_is_replaced_so_that_no_older_backup_fits(self):
        """Its memory was put back, and not the disk's."""
        self.host.stop()
        self.tpm.stop()
        kept = self.company.directory / "tpm"
        shutil.copytree(self.tpm.memory, kept)
        self.tpm.start()
        self.host.start()
        self.deactivate(CLIENT)
        self.back_up()  # It names the value that the counter would come to again.
        self.deactivate(SESSION)
        self.host.stop()
        self.tpm.stop()
        shutil.rmtree(self.tpm.memory)
        shutil.copytree(kept, self.tpm.memory)
        self.tpm.start()
        self.host.start()
        self.assertEqual(len(self.lines("has fallen from")), 1)
        self.put_back()
        self.issuer_down()
        self.host.start()
        self.assertEqual(self.refusals(), ("NOT_ACTIVE_HERE", "STATE_IN_DOUBT"))

    def test_tpm_and_disk_put_back_together_show_nothing(self):
        """As a snapshot of a whole machine does. README says so; the issuer alone finds it out."""
        self.host.stop()
        self.tpm.stop()
        kept = self.company.directory / "tpm"
        shutil.copytree(self.tpm.memory, kept)
        shutil.copytree(self.state, self.copy)
        self.tpm.start()
        self.host.start()
        self.deactivate(CLIENT)
        self.put_back()
        self.tpm.stop()
        shutil.rmtree(self.tpm.memory)
        shutil.copytree(kept, self.tpm.memory)
        self.tpm.start()
        self.issuer_down()
        self.host.start()
        self.assertEqual(self.refusals(), GRANTED)
        self.issuer_up()
        self.host.restart()
        self.assertEqual(self.refusals(), ("ACTIVATION_LAPSED", None))


class Shared(Counted):
    def test_an_index_that_is_somebody_elses_is_left_alone(self):
        index = "0x01800001"
        self.tpm.tool("nvdefine", index, "-C", "o", "-s", "8", "-a", "ownerread|ownerwrite")
        self.host.settings |= {"node.tpm_index": index}
        self.host.restart()
        place = f"index {index} of the TPM at {self.tpm.way}"
        self.assertEqual(len(self.lines(f"{place} is no counter")), 1)

    def test_two_that_share_a_counter_are_told_so(self):
        self.host.must("maintenance", "on")
        self.tpm.raise_counter()  # By the other one.
        done = self.host.usher("deactivate", CLIENT, "--output", "-")
        self.assertEqual(done.stdout, "")
        self.assertEqual(self.host.process.wait(10), 1)
        self.assertEqual(len(self.lines("somebody else raises it")), 1)


class Said(Counted):
    def test_status_doctor_log_and_journal_say_where_it_is_anchored(self):
        value = self.tpm.counter()
        self.assertEqual(self.host.status()["anchor"], value)
        self.assertIn(f" · anchored at {value}\n", self.host.must("status"))
        self.assertRegex(self.doctor(),
                         rf"(?m)^ok +counter +the state directory is anchored at {value} by a "
                         "counter in the TPM$")
        self.assertEqual(len(self.lines(f"state directory anchored counter={value}")), 1)
        self.host.stop()
        told = self.host.must("journal", "tail", self.state / "journal.db", "--turns", "1000")
        self.assertEqual(told.count("counter_anchored"), 1)
        self.assertTrue(re.search(rf"counter_anchored .*{value}", told), told)

    def test_without_one_they_say_so(self):
        self.host.stop()
        shutil.rmtree(self.state)
        self.host.settings["node.tpm"] = "none"
        self.host.start()
        self.assertRegex(self.doctor(), r"(?m)^note +counter +no TPM shows how old the state "
                                        r"directory is: node\.tpm is none$")
        self.assertNotIn("anchor", self.host.status())


if __name__ == "__main__":
    unittest.main()
