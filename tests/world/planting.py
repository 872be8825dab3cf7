#!/usr/bin/python3
"""planting.py PLANTS SOURCE [OUT]: copies of the sources that plants.txt names, each with its bugs in it; without OUT only
their names."""

import re
import sys
from pathlib import Path

PLANT = re.compile(
    r"^== (?P<name>\w+): (?P<what>[^\n]+)\n(?P<file>\S+)\n<<<\n(?P<right>.*?)>>>\n(?P<wrong>.*?)(?=^== |\Z)", re.M | re.S
)


def read(plants):
    found = [match.groupdict() for match in PLANT.finditer(plants.read_text())]
    if len(found) != plants.read_text().count("\n== "):
        raise SystemExit(f"{plants}: a bug is not written as the others are")
    return found


def plant(text, bugs, plants):
    for number, bug in bugs:
        right = bug["right"]
        if text.count(right) != 1:
            raise SystemExit(
                f"{plants}: {bug['name']} stands on a passage of {bug['file']} that is there {text.count(right)} times, "
                "not once: look whether the bug can still be made there"
            )
        wrong = bug["wrong"].rstrip("\n") + "\n"
        text = text.replace(right, wrong.replace("PLANTED", f"usher::world::is_planted({number})"))
    return "namespace usher::world {\nbool is_planted(int bug);\n}\n" + text


def table(bugs):
    rows = "".join(f'    "{bug["name"]}",\n' for bug in bugs)
    return (
        '#include "tests/world/plants.hpp"\n\n#include <algorithm>\n\nnamespace usher::world {\n\nbool is_planted(int bug);\n\n'
        f"namespace {{\n\nconst std::vector<std::string> names{{\n{rows}}};\nint planted = -1;\n\n}} // namespace\n\n"
        "std::vector<std::string> plants()\n{\n    return names;\n}\n\n"
        "bool plant(const std::string& name)\n{\n    const auto found = std::ranges::find(names, name);\n"
        "    if (found == names.end())\n        return false;\n"
        "    planted = static_cast<int>(found - names.begin());\n    return true;\n}\n\n"
        "bool is_planted(int bug)\n{\n    return bug == planted;\n}\n\n} // namespace usher::world\n"
    )


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main(plants, source, out=None):
    bugs = read(plants)
    files = sorted({bug["file"] for bug in bugs})
    if out is None:
        print(";".join(files))
        return
    for file in files:
        here = [(number, bug) for number, bug in enumerate(bugs) if bug["file"] == file]
        write(out / file, plant((source / file).read_text(), here, plants))
    write(out / "plants.cpp", table(bugs))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
