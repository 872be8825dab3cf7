"""Statements about what the daemon says of itself: `usher status` and its sisters."""

import re

from support import wire
from support.scenario import words
from support.scenario.answer import Mismatch
from support.scenario.forms import form
from support.scenario.words import NAME, Unclear

NUMBER = r"(\d+|unlimited|-)"


def only(entries, what, fits):
    found = [entry for entry in entries if fits(entry)]
    if len(found) != 1:
        raise Mismatch(f"one {what}", f"there are {len(found)}")
    return found[0]


def must_be(what, expected, got):
    if expected != got:
        raise Mismatch(f"{what} {shown(expected)}", shown(got))


def shown(value):
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def compare(entry, text, properties):
    """Each property that `text` names, in any order, is as it says."""
    position, text = 0, text.strip(" :,")
    while position < len(text):
        for label, pattern, read in properties:
            if found := re.compile(rf"(?:and\s+)?(?:{pattern})(?![\w])[\s,;]*", re.I).match(
                    text, position):
                value = next((group for group in found.groups() if group is not None), None)
                read(entry, value, label)
                position = found.end()
                break
        else:
            raise Unclear(f"`{text[position:]}` says nothing that can be compared here")


def number(key):
    """The number or `unlimited` or `-` under `key` of an entry of `--json`."""
    def read(entry, value, label):
        expected = int(value) if value.isdigit() else None
        must_be(label, expected, entry[key])
    return read


def text(key):
    def read(entry, value, label):
        got = entry[key]
        value = words.name(value)
        must_be(label, None if value in ("-", "none") and got is None else value, got)
    return read


def flag(key, expected):
    def read(entry, _, label):
        must_be(label, expected, bool(entry[key]))
    return read


def listed(key):
    def read(entry, value, label):
        must_be(label, words.names(value), entry[key])
    return read


POOL = [
    ("held", r"(\d+)\s+of\s+(?:\d+|unlimited)|held\s+(\d+)", None),
    ("available", rf"available\s+{NUMBER}", number("available")),
    ("stock", rf"stock\s+{NUMBER}", number("stock")),
    ("short", r"short\s+(\d+)", number("short")),
    ("not locked", r"not\s+locked|unlocked", flag("locked", False)),
    ("locked", r"locked", flag("locked", True)),
    ("no reason", r"(?:no\s+reason|reason\s+none)", lambda entry, _, label:
        must_be(label, None, entry["reason"])),
    ("reason", rf"(?:reason\s+|because\s+)({NAME})|\(({NAME})\)", text("reason")),
    ("metric", rf"(?:metric|per)\s+({NAME})", text("metric")),
    ("product", rf"product\s+({NAME})", text("product")),
    ("free", r"(\d+)\s+free", number("available")),
    ("assigned", r"assigned\s+(\d+)|(\d+)\s+(?:un)?assigned", number("stock")),
    ("closed", r"closed", flag("closed", True)),
    ("open", r"open", flag("closed", False)),
    ("no owner", r"no\s+owner", lambda entry, _, label: must_be(label, None, entry["owner"])),
    ("owner", rf"(?:owner|owned\s+by)\s+({NAME})", text("owner")),
    ("scheme", rf"scheme\s+({NAME})", text("scheme")),
    ("root", rf"(?:root|under)\s+({NAME})", text("root")),
]


def held_of(entry, value, label):
    must_be(label, int(value), entry["held"])


def pool_properties(stock):
    """`8 of 10` names two numbers at once."""
    def both(entry, value, _):
        expected = f"{value} of {stock}" if stock is not None else value
        got_stock = "unlimited" if entry["stock"] is None else entry["stock"]
        got = f"{entry['held']} of {got_stock}" if stock is not None else str(entry["held"])
        must_be(f"pool {entry['product']}", expected, got)
    return [("held", POOL[0][1], both), *POOL[1:]]


@form("[the ]pool <pool:name>\\s*(:|is at|is|has|) <rest:rest>",
      "<pool:name>\\s*(:|is at|is|has|) <held:number> of (<stock:number>|unlimited)"
      "(,? <rest:rest>|)")
