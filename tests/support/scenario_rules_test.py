"""Each rule of requirements is missed by the scenarios that are there for it."""

import json
import unittest

from support.daemon import SOURCE
from support.scenario import play

# Rules are numbered from 1 to this.
RULES = 10
# What is said where no claim failed, but the daemon did not serve any more.
NOT_SERVED = r"HungUp|NoAnswer|Timeout|Failed:|usher: error:"


def tables():
    """(folder, what its rules.json says) of each that has one."""
    for path in sorted((SOURCE / "tests" / "scenarios").glob("*/rules.json")):
        yield path.parent, json.loads(path.read_text())


class EveryRuleIsMissed(unittest.TestCase):
    def test_each_rule_has_scenarios(self):
        self.assertTrue(list(tables()))
        for folder, table in tables():
            self.assertEqual(list(table), [str(number) for number in range(1, RULES + 1)])
            for number, names in table.items():
                with self.subTest(rule=number):
                    self.assertTrue(names)
                    for name in names:
                        self.assertTrue((folder / f"{name}.txt").exists(), name)

    def test_without_a_rule_they_fail(self):
        """By a claim: a daemon that dies or hangs shows nothing of what the rule is there for."""
        for folder, table in tables():
            for number, names in table.items():
                for name in names:
                    with self.subTest(rule=number, scenario=name):
                        line, holds = play.judged(folder / f"{name}.txt", int(number))
                        self.assertFalse(holds, line)
                        self.assertNotRegex(line, NOT_SERVED)

    def test_with_all_rules_each_of_them_holds(self):
        for folder, table in tables():
            for name in sorted({name for names in table.values() for name in names}):
                with self.subTest(scenario=name):
                    line, holds = play.judged(folder / f"{name}.txt")
                    self.assertTrue(holds, line)


if __name__ == "__main__":
    unittest.main()
