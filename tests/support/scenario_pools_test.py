"""The language of scenarios about pools, parties and devices: what is right passes, what is wrong
fails at its line."""

import unittest

from support.scenario import play, words
from support.scenario.answer import Answer, Expectation, Mismatch
from support.scenario.forms import understood

KEYS = """\
Given license G 1.0.0.1: 9 units, scheme keys, installed as Devices
 And open pools A, B and C in G
 And assign 3 units of G to A
 And assign 2 units of G to B
 And close pool C
 And instances i and j of A
 And Net registers devices d1..d3 for i in A
 And Net asks how pool A stands and watches -> open 3 of 3
"""
COMPANIES = """\
Given license R 1.0.0.2: 10 units, scheme companies, installed as P
 And company c with source pool
 And user u of c
 And open pool c-own in R for c
 And assign 4 units of R to c-own
 And Desk registers devices pc1, pc2 through P for u
"""

RIGHT_AND_WRONG = {KEYS: [
    ("pool G: 4 unassigned, scheme keys", "pool G: 5 unassigned"),
    ("pool A: assigned 3, held 3, under G", "pool A: assigned 4"),
    ("pool A: open, no owner", "pool A: closed"),
    ("pool C: closed, under G", "pool C: open"),
    ("A 3 of 3, scheme keys", "A 2 of 3"),
    ("total of G is 9, 3 held", "total of G is 8"),
    ("the total of G: 9", "total of G is 9, 4 held"),
    ("total of G is 9", "total of G is unlimited"),
    ("total of G is 9", "total of A is 3"),
    ("open pool D in G", "open pool A in G"),
    ("open pool A in G -> refused NAME_TAKEN", "open pool D in G -> refused NAME_TAKEN"),
    ("assign 4 units of G to B", "assign 5 units of G to B"),
    ("assign 1 unit of A to G -> refused WOULD_OVERCOMMIT{held 3, stock 3}",
     "assign 1 unit of A to G"),
    ("assign 1 unit of A to G by force", "assign 1 unit of B to G by force -> refused"),
    ("close pool B", "close pool C"),
    ("close pool A releasing its leases\ndevices of Net: none",
     "close pool A keeping its leases\ndevices of Net: none"),
    ("instance k of A", "instance i of A"),
    ("i goes to B -> refused WOULD_DROP{held 3}", "i goes to B"),
    ("i goes to B, dropping its devices\ndevices of Net: none",
     "i goes to B, dropping its devices\nA 3 of 3"),
    ("remove party j\nno party j", "remove party i"),
    ("remove party i, dropping its devices", "no party i"),
    ("party i: an instance, of A, source pool, 3 leases, not locked", "party i: 2 leases"),
    ("party i: of A", "party i: of B"),
    ("party i: not locked", "party i: locked POOL_CLOSED"),
    ("no party k", "party k: not locked"),
    ("Net registers 1 device in B -> registered, 1 taken, 0 already, 1 of 2",
     "Net registers 1 device for j in A -> registered, 1 taken"),
    ("Net registers device d4 in A -> refused NO_FREE_SEAT{3,3}, row 1",
     "Net registers device d4 in A -> refused NO_FREE_SEAT{3,3}, row 2"),
    ("Net registers device x in B of 2 units\nB 2 of 2", "Net registers device x in B\nB 2 of 2"),
    ("Net checks out in B -> granted from B, persistent", "Net checks out in B -> floating"),
    ("Net gives back 3 devices\ndevices of Net: none", "Net gives back 4 devices"),
    ("Net gives back device d2\ndevices of Net: d1, d3", "Net gives back device d4"),
    ("devices of Net for i: 3", "devices of Net for j: 3"),
    ("devices of Net are d1..d3", "devices of Net are d1"),
    ("Net's devices renew", "Net's devices renew -> locked"),
    ("assign 1 unit of A to G by force\nNet's devices for i renew -> locked POOL_LOCKED{short 1}",
     "assign 1 unit of A to G by force\nNet's devices for i renew -> locked POOL_LOCKED{short 2}"),
    ("Net asks how pool B stands -> open 0 of 2, valid 3d",
     "Net asks how pool B stands -> open 1 of 2"),
    ("Net asks how party i in pool G stands -> open from A",
     "Net asks how party i stands -> locked"),
    ("assign 1 unit of A to G by force\nNet hears that pool A is locked: POOL_LOCKED{short 1}",
     "assign 1 unit of A to G by force\nNet hears that pool A is open"),
    ("assign 1 unit of A to G by force\nassign 1 unit of G to A\nNet hears that pool A is locked\n"
     "Net hears that pool A is open: 3 of 3",
     "Net hears that pool A is open"),
    ("1.0.0.1 is replaced by 7 units\nthe total of G is 7", "1.0.0.1 is replaced by 7 units\n"
     "total of G is 9"),
    ("1.0.0.1 is replaced by unlimited\nthe total of G is unlimited",
     "1.0.0.1 is replaced by 1 unit -> refused"),
    ("license H 1.0.0.3: 5 units, scheme keys, feeds Stock, installed\npool Stock: 5 unassigned",
     "license H 1.0.0.3: 5 units, scheme nope, installed"),
    ("assign 1 unit of B to A\n1.0.0.1 of G lives through 5 random steps of seed 4",
     "assign 1 unit of A to G by force\n1.0.0.1 of G lives through 1 random steps of seed 2"),
    ("the server restarts, to die before it writes turn 1\n$ usher pool open D --in G\n  exit 1\n"
     "the server has died and starts again\nno pool D",
     "the server restarts, to die after it has written turn 1\n$ usher pool open D --in G\n"
     "  exit 1\nthe server has died and starts again\nno pool D"),
], COMPANIES: [
    ("pool c-own: owner c", "pool c-own: no owner"),
    ("party c: a company, source pool, 1 user", "party c: 2 users"),
    ("party u: a user, of c, source root, 2 leases", "party u: source personal"),
    ("company d", "company c"),
    ("users v and w of c with source personal\nparty w: source personal", "user v of nowhere"),
    ("company d\nu goes to d with source personal\nparty u: of d, source personal",
     "u goes to nowhere"),
    ("the source of c becomes root\nR 2 of 8", "the source of u becomes pool"),
    ("remove party u\nno party u", "remove party c"),
    ("Desk checks out P as u -> granted from c-own", "Desk checks out P as u -> granted from R"),
]}


