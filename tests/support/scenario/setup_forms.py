"""Statements about hosts, time, licenses and credentials."""

import json
import re

from support.scenario import words
from support.scenario.answer import Answer, Mismatch
from support.scenario.forms import form
from support.scenario.host import IDENTIFIERS
from support.scenario.vendor import License, altered
from support.scenario.words import NAME, Unclear

INSTALLED = ("done", "refused")

# Time.


@form("at <duration:duration>")
def at(stage, _, duration):
    stage.move_to(words.milliseconds(duration))


@form("at <mark:name>\\s*\\+\\s*<duration:duration>")
def at_mark(stage, _, mark, duration):
    if words.name(mark) not in stage.marks:
        raise Mismatch(f"a moment {mark}", f"there are {', '.join(stage.marks) or 'none'}")
    stage.move_to(stage.marks[words.name(mark)] + words.milliseconds(duration))


@form("at day <day:number>[:]")
def at_day(stage, _, day):
    """The same time of the day, so many days after the beginning."""
    stage.move_to(int(day) * words.milliseconds("1d"))


@form("after <duration:duration>", "<duration:duration> (pass|passes|later)")
def after(stage, _, duration):
    stage.move_to(stage.now_ms + words.milliseconds(duration))


@form("mark <mark:name>", "this is <mark:name>")
def mark(stage, _, mark):
    stage.marks[words.name(mark)] = stage.now_ms


@form("[the ]calendar[ says] <instant:instant>")
def calendar(stage, _, instant):
    stage.set_calendar(words.instant_us(instant, stage.calendar_us))


# Hosts.


def settings_of(text):
    """`lease.term = 10s, anonymous = false` → keys of usherd.toml."""
    settings = {}
    for item in filter(None, re.split(r"\s*,\s*(?![^\[]*\])", (text or "").strip())):
        found = re.fullmatch(r"([\w.]+)\s*(?:=|:|\bis\b)\s*(.+)", item)
        if not found:
            raise Unclear(f"`{item}`: a setting is written KEY = VALUE, as in usherd.toml")
        try:
            settings[found[1]] = json.loads(found[2])
        except ValueError:
            settings[found[1]] = words.name(found[2])
    return settings


@form("[a ]host <host:name>( with <settings:rest>|)")
def host(stage, _, host, settings):
    stage.current = stage.add_host(words.name(host), settings_of(settings))


@form("on <host:name>")
def be_at(stage, _, host):
    stage.current = stage.host(words.name(host))


def named_host(stage, step, name):
    return stage.host(words.name(name) if name and name.lower() != "usherd" else step.host)


SERVER = "(the server|usherd|the daemon|<host:name>)"


@form("stop", f"stop {SERVER}", f"{SERVER} stops")
def stop(stage, step, host=None):
    stage.stop(named_host(stage, step, host))


@form("kill( -9|)", f"kill( -9|) {SERVER}", f"{SERVER} (is killed|crashes)")
def kill_server(stage, step, host=None):
    stage.stop(named_host(stage, step, host), kill=True)


@form("start", f"start {SERVER}", f"{SERVER} starts[ again]")
def start(stage, step, host=None):
    stage.start(named_host(stage, step, host))


@form("restart", f"restart {SERVER}", f"{SERVER} restarts")
def restart(stage, step, host=None):
    stopped = named_host(stage, step, host)
    stage.stop(stopped)
    stage.start(stopped)


@form(f"{SERVER} (is killed|crashes) and (starts again|starts|restarts|is started again)")
def crash(stage, step, host=None):
    killed = named_host(stage, step, host)
    stage.stop(killed, kill=True)
    stage.start(killed)


@form("[the ]server restarts, to die (<when:word>) (it writes|it has written) turn <turn:number>")
def restart_to_die(stage, step, when, turn):
    """Of its next run: just before or just after that turn of its journal is on the disk."""
    if when.lower() not in ("before", "after"):
        raise Unclear(f"{when}: a server dies before or after a turn")
    host = stage.host(step.host)
    stage.stop(host)
    host.daemon.die = f"{when.lower()}:{turn}"
    stage.start(host)


@form("the server has died and starts again")
def revive(stage, step):
    host = stage.host(step.host)
    host.bury()
    stage.start(host)


@form("copy <host:name> to <copy:name>")
def copy(stage, _, host, copy):
    original = stage.host(words.name(host))
    if original.is_running:
        raise Mismatch(f"{host} to be stopped before it is copied", "it is running")
    target = stage.add_host(words.name(copy), dict(original.daemon.settings), start=False)
    target.daemon.settings |= {"state": str(target.state), "socket": str(target.daemon.socket),
                               "listen": [f"127.0.0.1:{target.daemon.port}"]}
    original.copy_to(target)