def pool(stage, step, pool, rest, held=None, stock=None):
    name = words.name(pool).rstrip(":")
    pools = stage.host(step.host).daemon.status()["pools"]
    # Under one root all pools are of one product, so a pool's own name comes first.
    named = [entry for entry in pools if entry["id"] == name]
    entry = only(named or pools, f"pool {name}",
                 lambda entry: name in (entry["id"], entry["product"]))
    if held is not None:
        rest = f"{held} of {stock or 'unlimited'}, {rest or ''}"
    of = re.search(r"\d+\s+of\s+(\d+|unlimited)", rest)
    compare(entry, rest, pool_properties(of[1] if of else None))


# A list of pools ends where the next property begins.
_POOL = rf"(?!(?:in|re-?use|default|not|no|capacity|\d+\s+(?:in\s+use|re-?use|clients?))\b){NAME}"
PROFILE = [
    ("in use", r"(?:in\s+use\s+(\d+)|(\d+)\s+in\s+use)", number("in_use")),
    ("re-use", r"(?:re-?use\s+(\d+|-)|(\d+)\s+re-?use)", number("re_use")),
    ("pools", rf"pools?\s+({_POOL}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_POOL})*)", listed("pools")),
    ("not default", r"(?:not|no)\s+(?:a\s+)?default|default\s+no", flag("default", False)),
    ("default", r"(?:is\s+)?(?:a\s+)?default(?:\s+yes)?", flag("default", True)),
    ("capacity", r"capacity\s+(\d+|-)", number("capacity")),
    ("clients recently", r"(\d+)\s+clients?\s+recently", number("clients_recently")),
]


@form("[the ]profile <name:name>\\s*(:|is|has|) <rest:rest>")
def profile(stage, step, name, rest):
    name = words.name(name).rstrip(":")
    entries = stage.host(step.host).daemon.json("profile", "list")["profiles"]
    compare(only(entries, f"profile {name}", lambda entry: entry["name"] == name), rest, PROFILE)


@form("[there is ]no profile <name:name>")
def no_profile(stage, step, name):
    names = [entry["name"] for entry in stage.host(step.host).daemon.status()["profiles"]]
    if words.name(name) in names:
        raise Mismatch(f"no profile {name}", ", ".join(names))


@form("[the ]profiles( are|:) <names:list>")
def profiles(stage, step, names):
    got = [entry["name"] for entry in stage.host(step.host).daemon.status()["profiles"]]
    must_be("profiles", sorted(some(names)), sorted(got))


def some(text):
    """The names of a list that may be `none` or `empty`."""
    return [] if text.lower() in ("none", "empty") else words.names(text)


@form("[there is ]no pool <pool:name>")
def no_pool(stage, step, pool):
    for entry in stage.host(step.host).daemon.status()["pools"]:
        if words.name(pool) in (entry["id"], entry["product"]):
            raise Mismatch(f"no pool {pool}", f"there is {entry['id']}")


@form("[the ]pools( are|:) none", "there (is no pool|are no pools)")
def no_pools(stage, step):
    must_be("pools", [], [entry["id"] for entry in stage.host(step.host).daemon.status()["pools"]])


@form("[the ]license <number:name> counts( <rest:rest>|)")
def license_counts(stage, step, number, rest):
    entries = stage.host(step.host).daemon.json("license", "list")["licenses"]
    entry = only(entries, f"license {number}", lambda entry: entry["id"] == words.name(number))
    nothing = re.match(r"nothing\b[\s,:]*", rest or "")
    must_be(f"license {number} to count:", not nothing, entry["counts"])
    compare(entry, (rest or "")[nothing.end() if nothing else 0:],
            [("quantity", rf"{NUMBER}(?:\s+units?)?", number_of_license),
             *[row for row in POOL if row[0] in ("reason", "product")]])


def number_of_license(entry, value, label):
    must_be(label, int(value) if value.isdigit() else None, entry["quantity"])


@form("[the ]license <license:name> is (<state:word>)(,? number <number:number>|)"
      "(,? kind <kind:word>|)(,? due <due:instant>|)")
