"""The language of scenarios about requirements: what is right passes, what is wrong fails at its
line."""

import re
import unittest

from support.scenario import play
from support.scenario.answer import Answer, Expectation, Mismatch
from support.scenario.forms import understood
from support.scenario.requirement_forms import options_of
from support.scenario.setup_forms import LICENSE_WORDS
from support.scenario.words import Unclear

STAGED = """\
Given product V16 of acme per device
 And product Suite
 And license V16 DEV: 1 unit, per device, scheme requirements, installed
 And license V19 L19: 2 units, per user, downgrades to V16, scheme requirements, installed
 And license V20 L20: 2 units, per user, downgrades to V16, scheme requirements, installed
 And ann owns D1, D2
 And V16 on D1
 And V16 on D2 needs 2
 And V16 on D3 unconfirmed
 And V16 on D4
"""

RIGHT_AND_WRONG = [
    ("V16 on D1 is licensed", "V16 on D1 is license required"),
    ("V16 on D1 is licensed 1 of 1 by DEV, per device, no trigger", "V16 on D1 is licensed by L19"),
    ("V16 on D1 is licensed by DEV", "V16 on D1 is licensed by DEV and L19"),
    ("V16 on D1 is licensed, no note", "V16 on D1 is licensed 1 of 2"),
    ("V16 on D1 is licensed per device", "V16 on D1 is licensed per user"),
    ("V16 on D2 is consolidated into ann because user, trigger L19",
     "V16 on D2 is consolidated into bob"),
    ("V16 on D2 is consolidated behind V16 of ann", "V16 on D2 is consolidated behind V16 on ann"),
    ("V16 on D2 is consolidated because user", "V16 on D2 is consolidated because suite"),
    ("V16 on D2 is consolidated, trigger L19", "V16 on D2 is consolidated, no trigger"),
    ("V16 on D2 is consolidated, trigger L19", "V16 on D2 is consolidated, trigger L20"),
    ("V16 of ann is licensed 2 of 2 by L19, 1 member", "V16 of ann is licensed, 2 members"),
    ("V16 on D3 is unconfirmed", "V16 on D3 is partially licensed 0 of 1"),
    ('V16 on D4 is license required 0 of 1, note "no eligible consumer"',
     "V16 on D4 is license required, no note"),
    ("V16 of bob is not required", "V16 of ann is not required"),
    ("V16 of bob and cid are not required", "V16 of bob is licensed"),
    ("nothing is required of bob", "nothing is required of ann"),
    ("requirements: 5", "requirements: 4"),
    ("requirements are 5", "nothing is required"),
    ('explain V16 of ann says "M-R4"', 'explain V16 of ann says "M-R6"'),
    ('explain V16 of ann does not say "M-R6"', 'explain V16 of ann does not say "M-R4"'),
    ("reconciling changes nothing", "reconciling changes nothing\nrequirements: 6"),
    ("L19 2 of 2", "L19 1 of 2"),
    ("L19 is replaced by 3 units\nL19 2 of 3", "L19 is replaced by 3 units\nL19 2 of 2"),
    ("product V15", "product V15\nremove product V14"),
    ("product V15 per user\nann needs V15\nV15 of ann is license required per user",
     "product V15\nremove product V15\nann needs V15"),
    ("remove product Suite", "remove product V16"),
    ("V16 on D5..D7 needs 3 by scan\nV16 on D5, D6 and D7 are license required 0 of 3",
     "V16 on D5..D7 needs 0"),
    ("V16 on D5 needs 0 -> refused BAD_QUANTITY, row 1",
     "V16 on D1, D5 needs 0 -> refused BAD_QUANTITY, row 2"),
    ("bob and cid need V16, 2 rights, per user by group\nV16 of bob is licensed 2 of 2 by L20"
     "\nV16 of cid is license required", "bob needs Nope"),
    ("V16 on D1 by scan\nV16 on D1 is required no more by scan\nV16 on D1 is licensed",
     "V16 on D1 is required no more by scan"),
    ("V16 on D1 is required no more\nV16 on D1 is not required",
     "V16 on D1 is required no more\nV16 on D1 is licensed"),
    ("confirm V16 on D3\nV16 on D3 is license required", "confirm V16 on D3 by scan"),
    ("confirm V16 on D1 no more\nV16 on D1 is unconfirmed", "confirm V16 on D9 no more"),
    ("V16 on D9 by scan unconfirmed\nconfirm V16 on D9 by scan\nconfirm V16 on D9 no more by scan"
     "\nV16 on D9 is unconfirmed", "confirm V16 on D3\nV16 on D3 is unconfirmed"),
    ("nobody owns D2\nV16 on D2 is license required 0 of 2",
     "nobody owns D2\nV16 of ann is licensed"),
    ("consolidate V16 on D4 behind V16 on D1\nV16 on D4 is consolidated behind V16 on D1 because"
     " manual", "consolidate V16 on D2 behind V16 on D1"),
    ("consolidate V16 on D4 behind V16 on D1 as remote\nV16 on D4 is consolidated because remote"
     "\nconsolidate V16 on D4 no more\nV16 on D4 is license required",
     "consolidate V16 on D4 no more"),
    ("consolidate V16 on D2 behind V16 on D1 -> refused CONSOLIDATION_NOT_ALLOWED, about"
     " V16/device:D2", "consolidate V16 on D4 behind V16 on D1 -> refused"),
    ("Suite on D4\nconsolidate product V16 behind Suite as suite\n"
     "V16 on D4 is consolidated behind Suite on D4 because suite\n"
     "consolidate product V16 no more\nV16 on D4 is license required",
     "consolidate product V16 no more"),
    ("entitle V16 of ann by L20 -> refused ONLY_TRIGGER_LICENCE{L19}",
     "entitle V16 of ann by L20 -> refused ONLY_TRIGGER_LICENCE{L20}"),
    ("entitle V16 of ann by L19", "entitle V16 of ann by L20"),
    ("change V16 on D2 for L19", "change V16 on D1 for L19"),
    ("change V16 on D1 for L19 -> refused MODEL_CHANGE_NOT_ALLOWED{licensed}",
     "change V16 on D1 for L19 -> refused MODEL_CHANGE_NOT_ALLOWED{license}"),
    ("set scheme.requirements.model_change = false\nV16 on D2 is license required",
     "set scheme.requirements.model_change = false\nV16 on D2 is consolidated"),
]


