#!/usr/bin/python3
"""What is agreed about the sources themselves, and can be read off them: tests/tidy.py [ROOT].

Each rule is a function from a tree to its complaints; its name is what it claims.
tests/tidy_test.py shows for each that it can fail.
"""

import ast
import collections
import os
import pathlib
import re
import subprocess
import sys

COLUMNS_MAX = 100
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60

CPP = (".c", ".cpp", ".h", ".hpp")
CODE = CPP + (".py", ".proto", ".cmake", ".sh", ".service", ".toml")
TEXT = CODE + (".md", ".txt", ".json", ".sysusers", ".tmpfiles", ".in")
NOT_OURS = {".git", "build", "__pycache__"}

# What each folder may include beside itself; the longest prefix of a file's path decides. An
# include points down or stays in its folder, never up.
FLOORS = {
    "protocol": ("daemon/ledger",),
    "daemon/ledger": (),
    "daemon/journal": ("daemon/ledger",),
    "daemon/trust": ("daemon/ledger", "protocol"),
    "daemon/server": ("daemon/ledger", "daemon/journal", "daemon/trust", "protocol"),
    "daemon": ("daemon", "protocol"),
    "client": ("protocol", "daemon/ledger", "daemon/journal", "daemon/trust"),
    # The issuer's port is the daemon's: the same door, halls and limits.
    "tools/issuer": ("tools", "daemon", "protocol"),
    "tools": ("client", "protocol", "daemon/ledger", "daemon/journal", "daemon/trust"),
    "tests": ("daemon", "protocol", "client", "tools"),
}

# Floor 4 of the daemon is itself a client of another house: it shows itself to the issuer.
ERRANDS = {"daemon/clerk.cpp": ("client",)}

# Words that must not stand in the code of a folder, and why. Comments and texts are not looked at.
CLOCK = r"_clock::now|\b(?:time|gettimeofday|clock_gettime)\s*\("
BANS = [
    ("", r"boost/asio\.hpp", "it takes a compiler 12 s; include the single headers"),
    ("", r"\bNDEBUG\b", "assertions stay on"),
    ("", r"\busing namespace std;", "a name says where it comes from"),
    ("daemon", r"\bstd::(?:shared_|recursive_|timed_)*mutex\b|<(?:shared_)?mutex>|\bpthread_mutex",
     "where a lock is needed, the state has the wrong owner"),
    ("daemon", r"\bsleep_(?:for|until)\b|\b(?:u|nano)sleep\s*\(|(?<!\w)::sleep\s*\(",
     "a wait has an end that somebody can reach"),
    ("daemon/ledger", CLOCK, "time comes in as an argument, once a turn"),
    ("daemon/ledger", r"<(?:fstream|filesystem|iostream|thread|random|cstdio)>|\bf?printf\s*\(",
     "the ledger is pure"),
    ("daemon/ledger", r"boost/asio|google/protobuf|\.pb\.h|sqlite|openssl|systemd/",
     "the ledger is pure"),
    ("daemon/journal", r"boost/asio|openssl/ssl\.h", "floor 1 knows no socket"),
    ("daemon/trust", r"boost/asio|sqlite", "floor 1 knows no socket, and trust no table"),
    ("daemon/server", r"sqlite3?\.h", "only the journal knows how it remembers"),
    ("client", r"sqlite3?\.h|spdlog", "an application's log and files are its own"),
] + [(floor, r"\bspdlog\b", "floors 0 and 1 return or throw; they do not log")
     for floor in ("daemon/ledger", "daemon/journal", "daemon/trust")]

# Systems that Usher serves by configuration, so that no code knows one of them.
SYSTEMS = re.compile(r"aimms|unimus|matrix42|\bmbs\b|flexlm|flexnet|lmgrd", re.I)

# Names that say nothing: whatever has one has not been understood yet.
EMPTY_NAMES = re.compile(r"manager|helpers?|utils?|data|info|process|handle|misc")