class WhatIsWrongFails(unittest.TestCase):
    def test_every_right_claim_holds(self):
        for stage, pairs in RIGHT_AND_WRONG.items():
            for right in sorted({right for right, _ in pairs}):
                with self.subTest(right):
                    try:
                        play.play(stage + right)
                    except play.Failed as failed:
                        self.fail(f"line {failed.line}: {failed}")

    def test_every_wrong_claim_fails_at_its_line(self):
        for stage, pairs in RIGHT_AND_WRONG.items():
            for _, wrong in pairs:
                with self.subTest(wrong):
                    first = stage.count("\n") + 1
                    with self.assertRaises(play.Failed) as caught:
                        play.play(stage + wrong)
                    self.assertIn(caught.exception.line,
                                  range(first, first + 1 + wrong.count("\n")))
                    self.assertRegex(str(caught.exception), "expected .*, got ")

    def test_a_history_that_fails_tells_its_seed_and_its_steps(self):
        with self.assertRaises(play.Failed) as caught:
            play.play(KEYS + "assign 1 unit of A to G by force\n"
                      "1.0.0.1 of G lives through 1 random steps of seed 2")
        self.assertRegex(str(caught.exception), "expected A open after seed 2; ")


class WhatIsNotOfTheLanguageIsNotPlayed(unittest.TestCase):
    MISSPELLED = ["close pool A losing its leases", "Net registers devices in A",
                  "assign units of G to A", "Net asks how stands", "G goes"]

    def test_each_is_told(self):
        for text in self.MISSPELLED:
            with self.subTest(text), self.assertRaises((play.Failed, words.Unclear)):
                play.play(f"license G 1.0.0.1: 1 unit, scheme keys, installed\n{text}")

    def test_what_is_a_name_is_no_keyword(self):
        for text in ("company source with source pool", "users of and in of c",
                     "open pool pool in in for for"):
            with self.subTest(text):
                self.assertTrue(understood(text))


class HowAnAnswerIsCompared(unittest.TestCase):
    def test_held_of_stock_are_two_numbers(self):
        answer = Answer("open", {"held": 3, "stock": None})
        Expectation("open 3 of unlimited", ("open",), "open").check(answer)
        for wrong in ("open 4 of unlimited", "open 3 of 3"):
            with self.assertRaises(Mismatch):
                Expectation(wrong, ("open",), "open").check(answer)


if __name__ == "__main__":
    unittest.main()
