"""Types what README.md says, against a real daemon, and compares what comes back.

A block marked `console` is a terminal: after `$ ` stands what is typed, after `> ` how it goes on,
and the other lines are what must come back. `…` is anything on that line; alone on a line, any
number of lines. All blocks are one session in one directory.
"""

import dataclasses
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support.daemon import BIN, SOURCE, free_port

PATIENCE = 60
PROMPT = "--- the next command, after exit code"
# What the shell says by itself when something that it began was killed.
NOTICE = re.compile(r"^/bin/bash: line \d+: +\d+ (?:Killed|Terminated) .*\n", re.MULTILINE)
# The ports that README names; the test gives its programs some that are free.
PORTS = ("4750", "4751", "4752", "4753", "4754")


@dataclasses.dataclass
class Step:
    line: int
    command: str
    output: str


def blocks(text):
    """Each fenced block of a text: its language, its first line's number, its lines."""
    fence = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    for found in fence.finditer(text):
        yield found[1], text.count("\n", 0, found.start(2)) + 1, found[2].splitlines()


def steps(text):
    """What is typed in all `console` blocks, and what must come of it."""
    found = []
    for language, first, lines in blocks(text):
        if language != "console":
            continue
        for number, line in enumerate(lines, first):
            if line.startswith("$ "):
                found.append(Step(number, line[2:], ""))
            elif line.startswith("> "):
                found[-1].command += "\n" + line[2:]
            else:
                found[-1].output += line + "\n"
    return found


def matches(expected, output):
    """Whether `output` is what README shows."""
    pattern = ""
    for line in expected.splitlines():
        if line == "…":
            pattern += r"(?:.*\n)*"
        else:
            pattern += ".*".join(re.escape(part) for part in line.split("…")) + r"\n"
    return re.fullmatch(pattern, output) is not None


class Session:
    """A shell that types one command after the other."""

    def __init__(self, directory, environment):
        self.shell = subprocess.Popen(["/bin/bash", "--norc"], cwd=directory, env=environment,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, start_new_session=True)

    def type(self, command):
        """Exit code and output."""
        self.shell.stdin.write(f"{command}\nprintf '\\n{PROMPT} %s\\n' $?\n".encode())
        self.shell.stdin.flush()
        said = b""
        deadline = time.monotonic() + PATIENCE
        while (end := re.search(rf"\n{PROMPT} (\d+)\n".encode(), said)) is None:
            left = max(0, deadline - time.monotonic())
            readable, _, _ = select.select([self.shell.stdout], [], [], left)
            piece = os.read(self.shell.stdout.fileno(), 65536) if readable else b""
            if not piece:
                raise AssertionError(f"nothing more came of `{command}` after:\n{said.decode()}")
            said += piece
        return int(end[1]), NOTICE.sub("", said[:end.start()].decode())

    def close(self):
        """Ends the shell and all that was begun in it: they are one process group."""
        os.killpg(self.shell.pid, signal.SIGKILL)
        self.shell.wait()
        self.shell.stdin.close()
        self.shell.stdout.close()


class Readme(unittest.TestCase):

    def setUp(self):
        self.text = (SOURCE / "README.md").read_text()

    def test_what_it_says_is_what_happens(self):
        directory = Path(tempfile.mkdtemp(prefix="usher-readme-"))
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        shutil.copy(SOURCE / "client" / "example.c", directory)
        library = BIN.parent / "client"
        plain = {key: value for key, value in os.environ.items() if not key.startswith("USHER_")}
        session = Session(directory, {
            **plain, "HOME": str(directory), "PATH": f"{BIN}:{plain['PATH']}",
            "C_INCLUDE_PATH": str(SOURCE / "client" / "include"), "LIBRARY_PATH": str(library),
            "LD_LIBRARY_PATH": str(library)})
        self.addCleanup(session.close)

        free = {port: str(free_port()) for port in PORTS}
        text = re.sub("|".join(PORTS), lambda named: free[named[0]], self.text)
        for step in steps(text):
            code, output = session.type(step.command)
            where = f"README.md:{step.line}: $ {step.command}"
            self.assertTrue(matches(step.output, output),
                            f"{where}\nexpected:\n{step.output}\ngot:\n{output}")
            self.assertTrue(code == 0 or "error:" in step.output, f"{where}\nended with {code}")

    def test_every_box_is_typed_or_left_alone_on_purpose(self):
        languages = {language for language, _, _ in blocks(self.text)}
        self.assertEqual(languages, {"console", "sh"})
        self.assertGreater(len(steps(self.text)), 40)

    def test_it_names_only_verbs_that_there_are(self):
        done = subprocess.run([BIN / "usher", "--help"], capture_output=True, text=True, check=True)
        known = {line.split()[1] for line in done.stdout.splitlines()
                 if line.startswith("  usher ")}
        named = set(re.findall(r"(?:^\$ |`)usher ([a-z]+)", self.text, re.MULTILINE))
        self.assertLessEqual(named, known)


class Comparison(unittest.TestCase):

    def test_dots_are_anything_on_a_line_and_alone_any_lines(self):
        self.assertTrue(matches("a … c\n", "a b c\n"))
        self.assertTrue(matches("a\n…\nd\n", "a\nb\nc\nd\n"))
        self.assertTrue(matches("a\n…\n", "a\n"))
        self.assertTrue(matches("", ""))

    def test_all_else_is_to_the_letter(self):
        self.assertFalse(matches("a … c\n", "a b\nc\n"))
        self.assertFalse(matches("a.c\n", "abc\n"))
        self.assertFalse(matches("a\n", "a\nb\n"))
        self.assertFalse(matches("", "a\n"))

    def test_a_command_goes_on_after_its_second_prompt(self):
        text = "```console\n$ cat <<end\n> a\n> end\na\n$ true\n```\n"
        self.assertEqual([(step.command, step.output) for step in steps(text)],
                         [("cat <<end\na\nend", "a\n"), ("true", "")])


if __name__ == "__main__":
    unittest.main()