class WhatIsWrongFails(unittest.TestCase):
    def test_every_right_claim_holds(self):
        for right in sorted({right for right, _ in RIGHT_AND_WRONG}):
            with self.subTest(right):
                try:
                    play.play(STAGED + right)
                except play.Failed as failed:
                    self.fail(f"line {failed.line}: {failed}")

    def test_every_wrong_claim_fails_at_its_last_line(self):
        for _, wrong in RIGHT_AND_WRONG:
            with self.subTest(wrong):
                with self.assertRaises(play.Failed) as caught:
                    play.play(STAGED + wrong)
                last = STAGED.count("\n") + 1 + wrong.count("\n")
                self.assertEqual(caught.exception.line, last, caught.exception)
                self.assertRegex(str(caught.exception), "expected .*, got ")


class WhatIsNotOfTheLanguageIsNotPlayed(unittest.TestCase):
    MISSPELLED = ["V16 on D1 needs", "V16 on D1 by", "V16 on D1 per lease", "ann needs V16 twice",
                  "consolidate V16 on D1", "consolidate V16 on D1 behind D2",
                  "entitle D1 by L19", "change V16 on D1", "explain V16 on D1 says M-R4",
                  "confirm D1", "remove product", "owns D1"]

    def test_each_is_told(self):
        for text in self.MISSPELLED:
            with self.subTest(text), self.assertRaises((play.Failed, Unclear)):
                play.play(f"product V16 of acme\n{text}")

    def test_what_is_a_name_is_no_keyword(self):
        for text in ("V16 on on", "V16 of of", "behind on behind", '"V 16" on "D 1" by "a scan"',
                     "needs needs needs"):
            with self.subTest(text):
                self.assertTrue(understood(text))


class WhatIsRead(unittest.TestCase):
    def test_options_stand_in_any_order(self):
        expected = {"units": 2, "source": "scan", "unconfirmed": True, "model": "user"}
        for text in ("needs 2 by scan unconfirmed per user", "per user, unconfirmed, by scan, "
                     "2 rights"):
            self.assertEqual(options_of(text), expected)

    def test_a_license_may_be_downgraded_to_several(self):
        for text, list_ in (("downgrades to V16, scheme requirements", "V16"),
                            ("downgrades to V16 and V15 and installed", "V16 and V15"),
                            ("downgrades to V16, V15, until +1h", "V16, V15"),
                            ('downgrades to "V 16" per user', '"V 16"')):
            self.assertEqual(re.match(LICENSE_WORDS["downgrades"], text)[1], list_)

    def test_braces_hold_the_first_words_of_what_is_said_beside(self):
        answer = Answer("refused", {"code": "MODEL_CHANGE_NOT_ALLOWED",
                                    "detail": "partially_licensed: only what is required"})
        expectation = "MODEL_CHANGE_NOT_ALLOWED{partially_licensed}"
        Expectation(expectation, ("refused",), "refused").check(answer)
        for wrong in ("partially", "licensed", "partially_licensed_1"):
            with self.assertRaises(Mismatch):
                Expectation(f"MODEL_CHANGE_NOT_ALLOWED{{{wrong}}}", ("refused",),
                            "refused").check(answer)


if __name__ == "__main__":
    unittest.main()
