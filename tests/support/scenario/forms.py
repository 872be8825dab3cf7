"""The forms of statements: how each is written, and what plays it.

A form's pattern is written as the statement is, with `<key:kind>` for what varies and `(a|b)`,
`[a]` for what may be said one way or another.
"""

import re

from support.scenario import words
from support.scenario.answer import Expectation
from support.scenario.words import Unclear

KINDS = {"name": words.NAME, "list": words.LIST, "duration": words.DURATION,
         "instant": words.INSTANT, "number": r"\d+", "text": r'"[^"]*"', "rest": r".*",
         "word": r"[A-Za-z_]+", "by_force": r"\s+by\s+force",
         "dropping": r",?\s+dropping\s+(?:its|their)\s+devices",
         "watches": r"\s+and\s+watches", "no_more": r"\s+no\s+more",
         "does_not": r"does\s+not\s+"}

FORMS = []


class Form:
    def __init__(self, pattern, answers, default, play):
        self.pattern = re.compile(regex_of(pattern), re.I)
        self.answers, self.default, self.play = answers, default, play


def regex_of(pattern):
    """`<apps:list> renew[s]` as a regular expression."""
    result = ""
    for piece in re.split(r"(<\w+:\w+>|\[[^\]]*\]| )", pattern):
        if found := re.fullmatch(r"<(\w+):(\w+)>", piece):
            result += f"(?P<{found[1]}>{KINDS[found[2]]})"
        elif piece == " ":
            result += r"\s+"
        elif piece.startswith("["):
            inside = piece[1:-1]
            # `[the ]` brings its own blank.
            result += f"(?:{inside.replace(' ', chr(92) + 's+')})?"
        else:
            result += re.sub(r"\((?!\?)", "(?:", piece)
    return result


def form(*patterns, answers=(), default=""):
    """Declares what plays statements of these patterns, and what they can be answered with."""
    def declare(play):
        FORMS.extend(Form(pattern, answers, default, play) for pattern in patterns)
        return play
    return declare


class Step:
    """A statement that is understood."""

    def __init__(self, statement):
        self.statement = statement
        self.host = statement.host
        self.form, self.groups = understood(statement.text)
        self.expectation = None
        if self.form.answers:
            self.expectation = Expectation(statement.answer, self.form.answers, self.form.default)
        elif statement.answer:
            raise Unclear(f"`{statement.text}` has no answer that could stand behind an arrow")

    def play(self, stage):
        self.form.play(stage, self, **self.groups)

    def expect(self, stage, answer):
        self.expectation.check(answer, stage.same)


def understood(text):
    for candidate in FORMS:
        if found := candidate.pattern.fullmatch(text):
            return candidate, found.groupdict()
    raise Unclear(f"`{text}` is not a statement; tests/scenarios/README.md lists them all")