@form("<host:name> (gets|has) (a new|another|new) <identifiers:list>")
def new_identity(stage, _, host, identifiers):
    changed = stage.host(words.name(host))
    for identifier in words.names(identifiers):
        if identifier not in IDENTIFIERS:
            raise Mismatch(f"one of {', '.join(IDENTIFIERS)}", identifier)
        changed.identify(identifier, f"{changed.name} anew at {stage.now_ms}")


@form("set <settings:rest>")
def change_settings(stage, step, settings):
    host = stage.host(step.host)
    host.daemon.settings |= settings_of(settings)
    host.reload()


# Licenses.


@form("the three licenses")
def the_three_licenses(stage, step):
    host = stage.host(step.host)
    for license, profile in zip(THREE(), ("Server", "ProLicense", "Client"), strict=True):
        license.locked_to = host.name
        make(stage, license)
        host.daemon.must("license", "install", file_of(stage, license.number), "--profile", profile)


def THREE():
    """The three licenses of the acceptance rules, as they are sold."""
    return [License("015.120.064.022", "PROServer", 100, "lease"),
            License("015.120.065.016", "PROSession", 8, "lease", "PROServer"),
            License("015.120.055.014", "Client", 10, "user_device", "PROServer")]


_PRODUCT = (r"(?!(?:unlimited|one|per|requires?|needs?|stands|from|until|to|expires?|till|type"
            r"|maintenance|node-?locked|locked|not|no|floating|signed|installed|as|for|under|with"
            rf"|scheme|feeds|\d+\s+units?)\b){NAME}")
LICENSE_WORDS = {
    "quantity": r"(\d+)(?:\s+units?)?|(unlimited)",
    "metric": r"(?:one\s+)?per\s+(lease|session|device|user\s*(?:and|_|x|on)\s*device|user)",
    "requires": rf"(?:requires?|needs?|stands\s+on)\s+({NAME})",
    "from": rf"from\s+({words.INSTANT})",
    "until": rf"(?:until|to|expires?|till)\s+({words.INSTANT})",
    "maintenance": rf"maintenance\s+until\s+({words.INSTANT})",
    "type": rf"type\s+({NAME})",
    "lock": rf"(?:node-?)?locked\s+to\s+({NAME})|(not\s+locked|no\s+lock|floating)",
    "vendor": rf"signed\s+by\s+({NAME})",
    "profile": rf"(?:installed\s+)?(?:as|for\s+profile|under)\s+({NAME})",
    "installed": r"(installed)(?!\s+(?:as|for|under)\b)",
    "changed": r"(?:with\s+)?(one\s+bit\s+changed)",
    "scheme": rf"scheme\s+({NAME})",
    "pool": rf"feeds\s+({NAME})",
    # A list of products ends where the next property begins.
    "downgrades": rf"downgrades?\s+to\s+({_PRODUCT}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)"
                  rf"{_PRODUCT})*)",
}


def license_of(stage, step, product, number, text, known=None):
    """The license that is described, and what is to be done with it beside; `known` are the words
    that may say it."""
    license = License(number, product, None, "lease")
    beside, position = {}, 0
    text = (text or "").strip(" :,")
    if not re.search(r"\bunlimited\b|(?<![\w.:-])\d+(?:\s+units?)?\b(?![.:-])", text):
        raise Unclear(f"say how many units {number} is for, or `unlimited`")
    while position < len(text):
        for key, pattern in (known or LICENSE_WORDS).items():
            if found := re.compile(rf"(?:and\s+)?(?:{pattern})[\s,;]*(?:and\s+)?", re.I).match(
                    text, position):
                value = next((group for group in found.groups() if group), "")
                if key == "check":
                    value = found.groups(default="")
                describe(stage, step, license, beside, key, value)
                position = found.end()
                break
        else:
            raise Unclear(f"`{text[position:]}` says nothing about a license")
    return license, beside


def describe(stage, step, license, beside, key, value):
    if key == "quantity":
        license.quantity = int(value) if value.isdigit() else None
    elif key == "metric":
        metric = re.sub(r"\s*(?:and|_|x|on)\s*(?=device)", "_", value.lower())
        license.metric = "lease" if metric == "session" else metric
    elif key == "requires":
        license.requires = words.name(value)
    elif key in ("from", "until", "maintenance"):
        setattr(license, key + "_us", words.instant_us(value, stage.calendar_us))
    elif key == "type":
        license.type = words.name(value)
    elif key == "lock":
        name = words.name(value)
        if not re.match(r"not|no\b|floating", name):
            license.locked_to = stage.host("" if name == "here" else name).name
        stage.host(step.host)
    elif key == "vendor":
        license.vendor = words.name(value)
    elif key == "downgrades":
        license.downgrades_to = tuple(words.names(value))
    elif key == "check":
        beside[key] = value
    else:
        beside[key] = words.name(value) or True