def license_state(stage, step, license, state, number, kind, due):
    """`active`, `pending`, `lapsed`, `inactive` or `expected`."""
    states = ("active", "pending", "lapsed", "inactive", "expected")
    if state.lower() not in states:
        raise Unclear(f"{state}: a license is one of {', '.join(states)}")
    entries = stage.host(step.host).daemon.json("license", "list")["licenses"]
    entry = only(entries, f"license {license}",
                 lambda entry: entry["id"] == stage.number_of(words.name(license)))
    activation = entry["activation"] or {"state": "none"}
    is_expected = entry["expected"] and activation["state"] == "none"
    must_be(f"license {license} to be", state.lower(),
            "expected" if is_expected else activation["state"].replace("none", "inactive"))
    for label, wanted in (("number", number and int(number)), ("kind", kind),
                          ("due", due and words.instant_text(
                              words.instant_us(due, stage.calendar_us)))):
        if wanted:
            must_be(label, wanted, activation[label])


@form("[the ]mode( is|:|) <mode:word>")
def mode(stage, step, mode):
    must_be("mode", mode.lower(), stage.host(step.host).daemon.status()["mode"])


# Who holds and who waits.


def names_of(stage, entries):
    """The applications whose leases these are, in their order; strangers by their user."""
    by_tag = {wire.tag(held.id): application.name for application in stage.applications.values()
              for held in application.leases.values()}
    return [by_tag.get(entry["id"], entry["user"]) for entry in entries]


def of_pool(stage, step, what, pool):
    status = stage.host(step.host).daemon.status()
    ids = [entry["id"] for entry in status["pools"]
           if pool and words.name(pool) in (entry["id"], entry["product"])]
    if pool and not ids:
        raise Mismatch(f"a pool {pool}", "there is none")
    return [entry for entry in status[what]
            if not pool or entry.get("pool") in ids or set(entry.get("pools", [])) & set(ids)]


@form("[the ]queue( of <pool:name>|)( is|:) <apps:list>")
def queue(stage, step, pool, apps):
    must_be("the queue", some(apps), names_of(stage, of_pool(stage, step, "queue", pool)))


@form("[the ]leases( of <pool:name>|)( are|:) (<count:number>|<apps:list>)")
def leases(stage, step, pool, apps, count):
    entries = of_pool(stage, step, "leases", pool)
    if count is not None:
        must_be("so many leases:", int(count), len(entries))
        return
    must_be("leases of", sorted(some(apps)), sorted(names_of(stage, entries)))


def deadline(entry, value, label):
    got = entry["deadline"]
    must_be(label, None if value in ("-", "none") else value, got)


LEASE = [
    ("units", r"units\s+(\d+)|(\d+)\s+units?", number("units")),
    ("kind", r"(?:kind\s+)?(floating|fixed|persistent)", text("kind")),
    ("user", rf"user\s+({NAME})", text("user")),
    ("device", rf"device\s+({NAME})", text("device")),
    ("profile", rf"profile\s+({NAME})", text("profile")),
    ("pool", rf"pool\s+({NAME})", text("pool")),
    ("seat", rf"seat\s+({NAME})", text("seat")),
    ("party", rf"party\s+({NAME})", text("party")),
    ("identity", rf"identity\s+({NAME})", text("identity")),
    ("not locked", r"not\s+locked", flag("locked", False)),
    ("locked", r"locked", flag("locked", True)),
    ("not connected", r"not\s+connected", flag("connected", False)),
    ("connected", r"connected", flag("connected", True)),
]


@form("[the ]lease of <app:name>( for <asked:name>|)\\s*(:|has|is|) <rest:rest>")
def lease(stage, step, app, asked, rest):
    application = stage.application(words.name(app).rstrip(":"))
    tag = wire.tag(application.lease_of(words.name(asked) if asked else None).id)
    entries = (application.host or stage.host(step.host)).daemon.json("leases")["leases"]
    entry = only(entries, f"lease of {application.name}", lambda entry: entry["id"] == tag)

    def runs(entry, value, label):
        expected = words.instant_text(words.instant_us(value, stage.calendar_us))
        must_be(label, expected, entry["deadline"])
    compare(entry, rest, [*LEASE, ("deadline", rf"(?:deadline|until)\s+({words.INSTANT})", runs)])
