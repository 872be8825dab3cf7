"""From the text of a scenario to its statements, one after another, with loops unrolled. Pure."""

import dataclasses
import re

from support.scenario import words
from support.scenario.words import Unclear

HEADINGS = ("given", "when", "then", "and", "but")
PREFACES = ("scenario", "rules", "rule", "feature", "background", "note")
ARROW = re.compile(r"^(?:->|=>|→)\s*")
# Lines that belong to the command or statement above them.
BELOW_A_COMMAND = re.compile(r"^(\||!\||~|!~|exit\b|json\b|keep\b|nothing else\b)", re.I)


class Misspelled(Exception):
    """A line that is not of the language."""

    def __init__(self, line, why):
        super().__init__(why)
        self.line = line


@dataclasses.dataclass
class Statement:
    """One thing to do or to claim."""

    line: int
    text: str
    answer: str = ""  # Behind its arrow.
    answer_line: int = 0
    below: list = dataclasses.field(default_factory=list)  # Of a command: (line, text).
    host: str = ""  # `on hostB: …`; empty: the current one.
    guise: str = ""  # `as NAME: …`: whose key a command uses.
    eventually: bool = False  # It need not hold at once.

    @property
    def is_command(self):
        return self.text.startswith("$")


def read(text):
    """All statements of a scenario in the order in which they are played."""
    statements = []
    for number, line in unrolled(joined(enumerate(text.splitlines(), 1))):
        try:
            take(statements, number, line)
        except Unclear as error:
            raise Misspelled(number, str(error)) from error
    return statements


def joined(lines):
    """A command goes on in the next line where it ends with a backslash, as in a shell."""
    result, goes_on = [], False
    for number, line in lines:
        if goes_on:
            result[-1] = (result[-1][0], result[-1][1].rstrip()[:-1] + line.strip())
        else:
            result.append((number, line))
        last = result[-1][1].strip()
        goes_on = last.endswith("\\") and re.match(r"(on\s+\S+:\s*|as\s+\S+:\s*)*\$", last)
    return result


# Loops.


def unrolled(lines):
    """The lines with each `for … end` and `repeat … end` written out, comments left out."""
    result, position = [], 0
    while position < len(lines):
        number, line = lines[position]
        plain = without_heading(without_comment(line))
        position += 1
        if plain.lower() == "end":
            raise Misspelled(number, "there is no loop that this `end` ends")
        turns = loop_turns(number, plain)
        if turns is None:
            result.append((number, line))
            continue
        body, position = loop_body(lines, position, number)
        for variable, value in turns:
            result += unrolled([(at, inside.replace("{" + variable + "}", value) if variable
                                 else inside) for at, inside in body])
    return result


def loop_turns(number, plain):
    """What a loop's head says: a (variable, value) a turn. None: no head."""
    try:
        if found := re.fullmatch(r"for\s+(?:each\s+)?(\w+)\s+in\s+(.+?):?", plain, re.I):
            return [(found[1], value) for value in words.names(found[2])]
    except Unclear as error:
        raise Misspelled(number, str(error)) from error
    if found := re.fullmatch(r"repeat\s+(\d+)\s+times:?", plain, re.I):
        return [("", "")] * int(found[1])
    return None


def loop_body(lines, position, head):
    depth, first = 1, position
    while position < len(lines):
        number, line = lines[position]
        plain = without_heading(without_comment(line))
        if loop_turns(number, plain) is not None:
            depth += 1
        elif plain.lower() == "end":
            depth -= 1
            if depth == 0:
                return lines[first:position], position + 1
        position += 1
    raise Misspelled(head, "this loop has no `end`")


# Lines.


def is_literal(line):
    """Commands and what they print are taken as they stand."""
    return re.match(r"\s*(\$|\||!\||~|!~)", line) is not None


def without_comment(line):
    """`#` begins a comment at the start of a line or after a blank."""
    if is_literal(line):
        return line.strip()
    inside = False
    for position, letter in enumerate(line):
        if letter == '"':
            inside = not inside
        if letter == "#" and not inside and (position == 0 or line[position - 1].isspace()):
            return line[:position].strip()
    return line.strip()


def without_heading(text):
    """Given, When, Then, And, But and list marks are for the reader."""
    text = re.sub(r"^[-*•]\s+", "", text)
    while found := re.match(rf"({'|'.join(HEADINGS)})\b\s*[:,]?\s*", text, re.I):
        text = text[found.end():]
    return text


def take(statements, number, line):
    """Adds what `line` says."""
    text = without_comment(line)
    if not text or re.match(rf"({'|'.join(PREFACES)})\b[^:]*:", text, re.I):
        return
    if BELOW_A_COMMAND.match(text):
        if not statements or not statements[-1].is_command:
            raise Unclear(f"there is no command above that `{text}` could be about")
        statements[-1].below.append((number, text))
        return
    if ARROW.match(text):
        if not statements or statements[-1].answer:
            raise Unclear("an arrow stands behind or below the step that it answers")
        statements[-1].answer, statements[-1].answer_line = ARROW.sub("", text).rstrip("."), number
        return
    text = without_heading(text)
    if text.rstrip(":"):
        take_step(statements, number, text)


def take_step(statements, number, text):
    host = guise = ""
    eventually = False
    while True:
        moment = re.match(rf"(?:at|after)\s+(?:{words.DURATION}|day\s+\d+|{words.NAME}\s*\+\s*"
                          rf"{words.DURATION})\s*[:,]\s*(?=\S)", text, re.I)
        if moment:
            statements.append(Statement(number, moment[0].strip().rstrip(":,").strip()))
            text = without_heading(text[moment.end():])
        elif found := re.match(rf"on\s+({words.NAME})\s*:\s*(?=\S)", text, re.I):
            host, text = words.name(found[1]), text[found.end():]
        elif found := re.match(rf"as\s+({words.NAME})\s*:\s*(?=\S)", text, re.I):
            guise, text = words.name(found[1]), text[found.end():]
        elif found := re.match(r"eventually\s*[:,]?\s+(?=\S)", text, re.I):
            eventually, text = True, text[found.end():]
        else:
            break
    if text.startswith("$"):
        statements.append(Statement(number, text, host=host, guise=guise,
                                    eventually=eventually))
        return
    if guise:
        raise Unclear("`as NAME:` stands before commands only")
    step, answer = re.match(r'((?:"[^"]*"|(?!\s(?:->|=>|→)\s).)*)(.*)', text).groups()
    answer = ARROW.sub("", answer.strip()).rstrip(".")
    statements.append(Statement(number, step.strip().rstrip("."), answer, number if answer else 0,
                                host=host, eventually=eventually))
