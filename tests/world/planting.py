#!/usr/bin/python3
"""planting.py PLANTS SOURCE [OUT]: copies of the sources that plants.txt names, each with its bugs
in it; without OUT only their names."""

import re
import sys
from pathlib import Path

PLANT = re.compile(r"^== (?P<name>\w+): (?P<what>[^\n]+)\n(?P<file>\S+)\n"
                   r"<<<\n(?P<right>.*?)>>>\n(?P<wrong>.*?)(?=^== |\Z)", re.M | re.S)

TABLE = """#include "tests/world/plants.hpp"

#include <algorithm>

namespace usher::world {

bool is_planted(int bug);

namespace {

const std::vector<std::string> names{
%s};
int planted = -1;

} // namespace

std::vector<std::string> plants()
{
    return names;
}

bool plant(const std::string& name)
{
    const auto found = std::ranges::find(names, name);
    if (found == names.end())
        return false;
    planted = static_cast<int>(found - names.begin());
    return true;
}

bool is_planted(int bug)
{
    return bug == planted;
}

} // namespace usher::world
"""


def read(plants):
    found = [match.groupdict() for match in PLANT.finditer(plants.read_text())]
    if len(found) != plants.read_text().count("\n== "):
        raise SystemExit(f"{plants}: a bug is not written as the others are")
    return found


def plant(text, bugs, plants):
    for number, bug in bugs:
        count = text.count(bug["right"])
        if count != 1:
            raise SystemExit(f"{plants}: {bug['name']} stands on a passage of {bug['file']} that "
                             f"is there {count} times, not once: see if it can still be made")
        wrong = bug["wrong"].rstrip("\n") + "\n"
        text = text.replace(bug["right"],
                            wrong.replace("PLANTED", f"usher::world::is_planted({number})"))
    return "namespace usher::world {\nbool is_planted(int bug);\n}\n" + text


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
    write(out / "plants.cpp", TABLE % "".join(f'    "{bug["name"]}",\n' for bug in bugs))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
