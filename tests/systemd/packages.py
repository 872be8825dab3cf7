"""The Debian packages of this build."""

import os
import pathlib
import re
import subprocess

BUILD = pathlib.Path(os.environ["USHER_BIN"]).parent


def make(directory, release):
    """Makes the packages of one release (0.1.0-1, 0.1.0-2) in `directory`; gives {name: file}."""
    done = subprocess.run(
        ["cpack", "-B", directory, "-D", f"CPACK_DEBIAN_PACKAGE_RELEASE={release}"],
        cwd=BUILD, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"cpack failed:\n{done.stdout}{done.stderr}")
    return {field(file, "Package"): file for file in pathlib.Path(directory).glob("*.deb")}


def field(file, name):
    return subprocess.check_output(["dpkg-deb", "--field", file, name], text=True).strip()


def content(file):
    """Paths of the files that a package brings, without its directories."""
    lines = subprocess.check_output(["dpkg-deb", "--contents", file], text=True).splitlines()
    return {line.split()[5].removeprefix(".") for line in lines if not line.startswith("d")}


def needs(file):
    """Names of the packages that it depends on, the first of alternatives."""
    return set(names(field(file, "Depends")))


def names(relation):
    """The names in `libssl3 (>= 3.0.0), a | b`, without versions and alternatives."""
    entries = filter(None, relation.split(","))
    return [re.match(r"\s*([\w.+-]+)", entry)[1] for entry in entries]


def real(wanted):
    """`wanted` with each virtual name replaced by the package that provides it on this machine."""
    lines = subprocess.check_output(
        ["dpkg-query", "--show", "--showformat", "${Package}\t${Provides}\n"], text=True)
    installed = [line.split("\t") for line in lines.splitlines()]
    provider = {name: package for package, provided in installed for name in names(provided)}
    provider.update({package: package for package, _ in installed})
    return {provider[name] for name in wanted}
