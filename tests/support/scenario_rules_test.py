"""Each rule of requirements is missed by the scenarios that are there for it."""

import json
import unittest

from support.daemon import SOURCE
from support.scenario import play

# Rules are numbered from 1 to this.
RULES = 10


def tables():
    """(folder, what its rules.json says) of each that has one."""
    for path in sorted((SOURCE / "tests" / "scenarios").glob("*/rules.json")):
        yield path.parent, json.loads(path.read_text())


def fails(file, without_rule=None):
    line, holds = play.judged(file, without_rule)
    return None if holds else line


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
        for folder, table in tables():
            for number, names in table.items():
                for name in names:
                    with self.subTest(rule=number, scenario=name):
                        self.assertIsNotNone(fails(folder / f"{name}.txt", int(number)))

    def test_with_all_rules_each_of_them_holds(self):
        for folder, table in tables():
            for name in sorted({name for names in table.values() for name in names}):
                with self.subTest(scenario=name):
                    self.assertIsNone(fails(folder / f"{name}.txt"))


if __name__ == "__main__":
    unittest.main()
