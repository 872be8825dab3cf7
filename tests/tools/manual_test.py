"""The manual pages say of each verb what the programs say of it, and nothing else."""

import re
import subprocess
import unittest

from support.daemon import BIN, PATIENCE, SOURCE


def help_of(*words):
    done = subprocess.run([BIN / words[0], *words[1:], "--help"], capture_output=True, text=True,
                          timeout=PATIENCE, check=True)
    return done.stdout


def options_in(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


class Manual:
    """A page as text: what it says of each verb, and what of all of them."""

    def __init__(self, program):
        self.program = program
        page = (SOURCE / "tools" / f"{program}.1.scd").read_text()
        self.text = re.sub(r"[*_\\]", "", page)
        self.common = options_in(self.section("COMMON OPTIONS"))
        entries = re.split(rf"^(?=\*{program} )", page, flags=re.MULTILINE)[1:]
        self.verbs = {}
        for entry in entries:
            verb = re.match(rf"\*{program} ([a-z ]+)\*", entry)[1]
            own = entry.split("\n# ")[0]
            self.verbs[verb] = re.sub(r"[*_\\]", "", own)

    def section(self, title):
        return re.search(rf"^# {title}\n(.*?)(?=^# )", self.text, re.MULTILINE | re.DOTALL)[1]


class Pages(unittest.TestCase):
    def assert_says(self, manual, verbs):
        self.assertEqual(set(manual.verbs), verbs)
        for verb in sorted(verbs):
            with self.subTest(verb=f"{manual.program} {verb}"):
                options = options_in(help_of(manual.program, *verb.split()))
                told = options_in(manual.verbs[verb])
                self.assertEqual(options - told - manual.common, set(), "not in the page")
                self.assertEqual(told - options, set(), "in the page, but not in the program")

    def test_usher_1_has_each_verb_and_each_of_its_options(self):
        usages = [line.strip().split("  ")[0].split()[1:]
                  for line in help_of("usher").splitlines() if line.startswith("  usher ")]
        verbs = {" ".join(word for word in usage[:2] if re.fullmatch("[a-z]+", word))
                 for usage in usages}
        self.assertGreater(len(verbs), 30)
        self.assert_says(Manual("usher"), verbs)

    def test_usher_issuer_1_has_each_verb_and_each_of_its_options(self):
        listed = help_of("usher-issuer").split("Subcommands:")[1]
        verbs = set(re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE))
        self.assertGreater(len(verbs), 10)
        self.assert_says(Manual("usher-issuer"), verbs)

    def test_common_options_are_those_of_some_verb(self):
        for program, verbs in (("usher", ["status", "run"]), ("usher-issuer", ["sign"])):
            options = {"--version"}.union(*(options_in(help_of(program, verb)) for verb in verbs))
            self.assertEqual(Manual(program).common - options, set())

    def test_exit_codes_and_environment_are_those_of_the_help(self):
        manual = Manual("usher")
        said = help_of("usher")
        codes = set(re.findall(r"\b\d+\b", said.split("Exit codes:")[1]))
        self.assertEqual(set(re.findall(r"^\d+|(?<=, )\d+$", manual.section("EXIT STATUS"),
                                        re.MULTILINE)), codes)
        for name in set(re.findall(r"\bUSHER_[A-Z_]+", said)):
            self.assertIn(name.replace("_", ""), manual.section("ENVIRONMENT"))


if __name__ == "__main__":
    unittest.main()
