"""Commands as a user types them, and what is expected of them."""

import json
import os
import re
import signal
import subprocess

from support import wire
from support.daemon import PATIENCE
from support.scenario.answer import Answer, Expectation, Mismatch
from support.scenario.forms import form
from support.scenario.setup_forms import operated
from support.scenario.words import Unclear

ANSWERS = ("done", "refused")


class Job:
    """A command that runs in the background."""

    def __init__(self, line, process):
        self.line, self.process = line, process

    def kill(self):
        """kill -9 of the program (the shell became it, see `typed`), then of what it started."""
        self.process.kill()
        # Not reaped yet, so the number is still its own.
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def end(self):
        if self.process.poll() is None:
            self.kill()


class Command:
    """`$ …` and the lines below it."""

    def __init__(self, statement):
        line = statement.text[1:].strip()
        background = re.fullmatch(r"(.*\S)\s+&\s+([\w.-]+)", line)
        self.line, self.job = background.groups() if background else (line, None)
        self.host, self.guise = statement.host, statement.guise
        self.expectation = None
        if statement.answer:
            self.expectation = Expectation(statement.answer, ANSWERS, "done")
        self.below = [below(number, text) for number, text in statement.below]

    def play(self, stage):
        process = subprocess.Popen(
            ["/bin/sh", "-c", typed(self.line, stage, stage.host(self.host), bool(self.job))],
            cwd=stage.desk_directory, env=self._environment(stage), text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=bool(self.job))
        if self.job:
            stage.jobs[self.job] = Job(self.line, process)
            return
        self.check(finished(self.line, process), stage)

    def _environment(self, stage):
        host = stage.host(self.host)
        environment = host.daemon.environment(
            HOME=str(stage.desk_directory),
            USHER_ISSUER_DIRECTORY=str(stage.vendors.trusted().directory))
        if host.is_running:
            environment["USHER_SERVER"] = host.server
        if self.guise in stage.keys:
            environment["USHER_KEY"] = stage.keys[self.guise]
        elif self.guise:
            raise Mismatch(f"a key {self.guise}", f"there are {', '.join(stage.keys) or 'none'}")
        return environment

    def check(self, done, stage):
        stage.listen()
        if self.expectation:
            answer = operated(done)
            if answer.word == "failed":
                answer = plain_answer(done)
            check_plainly(self.expectation, answer, stage)
        is_refused = self.expectation is not None and self.expectation.word == "refused"
        check_output(done, self.below, refused=is_refused,
                     place=lambda text: spelled(text, stage, stage.host(self.host)))
        for number, kind, content in self.below:
            if kind == "keep":
                keep(done, content, number, stage)


def typed(line, stage, host, becomes):
    """What the shell is given: a simple command becomes the process itself, which can be killed."""
    line = spelled(line, stage, host)
    return f"exec {line}" if becomes and not re.search(r"[|;&]", line) else line


def spelled(text, stage, host):
    """`{lease of Anna}`, `{key K}`, `{code Client}`, `{server}`, `{issuer}`, `{node}` stand for
    what only the run knows."""
    def value(found):
        words_said = found[1].split()
        if words_said[:2] == ["lease", "of"]:
            return wire.tag(stage.application(words_said[2]).lease_of(None).id)
        if words_said[0] == "key":
            return stage.keys[words_said[1]]
        if words_said[0] == "code":
            return stage.code(words_said[1])
        return {"server": lambda: host.server, "node": lambda: host.node["node"],
                "issuer": lambda: stage.issuer().address,
                "port": lambda: str(host.daemon.port)}[words_said[0]]()
    text = re.sub(r"\{(lease of \S+|key \S+|code \S+|issuer|server|node|port)\}", value, text)
    return re.sub(r"\{([\w.-]+)\}", lambda found: stage.kept.get(found[1], found[0]), text)


def finished(line, process):
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Mismatch(f"`{line}` to end", f"it still runs after {PATIENCE} s") from None
    return subprocess.CompletedProcess(line, process.returncode, out, err)