class Tree:
    """The files of a source tree, as paths from its root."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.paths = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if name not in NOT_OURS)
            below = pathlib.Path(folder).relative_to(self.root)
            self.paths += sorted((below / name).as_posix() for name in files)

    def text(self, path):
        return (self.root / path).read_text()

    def lines(self, path):
        return self.text(path).splitlines()

    def having(self, suffixes, folder=""):
        return [path for path in self.paths if path.endswith(suffixes) and inside(path, folder)]

    def scripts(self, shell):
        """Files that say in their first line that `shell` reads them."""
        first = re.compile(rf"#!\S*[/ ]{shell}\b".encode())
        return [path for path in self.paths if first.match((self.root / path).read_bytes()[:80])]


def inside(path, folder):
    return not folder or path == folder or path.startswith(folder + "/")


def code(text):
    """`text` of C++ with its comments blanked, line for line, and its strings left alone."""
    token = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.S)
    return token.sub(lambda found: found[0] if found[0][0] == '"' else
                     re.sub(r"[^\n]", " ", found[0]), text)


def includes_point_down(tree):
    # A public header is included as its users do, by its name alone.
    public = {pathlib.PurePath(path).name: path for path in tree.having((".h",))
              if "/include/" in path}
    for path in tree.having(CPP):
        floor = max((name for name in FLOORS if inside(path, name)), key=len, default=None)
        for number, line in enumerate(code(tree.text(path)).splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+"(.+)"', line)
            if not found:
                continue
            target = public.get(found[1], found[1])
            allowed = (floor, *FLOORS[floor], *ERRANDS.get(path, ())) if floor else ()
            if not any(inside(target, folder) for folder in allowed):
                yield f"{path}:{number}: {target} is not below {floor or 'this folder'}"


def no_floor_uses_what_is_above_it(tree):
    for folder, pattern, why in BANS:
        for path in tree.having(CPP, folder):
            for number, line in enumerate(code(tree.text(path)).splitlines(), 1):
                if found := re.search(pattern, line):
                    yield f"{path}:{number}: {found[0].strip()}: {why}"


def no_system_is_named_in_the_code(tree):
    for folder in ("daemon", "protocol", "client"):
        for path in tree.having(CPP + (".proto",), folder):
            for number, line in enumerate(tree.lines(path), 1):
                if found := SYSTEMS.search(line):
                    yield f"{path}:{number}: {found[0]} is a configuration, not code"


def names_say_what_a_thing_is(tree):
    type_name = re.compile(r"^\s*(?:class|struct|enum class|enum|union|namespace|message)\s+(\w+)")
    for path in tree.having(CPP + (".proto", ".py")):
        words = pathlib.PurePath(path).stem.split("_")
        if empty := [word for word in words if EMPTY_NAMES.fullmatch(word)]:
            yield f"{path}: a file named {empty[0]} could hold anything"
        if path.endswith(".py"):
            continue
        for number, line in enumerate(code(tree.text(path)).splitlines(), 1):
            name = type_name.match(line)
            parts = re.findall(r"[A-Z]?[a-z0-9]+", name[1]) if name else ()
            if empty := [part for part in parts if EMPTY_NAMES.fullmatch(part.lower())]:
                yield f"{path}:{number}: {name[1]}: {empty[0]} says nothing"


def files_are_short(tree):
    for path in tree.having(CODE) + tree.scripts("sh"):
        count = len(tree.lines(path))
        if count > FILE_LINES_MAX:
            yield f"{path}: {count} lines, at most {FILE_LINES_MAX}: it has two names in it"


def functions_fit_on_a_screen(tree):
    for path in tree.having(CPP):
        yield from too_long(path, cpp_functions(code(tree.text(path)).splitlines()))
    for path in tree.having((".py",)):
        yield from too_long(path, ((node.lineno, node.end_lineno - node.lineno)
                                   for node in ast.walk(ast.parse(tree.text(path)))
                                   if isinstance(node, ast.FunctionDef)))


def too_long(path, functions):
    for number, count in functions:
        if count > FUNCTION_LINES_MAX:
            yield f"{path}:{number}: a function of {count} lines, at most {FUNCTION_LINES_MAX}"


def cpp_functions(lines):
    """(line, lines of the body) of each function: only its brace has a line of its own."""
    opened = []  # (indent, line)
    for number, line in enumerate(lines, 1):
        if re.fullmatch(r" *\{", line):
            opened.append((len(line), number))
        elif opened and re.fullmatch(rf" {{{opened[-1][0] - 1}}}\}}[;)]*", line):
            _, start = opened.pop()
            yield start, number - start - 1


def lines_fit_into_100_columns(tree):
    for path in tree.having(CODE) + tree.scripts("sh"):
        for number, line in enumerate(tree.lines(path), 1):
            if len(line) > COLUMNS_MAX:
                yield f"{path}:{number}: {len(line)} columns, at most {COLUMNS_MAX}"


def white_space_is_clean(tree):
    for path in dict.fromkeys(tree.having(TEXT) + tree.scripts("sh")):
        text = tree.text(path)
        if text and not text.endswith("\n"):
            yield f"{path}: the last line has no end"
        for number, line in enumerate(text.splitlines(), 1):
            if line != line.rstrip() or "\t" in line and "Makefile" not in path:
                yield f"{path}:{number}: a tab, or white space at the end of the line"


def sources_are_formatted(tree):
    paths = tree.having(CPP)
    if not paths:
        return
    done = subprocess.run(["clang-format", "--dry-run", *paths], cwd=tree.root, text=True,
                          capture_output=True, check=False)
    seen = collections.Counter(re.findall(r"^(\S+?):\d+:\d+: warning:", done.stderr, re.M))
    for path, count in sorted(seen.items()):
        yield f"{path}: {count} places are not as clang-format writes them"
    if done.returncode != 0:
        yield f"clang-format: {done.stderr.strip().splitlines()[-1]}"


def sources_are_in_a_build_list(tree):
    lists = {path: tree.text(path) for path in tree.having(("CMakeLists.txt",))}
    for path in tree.having((".c", ".cpp", ".proto")):
        above = [folder.as_posix() for folder in pathlib.PurePath(path).parents]
        named = any(re.search(rf"(?<![\w/]){re.escape(os.path.relpath(path, folder))}(?!\w)",
                              lists.get(os.path.normpath(f"{folder}/CMakeLists.txt"), ""))
                    for folder in above)
        # A source that two folders build is named from the root by the other one.
        named = named or any(f"{{PROJECT_SOURCE_DIR}}/{path}" in text for text in lists.values())
        if not named:
            yield f"{path}: no CMakeLists.txt names it"


def headers_are_included_by_somebody(tree):
    included = set()
    for path in tree.having(CPP):
        included |= set(re.findall(r'#\s*include\s+["<](.+?)[">]', tree.text(path)))
    for path in tree.having((".h", ".hpp")):
        if path not in included and not any(path.endswith("/" + name) for name in included):
            yield f"{path}: nobody includes it"


def headers_have_a_guard(tree):
    for path in tree.having((".h", ".hpp")):
        first = next((line for line in code(tree.text(path)).splitlines() if line.strip()), "")
        if not re.match(r"#pragma once|#ifndef USHER(_\w+)?_H", first):
            yield f"{path}: it begins with neither #pragma once nor a guard"


def messages_are_explained(tree):
    """A message says what it is, and a number what it counts or its unit, in words or by name."""
    message = re.compile(r"\s*(?:message|enum) (\w+) \{")
    number_field = re.compile(r"\bu?int(?:32|64) (\w+) = \d+;")
    unit = re.compile(r"_(?:us|ms|seconds|minutes|hours|days|bytes)$")
    for path in tree.having((".proto",)):
        before = ""
        for number, line in enumerate(tree.lines(path), 1):
            if "//" not in line and not before.strip().startswith("//"):
                if opens := message.match(line):
                    yield f"{path}:{number}: {opens[1]} says nowhere what it is"
                for field in number_field.findall(line):
                    if not unit.search(field):
                        yield f"{path}:{number}: {field} says neither what it counts nor its unit"
            before = line


def scripts_can_be_read(tree):
    for path in tree.scripts("sh"):
        done = subprocess.run(["sh", "-n", path], cwd=tree.root, text=True, capture_output=True,
                              check=False)
        if done.returncode != 0:
            yield f"{path}: {done.stderr.strip()}"
    for path in dict.fromkeys(tree.having((".py",)) + tree.scripts("python3")):
        try:
            compile(tree.text(path), path, "exec")
        except SyntaxError as error:
            yield f"{path}:{error.lineno}: {error.msg}"


def scripts_can_be_run(tree):
    for path in tree.scripts("sh") + tree.scripts("python3"):
        if not os.access(tree.root / path, os.X_OK):
            yield f"{path}: it names its interpreter and cannot be run"


RULES = [
    includes_point_down,
    no_floor_uses_what_is_above_it,
    no_system_is_named_in_the_code,
    names_say_what_a_thing_is,
    files_are_short,
    functions_fit_on_a_screen,
    lines_fit_into_100_columns,
    white_space_is_clean,
    sources_are_formatted,
    sources_are_in_a_build_list,
    headers_are_included_by_somebody,
    headers_have_a_guard,
    messages_are_explained,
    scripts_can_be_read,
    scripts_can_be_run,
]


def main(arguments):
    tree = Tree(arguments[0] if arguments else pathlib.Path(__file__).resolve().parents[1])
    broken = 0
    for rule in RULES:
        complaints = list(rule(tree))
        broken += bool(complaints)
        print(("not ok " if complaints else "ok ") + rule.__name__)
        for complaint in complaints:
            print(f"   {complaint}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
