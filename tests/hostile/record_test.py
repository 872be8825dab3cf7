"""The table of what was found in other license servers is complete: each record has its test, and
each record that a test names stands in the table."""

import ast
import re
import unittest
from pathlib import Path

from support.daemon import SOURCE

TABLE = Path(__file__).with_name("README.md")
RECORD = r"CVE-\d{4}-\d{4,5}|AA-96\.03|Akamai-2015|Kaspersky-2017|RLM-default-login|" \
         r"rolled-back|\brelay\b|\bclock\b"
CLASSES = {
    "Length and type confusion", "State-machine order", "Path from the wire", "Who may do what",
    "Secrets in logs and answers", "Web", "Links and owners", "Exhaustion",
    "Signatures, and license state that is rolled back", "Clock", "Discovery", "Replay"}


def rows():
    """(class, records, file, test) of each row."""
    found, heading = [], ""
    for line in TABLE.read_text().splitlines():
        if line.startswith("### "):
            heading = line.removeprefix("### ")
        cells = re.fullmatch(r"\| (.+) \| .+ \| `(\S+)` `(\w+)` \|", line)
        if cells:
            found.append((heading, cells[1].split(), cells[2], cells[3]))
    return found


def tests_of(path):
    """Of each test of a file, the comments that begin with records, in the function itself."""
    text = path.read_text()
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, records_in(lines[node.lineno:node.end_lineno])


def records_in(lines):
    """What the comments name: CVE numbers anywhere, the others where a comment begins with one."""
    comments = [line.strip() for line in lines if line.strip().startswith("# ")]
    named = set()
    for comment in comments:
        named |= set(re.findall(r"CVE-\d{4}-\d{4,5}", comment))
        for word in re.split(r"[,;:]\s*", comment.removeprefix("# ")):
            if re.fullmatch(RECORD, word.rstrip(".")):
                named.add(word.rstrip("."))
    return named


class Record(unittest.TestCase):
    def test_each_class_has_a_row(self):
        self.assertEqual({heading for heading, *_ in rows()}, CLASSES)

    def test_each_row_is_read(self):
        lines = [line for line in TABLE.read_text().splitlines()
                 if line.startswith("| ") and not line.startswith(("| record ", "| --- "))]
        self.assertEqual(len(rows()), len(lines))
        for _, records, _, _ in rows():
            for record in records:
                self.assertRegex(record, rf"^(?:{RECORD})$")

    def test_each_row_names_a_test_that_names_its_records(self):
        known = {}
        for _, records, file, test in rows():
            with self.subTest(test=test):
                if file not in known:
                    known[file] = dict(tests_of(SOURCE / file))
                self.assertIn(test, known[file])
                self.assertLessEqual(set(records), known[file][test])

    def test_each_record_that_a_test_names_stands_in_a_row_of_it(self):
        table = {}
        for _, records, file, test in rows():
            table.setdefault((file, test), set()).update(records)
        for path in sorted((SOURCE / "tests").rglob("*_test.py")):
            file = str(path.relative_to(SOURCE))
            for test, named in tests_of(path):
                with self.subTest(file=file, test=test):
                    self.assertEqual(named, table.get((file, test), set()))


if __name__ == "__main__":
    unittest.main()