def plain_answer(done, program="usher"):
    """The answer as people read it: from `usher: error: CODE: sentence` and the hints."""
    if done.returncode == 0:
        warnings = re.findall(rf"^{program}: warning: (.*)$", done.stderr, re.M)
        return Answer("done", {"warning": warnings})
    error = re.search(rf"^{program}: error: ([A-Z][A-Z_]+): (.*)$", done.stderr, re.M)
    if not error:
        return Answer(f"exit {done.returncode}", {"text": done.stderr.strip()})
    hints = re.findall(rf"^{program}: hint: (.*)$", done.stderr, re.M)
    holders = re.findall(rf"^{program}: held by (\S+) on", done.stderr, re.M)
    return Answer("refused", {"code": error[1], "text": error[2], "cure": hints,
                              "held by": holders, "plain": True})


def check_plainly(expectation, answer, stage):
    """A sentence has no numbers with names; those expected must stand in it."""
    if not answer.facts.pop("plain", False):
        expectation.check(answer, stage.same)
        return
    inside = re.findall(r"\d+", answer.facts["text"])
    for key, value in expectation.properties:
        if isinstance(value, int) and not isinstance(value, bool) and str(value) in inside:
            answer.facts[key] = value
        if key in ("about", "host") and value in answer.facts["text"]:
            answer.facts[key] = value
    expectation.check(answer, stage.same)


# The lines below a command.


def below(number, text):
    """(line, kind, content) of one line below a command; looked at before anything is played."""
    if text.lower().startswith("nothing else"):
        return number, "nothing else", None
    if found := re.fullmatch(r"exit(?:\s+code)?\s+(\d+)", text, re.I):
        return number, "exit", int(found[1])
    if text.lower().startswith("json"):
        return number, "json", json_claim(text[4:].strip())
    if text.lower().startswith("keep"):
        return number, "keep", what_to_keep(text)
    mark, content = re.fullmatch(r"(!?[|~])(.*)", text).groups()
    if mark.endswith("~"):
        try:
            return number, mark, re.compile(content.strip())
        except re.error as error:
            raise Unclear(f"{content.strip()}: {error}") from error
    return number, mark, content.strip()


def line_pattern(text):
    """A line of output: blanks are alike, `...` and `…` stand for anything."""
    pieces = re.split(r"\.\.\.|…", text)
    escaped = [r"\s+".join(map(re.escape, piece.split())) for piece in pieces]
    for index, piece in enumerate(pieces):
        if piece[:1].isspace() and index > 0 and piece.strip():
            escaped[index] = r"\s*" + escaped[index]
        if piece[-1:].isspace() and index < len(pieces) - 1 and piece.strip():
            escaped[index] += r"\s*"
    return re.compile(r"\s*" + ".*".join(escaped) + r"\s*")


def check_output(done, lines, *, refused, place):
    expected_exit = next((content for _, kind, content in lines if kind == "exit"),
                         1 if refused else 0)
    output = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode != expected_exit:
        raise Mismatch(f"exit {expected_exit}", f"exit {done.returncode}: " + " / ".join(output))
    position, matched = 0, set()
    for number, kind, content in lines:
        try:
            if kind in ("|", "~"):
                position = find_line(output, position, kind, content, place)
                matched.add(position - 1)
            elif kind in ("!|", "!~"):
                refuse_line(output, kind, content, place)
            elif kind == "json":
                check_json(done.stdout, content, place)
            elif kind == "nothing else" and len(matched) < len(output):
                rest = [line for index, line in enumerate(output) if index not in matched]
                raise Mismatch("nothing else", rest[0].strip())
        except Mismatch as wrong:
            wrong.line = number
            raise


def matches(kind, content, line, place):
    if kind.endswith("~"):
        return content.search(line)
    return line_pattern(place(content)).fullmatch(line)


def find_line(output, position, kind, content, place):
    for index in range(position, len(output)):
        if matches(kind, content, output[index], place):
            return index + 1
    shown = content.pattern if kind == "~" else content
    raise Mismatch(f"a line `{shown}`", " / ".join(line.strip() for line in output[position:])
                   or "no more lines")


def refuse_line(output, kind, content, place):
    for line in output:
        if matches(kind, content, line, place):
            raise Mismatch("no such line", line.strip())


# What is kept of an output, for later commands.