def make(stage, license):
    """Lets the vendor sign it; the file lies where commands are typed."""
    node = stage.host(license.locked_to).node["node"] if license.locked_to else None
    stage.licenses[license.number] = license
    path = stage.desk_directory / file_of(stage, license.number)
    path.write_text(stage.vendors.sign(license, node))


def file_of(stage, number):
    return stage.desk_directory / f"{number}.license"


@form("[a ]license <product:name> <number:name>\\s*(:|,|) <text:rest>",
      answers=INSTALLED, default="done")
def license(stage, step, product, number, text):
    number = words.name(number).rstrip(":,")
    made, beside = license_of(stage, step, words.name(product), number, text)
    make(stage, made)
    if beside.get("changed"):
        change_bit(stage, step, made.number)
    if "profile" in beside or "installed" in beside:
        install(stage, step, made.number, beside.get("profile"),
                scheme=beside.get("scheme"), pool=beside.get("pool"))
    elif step.statement.answer:
        raise Unclear("a license that is not installed has no answer")


@form("install <number:name>( (as|for profile) <profile:name>|)", answers=INSTALLED, default="done")
def install(stage, step, number, profile=None, *, scheme=None, pool=None, replace=False):
    if words.name(number) not in stage.licenses:
        raise Mismatch(f"a license {number}", f"there are {', '.join(stage.licenses) or 'none'}")
    file = file_of(stage, words.name(number))
    extra = ["--replace"] if replace else []
    for option, value in (("--profile", profile), ("--scheme", scheme), ("--pool", pool)):
        extra += [option, words.name(value)] if value else []
    done = stage.host(step.host).daemon.usher("license", "install", file, *extra, "--json")
    stage.listen()
    step.expect(stage, operated(done))


def operated(done):
    """What `usher … --json` was answered."""
    try:
        said = json.loads(done.stdout)
    except ValueError:
        said = None
    if done.returncode == 0 and said is not None:
        warnings = re.findall(r"^usher: warning: (.*)$", done.stderr, re.M)
        return Answer("done", {"warning": said.get("warnings", warnings)})
    if not said or "refused" not in said:
        return Answer("failed", {"text": done.stderr.strip() or done.stdout.strip()})
    refused = said["refused"]
    return Answer("refused", {
        "code": refused["code"], "about": refused["subject"], "text": refused["text"],
        "cure": refused["cures"], "held by": [holder["user"] for holder in refused["holders"]],
        "host": refused["host"], "retry at": refused["retry_at"], "because": refused["because"],
        "detail": refused.get("detail"),
        **{key: refused[key] for key in ("held", "stock", "want", "short", "queue")}})


@form("<license:name> is replaced by <text:rest>", answers=INSTALLED, default="done")
def replace(stage, step, license, text):
    """By one of the same number, product, metric and downgrades, otherwise as is said."""
    old = stage.licenses[stage.number_of(words.name(license))]
    made, beside = license_of(stage, step, old.product, old.number, text)
    made.metric = old.metric
    made.downgrades_to = made.downgrades_to or old.downgrades_to
    make(stage, made)
    install(stage, step, made.number, beside.get("profile"), replace=True)


@form("change one bit of <number:name>", "one bit of <number:name> (is changed|changes)")
def change_bit(stage, _, number):
    altered_file(file_of(stage, words.name(number)))


def altered_file(file):
    file.write_text(altered(file.read_text()))


@form("[the ]vendor <name:name> is trusted", "trust[ vendor] <name:name>")
def trust(stage, step, name):
    host = stage.host(step.host)
    key = stage.vendors.named(words.name(name)).key
    host.daemon.settings["vendor_keys"] = [*host.daemon.settings["vendor_keys"], key]
    host.reload()


# Credentials.


@form("[a ]key <name:name>(,? (with |)[the ]role <role:word>|)")
def key(stage, step, name, role):
    extra = ["--role", role] if role else []
    said = stage.host(step.host).daemon.json("key", "create", words.name(name), *extra)
    stage.keys[words.name(name)] = said["key"]


@form("[a ]certificate <name:name>(,? (with |)[the ]role <role:word>|)")
def certificate(stage, step, name, role):
    extra = ["--role", role] if role else []
    said = stage.host(step.host).daemon.json("certificate", "create", words.name(name), *extra,
                                             "--directory", str(stage.directory))
    stage.certificates[words.name(name)] = (said["certificate"], said["key"])
