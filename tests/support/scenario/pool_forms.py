"""Statements about pools under a root, and about the companies, users and instances they follow."""

from support.scenario import words
from support.scenario.answer import Mismatch
from support.scenario.claims import NAME, compare, flag, must_be, number, only, text
from support.scenario.forms import form
from support.scenario.setup_forms import operated
from support.scenario.words import Unclear

ANSWERS = ("done", "refused")
SOURCE = "(,?( with|) source <source:word>|)"


def operate(stage, step, *arguments):
    """What an operator types at the current host."""
    done = stage.host(step.host).daemon.usher(*arguments, "--json")
    stage.listen()
    step.expect(stage, operated(done))


def options(**said):
    """`--source pool` of what was said, and nothing of what was not."""
    return [word for key, value in said.items() if value
            for word in (f"--{key}", words.name(value))]


# Pools.


@form("open[ pools?] <pools:list> in <root:name>( for <owner:name>|)",
      answers=ANSWERS, default="done")
def open_pool(stage, step, pools, root, owner):
    for pool in words.names(pools):
        operate(stage, step, "pool", "open", pool, "--in", words.name(root),
                *options(owner=owner))


@form("assign <units:number> units? (of|from) <source:name> to <to:name>(<force:by_force>|)",
      answers=ANSWERS, default="done")
def assign(stage, step, units, source, to, force):
    operate(stage, step, "pool", "allocate", words.name(source), words.name(to), units,
            *(["--force"] if force else []))


@form("close[ pool] <pool:name>(,? (<leases:word>) its leases|)", answers=ANSWERS, default="done")
def close_pool(stage, step, pool, leases):
    kinds = {None: [], "keeping": ["--keep"], "releasing": ["--release"]}
    if leases not in kinds:
        raise Unclear(f"{leases}: a pool is closed keeping its leases, or releasing them")
    operate(stage, step, "pool", "close", words.name(pool), *kinds[leases])


@form("[the ]total of <root:name>( is|:|) (<units:number>|unlimited)(, <held:number> held|)")
def total(stage, step, root, units, held):
    """Of a root and all that stands under it."""
    root = words.name(root).rstrip(":")
    pools = [pool for pool in stage.host(step.host).daemon.status()["pools"]
             if pool["root"] == root]
    if not pools:
        raise Mismatch(f"a root {root}", "there is none")
    is_unlimited = any(pool["stock"] is None for pool in pools)
    must_be(f"the total of {root}", int(units) if units else "unlimited",
            "unlimited" if is_unlimited else sum(pool["stock"] for pool in pools))
    if held is not None:
        must_be(f"held in all of {root}:", int(held), sum(pool["held"] for pool in pools))


# Parties.


@form(f"compan(y|ies) <names:list>{SOURCE}", answers=ANSWERS, default="done")
def company(stage, step, names, source):
    for name in words.names(names):
        operate(stage, step, "party", "add", name, "--kind", "company", *options(source=source))


@form(f"users? <names:list>( of <company:name>|){SOURCE}", answers=ANSWERS, default="done")
def user(stage, step, names, company, source):
    for name in words.names(names):
        operate(stage, step, "party", "add", name, "--kind", "user",
                *options(company=company, source=source))


@form("instances? <names:list> (of|on) <pool:name>", answers=ANSWERS, default="done")
def instance(stage, step, names, pool):
    for name in words.names(names):
        operate(stage, step, "party", "add", name, "--kind", "instance", *options(pool=pool))


@form(f"<party:name> goes to <target:name>{SOURCE}(<drop:dropping>|)",
      answers=ANSWERS, default="done")
def rebind(stage, step, party, target, source, drop):
    operate(stage, step, "party", "rebind", words.name(party), words.name(target),
            *options(source=source), *(["--drop"] if drop else []))


@form("[the ]source of <party:name> becomes <source:word>", answers=ANSWERS, default="done")
def change_source(stage, step, party, source):
    operate(stage, step, "party", "mode", words.name(party), source)


@form("remove party <party:name>(<drop:dropping>|)", answers=ANSWERS, default="done")
def remove_party(stage, step, party, drop):
    operate(stage, step, "party", "remove", words.name(party), *(["--drop"] if drop else []))


PARTY = [
    ("kind", r"(?:an?\s+)?(company|user|instance)", text("kind")),
    ("company or pool", rf"of\s+({NAME})", lambda entry, value, label:
        must_be(label, words.name(value), entry["company"] or entry["pool"])),
    ("source", rf"source\s+({NAME})", text("source")),
    ("users", r"(\d+)\s+users?", number("users")),
    ("leases", r"(\d+)\s+leases?", number("leases")),
    ("not locked", r"not\s+locked", flag("lock", False)),
    ("lock", rf"locked\s+({NAME})", text("lock")),
]


def parties_at(stage, step):
    return stage.host(step.host).daemon.json("party", "list")["parties"]


@form("[the ]party <name:name>\\s*(:|is|) <rest:rest>")
def party(stage, step, name, rest):
    name = words.name(name).rstrip(":")
    compare(only(parties_at(stage, step), f"party {name}", lambda entry: entry["id"] == name),
            rest, PARTY)


@form("[there is ]no party <name:name>")
def no_party(stage, step, name):
    if words.name(name) in [entry["id"] for entry in parties_at(stage, step)]:
        raise Mismatch(f"no party {name}", "there is one")