def what_to_keep(text):
    """`keep CODE`, `keep CODE ~ REGEX`, `keep ID = json PATH` → (name, kind, how)."""
    found = re.fullmatch(r"keep\s+([\w.-]+)(?:\s*(~)\s*(.+)|\s*=\s*(json)\s+(.+))?", text, re.I)
    if not found:
        raise Unclear(f"`{text}`: write keep NAME, keep NAME ~ REGEX, or keep NAME = json PATH")
    name, regex_mark, regex, json_mark, path = found.groups()
    if not regex_mark:
        return name, json_mark and "json", path
    try:
        return name, "~", re.compile(regex)
    except re.error as error:
        raise Unclear(f"{regex}: {error}") from error


def keep(done, content, number, stage):
    name, kind, how = content
    if kind == "json":
        value = json_of(done.stdout)
        value = at_path(value, how)
        stage.kept[name] = value if isinstance(value, str) else json.dumps(value)
    elif kind == "~":
        found = how.search(done.stdout + done.stderr)
        if not found:
            wrong = Mismatch(f"something like `{how.pattern}`", done.stdout.strip() or "nothing")
            wrong.line = number
            raise wrong
        stage.kept[name] = found[1] if how.groups else found[0]
    else:
        stage.kept[name] = done.stdout.strip()


# JSON.


def json_of(stdout):
    try:
        return json.loads(stdout)
    except ValueError:
        raise Mismatch("JSON", stdout.strip()[:200] or "nothing") from None


def json_claim(text):
    """`pools[product=Client].held = 8` → path, operator, expected text."""
    found = re.fullmatch(r"(.*?)\s*(=|!=|<=|>=|<|>|\bcontains\b|\bhas\b)\s*([^=<>].*?)?",
                         balanced(text))
    if not found or not found[3]:
        raise Unclear(f"json {text}: write PATH = VALUE, or !=, <, <=, >, >=, `contains`, "
                      "`has N items`")
    path, operator, value = (part.replace("\0", "=") for part in found.groups())
    return path, operator, value


def balanced(text):
    """`=` between square brackets is not the claim's."""
    return re.sub(r"\[[^\]]*\]", lambda found: found[0].replace("=", "\0"), text)


def at_path(value, path):
    for name, selector in re.findall(r"([\w-]+)|\[([^\]]*)\]", path):
        if name:
            if name == "length" and isinstance(value, list):
                value = len(value)
            elif isinstance(value, dict) and name in value:
                value = value[name]
            else:
                raise Mismatch(f"{path}", f"no {name} in {json.dumps(value)[:200]}")
        elif selector.strip().isdigit():
            if not isinstance(value, list) or int(selector) >= len(value):
                raise Mismatch(f"{path}", f"no item {selector}")
            value = value[int(selector)]
        else:
            key, _, wanted = (part.strip() for part in selector.partition("="))
            fitting = [item for item in value if str(item.get(key)) == wanted.strip('"')]
            if len(fitting) != 1:
                raise Mismatch(f"one {selector} at {path}", f"there are {len(fitting)}")
            value = fitting[0]
    return value


def check_json(stdout, claim, place):
    path, operator, text = claim
    value = at_path(json_of(stdout), path)
    if operator == "has":
        count = int(re.match(r"\d+", text)[0])
        holds = len(value) == count
    else:
        try:
            expected = json.loads(place(text))
        except ValueError:
            expected = place(text)
        holds = {"=": lambda: value == expected, "!=": lambda: value != expected,
                 "<": lambda: value < expected, ">": lambda: value > expected,
                 "<=": lambda: value <= expected, ">=": lambda: value >= expected,
                 "contains": lambda: expected in value}[operator]()
    if not holds:
        raise Mismatch(f"{path} {operator} {text}", json.dumps(value)[:300])


# Commands in the background.


def job_of(stage, name):
    if name not in stage.jobs:
        raise Mismatch(f"a command in the background named {name}", "there is none")
    return stage.jobs[name]


@form("[the command ]<job:name> (ends|has ended)( with <code:number>|)")
def job_ends(stage, _, job, code):
    done = finished(job_of(stage, job).line, job_of(stage, job).process)
    stage.listen()
    if done.returncode != int(code or 0):
        raise Mismatch(f"{job} to end with {code or 0}",
                       f"{done.returncode}: {(done.stdout + done.stderr).strip()}")


@form("[the command ]<job:name> (runs|still runs|is running|is still running)")
def job_runs(stage, _, job):
    process = job_of(stage, job).process
    if process.poll() is not None:
        raise Mismatch(f"{job} to run", f"it ended with {process.returncode}")
