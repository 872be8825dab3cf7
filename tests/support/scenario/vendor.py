"""Vendors of a scenario: they sign licenses with the program that vendors use."""

import dataclasses
import subprocess

from support import daemon
from support.daemon import Failed
from support.scenario import words

TRUSTED = "acme"  # The vendor that every host of a scenario trusts.


@dataclasses.dataclass
class License:
    """What a vendor is asked to sign."""

    number: str
    product: str
    quantity: int | None
    metric: str
    requires: str = ""
    from_us: int | None = None
    until_us: int | None = None
    maintenance_us: int | None = None
    type: str = ""
    locked_to: str = ""  # The name of a host; empty: to none.
    vendor: str = TRUSTED
    downgrades_to: tuple = ()  # Older products that a right may be used for instead.


class Vendor:
    """A directory with its keys."""

    def __init__(self, name, directory):
        self.name, self.directory = name, directory
        directory.parent.mkdir(exist_ok=True)
        self.key = issuer("init", "--vendor", name, "--directory", directory).strip()


class Vendors:
    """All vendors of a scenario, each made when it is first named."""

    def __init__(self, directory):
        self.directory = directory
        self.known = {}

    def named(self, name):
        if name not in self.known:
            self.known[name] = Vendor(name, self.directory / name)
        return self.known[name]

    def trusted(self):
        return self.named(TRUSTED)

    def sign(self, license, node):
        """The signed file; `node` is what `usher node` says of the host that it is locked to."""
        vendor = self.named(license.vendor)
        locked = ["--node", "-"] if node else []
        return issuer("sign", "--directory", vendor.directory, *sold(license), *locked, input=node)


def sold(license):
    """The options of `usher-issuer` that say what is sold."""
    asked = ["--number", license.number, "--product", license.product, "--metric", license.metric,
             "--quantity", "unlimited" if license.quantity is None else license.quantity]
    for option, value in (("--requires", license.requires), ("--type", license.type),
                          ("--from", instant(license.from_us)), ("--to", instant(license.until_us)),
                          ("--maintenance-until", instant(license.maintenance_us))):
        asked += [option, value] if value else []
    for product in license.downgrades_to:
        asked += ["--downgrades-to", product]
    return asked


def instant(us):
    return "" if us is None else words.instant_text(us)


def issuer(*arguments, input=None):
    done = subprocess.run([daemon.BIN / "usher-issuer", *map(str, arguments)], input=input,
                          text=True, capture_output=True, timeout=daemon.PATIENCE, check=False)
    if done.returncode != 0:
        raise Failed(f"usher-issuer {' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return done.stdout


def altered(text):
    """The same file with one bit of what was signed changed."""
    header, payload, signature = text.strip().split(".")
    middle = len(payload) // 2
    letter = chr(ord(payload[middle]) ^ 1)
    if not (letter.isalnum() or letter in "-_"):  # It stays base64url: only the bit is wrong.
        letter = chr(ord(payload[middle]) ^ 2)
    return f"{header}.{payload[:middle]}{letter}{payload[middle + 1:]}.{signature}\n"
