"""Statements about what is required, and about the licenses that cover it, counted on paper."""

import re

from support.messages import requirement as wire_words
# A line is read by the first form that fits, and those below fit much: they come after all others,
# which stand in the order in which the player declares them.
from support.scenario import app_forms, claims, notice_forms, setup_forms  # noqa: F401
from support.scenario import activation_forms, device_forms, history_forms, pool_forms  # noqa: F401
from support.scenario import words
from support.scenario.answer import Answer, Mismatch, refusal_facts
from support.scenario.claims import NAME, compare, must_be
from support.scenario.forms import form
from support.scenario.words import Unclear

ANSWERS = ("done", "refused")
# Whose requirement of which product: `V16 on D1` is a device's, `V16 of ann` a user's.
ONE = "<product:name> (on <device:name>|of <user:name>)"
SOME = "<product:name> (on <devices:list>|of <users:list>)"
OTHER = "<behind:name> (on <its_device:name>|of <its_user:name>)"
SOURCE = "( by <source:name>|)"


def named(product, device=None, user=None):
    return wire_words.RequirementName(product=words.name(product),
                                      kind="device" if device else "user",
                                      consumer=words.name(device or user))


def said(of):
    """`V16 on D1`, as people write it here."""
    return f"{of.product} {'on' if of.kind == 'device' else 'of'} {of.consumer}"


def operate(stage, step, **verb):
    answer = stage.host(step.host).operate(**verb)
    stage.listen()
    if answer.HasField("refused"):
        step.expect(stage, Answer("refused", refusal_facts(answer.refused)))
    else:
        step.expect(stage, Answer("done", {"warning": list(answer.operated.done.warnings)}))


# Products and principal users.


@form("product <product:name>( of <vendor:name>|)( per <model:word>|)", answers=ANSWERS,
      default="done")
def add_product(stage, step, product, vendor, model):
    operate(stage, step, product_add=wire_words.ProductAdd(
        product=words.name(product), vendor=words.name(vendor or ""), model=model or ""))


@form("remove product <product:name>", answers=ANSWERS, default="done")
def remove_product(stage, step, product):
    operate(stage, step, product_remove=wire_words.ProductRemove(product=words.name(product)))


@form("<user:name> owns <devices:list>", answers=ANSWERS, default="done")
def own(stage, step, user, devices):
    """All in one request; what `nobody` owns has no principal user any more."""
    user = words.name(user)
    rows = [wire_words.PartyPrincipal.Row(device=device, user="" if user == "nobody" else user)
            for device in words.names(devices)]
    operate(stage, step, party_principal=wire_words.PartyPrincipal(rows=rows))


# What is done to requirements. Those that end in `no more` stand before the claims, which would
# read the same words.


@form(f"{SOME} (is|are) required no more{SOURCE}", answers=ANSWERS, default="done")
def remove(stage, step, product, devices=None, users=None, source=None):
    for of in each(product, devices, users):
        operate(stage, step, requirement_remove=wire_words.RequirementRemove(
            of=of, source=words.name(source or "")))


def each(product, devices, users):
    return [named(product, **{kind: consumer})
            for kind, consumers in (("device", devices), ("user", users)) if consumers
            for consumer in words.names(consumers)]


@form(f"confirm {SOME}(<undo:no_more>|){SOURCE}", answers=ANSWERS, default="done")
def confirm(stage, step, product, devices=None, users=None, undo=None, source=None):
    for of in each(product, devices, users):
        operate(stage, step, requirement_confirm=wire_words.RequirementConfirm(
            of=of, source=words.name(source or ""), undo=undo is not None))


@form("consolidate product <product:name> no more", answers=ANSWERS, default="done")
def set_product_apart(stage, step, product):
    operate(stage, step, product_consolidate=wire_words.ProductConsolidate(
        product=words.name(product), undo=True))


@form("consolidate product <product:name> behind <behind:name>( as <kind:word>|)",
      answers=ANSWERS, default="done")
def consolidate_product(stage, step, product, behind, kind):
    """`suite` or `version`, which is the usual one."""
    operate(stage, step, product_consolidate=wire_words.ProductConsolidate(
        product=words.name(product), behind=words.name(behind), kind=kind or ""))


@form(f"consolidate {ONE} no more", answers=ANSWERS, default="done")
def set_apart(stage, step, product, device=None, user=None):
    operate(stage, step, requirement_consolidate=wire_words.RequirementConsolidate(
        requirement=named(product, device, user), undo=True))


@form(f"consolidate {ONE} behind {OTHER}( as <kind:word>|)", answers=ANSWERS, default="done")
def consolidate(stage, step, product, behind, kind, device=None, user=None, its_device=None,
                its_user=None):
    """`manual`, which is the usual one, or `remote`."""
    operate(stage, step, requirement_consolidate=wire_words.RequirementConsolidate(
        requirement=named(product, device, user), behind=named(behind, its_device, its_user),
        kind=kind or ""))


@form(f"entitle {ONE} by <license:name>", answers=ANSWERS, default="done")
def entitle(stage, step, product, license, device=None, user=None):
    operate(stage, step, requirement_entitle=wire_words.RequirementEntitle(
        requirement=named(product, device, user), license=words.name(license)))


@form(f"change {ONE} for <license:name>", answers=ANSWERS, default="done")
def change(stage, step, product, license, device=None, user=None):
    operate(stage, step, requirement_change=wire_words.RequirementChange(
        requirement=named(product, device, user), license=words.name(license)))


# Claims.

STATUSES = {"license required": "license_required", "partially licensed": "partially_licensed",
            "licensed": "licensed", "consolidated": "consolidated", "unconfirmed": "unconfirmed"}
STATUS = re.compile(rf"({'|'.join(STATUSES)})(?![\w])", re.I)
COVERS = (rf"(?!(?:into|behind|per|because|trigger|note|no|members?)\b){NAME}"
          rf"(?:\s+and\s+{NAME})*")


def field(read):
    """A property of `compare` that is what `read` gives of a requirement."""
    def check(entry, value, label):
        must_be(label, words.name(value), read(entry))
    return check


def covered(entry, value, label):
    """By exactly these licenses, in the order in which they came."""
    must_be(label, [words.name(name) for name in re.split(r"\s+and\s+", value)],
            [cover.pool for cover in entry.covers])


def rights(of):
    """`1 of 2` names two numbers at once."""
    def check(entry, value, _):
        must_be("it to have", f"{value} of {of}", f"{entry.has} of {entry.need}")
    return check


def into(entry, value, label):
    """It stands behind that user's requirement of the same product."""
    must_be(label, f"{entry.name.product} of {words.name(value)}",
            said(entry.behind) if entry.HasField("behind") else "none")


def behind_other(entry, value, label):
    must_be(label, " ".join(value.split()),
            said(entry.behind) if entry.HasField("behind") else "none")


def number_of(read):
    def check(entry, value, label):
        must_be(label, int(value), read(entry))
    return check


def properties_of(text):
    of = re.search(r"\d+\s+of\s+(\d+)", text)
    return [
        ("rights", r"(\d+)\s+of\s+\d+", rights(of[1] if of else "")),
        ("by", rf"by\s+({COVERS})", covered),
        ("into", rf"into\s+({NAME})", into),
        ("behind", rf"behind\s+({NAME}\s+(?:on|of)\s+{NAME})", behind_other),
        ("because", r"because\s+(?:of\s+)?(manual|remote|suite|version|user)",
         field(lambda entry: entry.because)),
        ("per", r"per\s+(device|user)", field(lambda entry: entry.model)),
        ("no trigger", r"no\s+trigger",
         lambda entry, _, label: must_be(label, "", entry.trigger)),
        ("trigger", rf"trigger\s+({NAME})", field(lambda entry: entry.trigger)),
        ("members", r"(\d+)\s+members?", number_of(lambda entry: entry.members)),
        ("no note", r"no\s+note", lambda entry, _, label: must_be(label, "", entry.note)),
        ("note", r'note\s+("[^"]*")', field(lambda entry: entry.note)),
    ]


def explained(stage, step, of):
    answer = stage.host(step.host).operate(
        requirement_explain=wire_words.RequirementExplain(requirement=of))
    if answer.HasField("refused"):
        raise Mismatch(f"{said(of)} to be required", answer.refused.code)
    return answer.operated.requirement_explained


def listed(stage, step, **asked):
    """All of them, its parts put together."""
    found, after = [], None
    while True:
        answer = stage.host(step.host).operate(
            requirement_list=wire_words.RequirementListAsk(after=after, **asked))
        if answer.HasField("refused"):
            raise Mismatch("a list of requirements", answer.refused.code)
        part = answer.operated.requirement_list
        found += part.requirements
        if not part.HasField("after"):
            return found
        after = part.after


@form(f"{SOME} (is|are) not required")
def is_not_required(stage, step, product, devices=None, users=None):
    for of in each(product, devices, users):
        answer = stage.host(step.host).operate(
            requirement_explain=wire_words.RequirementExplain(requirement=of))
        must_be(f"{said(of)}: ", "UNKNOWN_REQUIREMENT",
                answer.refused.code or answer.operated.requirement_explained.requirement.status)


@form(f"{SOME} (is|are) <status:rest>")
def stands(stage, step, product, status, devices=None, users=None):
    """Its status, and anything that is said beside."""
    found = STATUS.match(status)
    if not found:
        raise Unclear(f"{status}: a requirement is {', '.join(STATUSES)} or not required")
    rest = status[found.end():]
    for of in each(product, devices, users):
        entry = explained(stage, step, of).requirement
        expected = STATUSES[" ".join(found[1].lower().split())]
        if entry.status != expected:
            raise Mismatch(f"{said(of)} {expected}", shown(entry))
        compare(entry, rest, properties_of(rest))


def shown(entry):
    """What is so, for who expected something else."""
    covers = " and ".join(cover.pool for cover in entry.covers)
    return " ".join(filter(None, [
        entry.status, f"{entry.has} of {entry.need}", f"by {covers}" if covers else "",
        f"behind {said(entry.behind)}" if entry.HasField("behind") else ""]))


@form("nothing is required( of <consumer:name>|)")
def nothing_is_required(stage, step, consumer):
    entries = [entry for entry in listed(stage, step)
               if not consumer or entry.name.consumer == words.name(consumer)]
    must_be("requirements:", [], [said(entry.name) for entry in entries])


@form("[the ]requirements( are|:) <count:number>")
def count_requirements(stage, step, count):
    entries = listed(stage, step)
    if len(entries) != int(count):
        raise Mismatch(f"{count} requirements", f"{len(entries)}: "
                       + ", ".join(said(entry.name) for entry in entries))


@form(f"explain {ONE} (<negation:does_not>|)says? <text:text>")
def explains(stage, step, product, text, device=None, user=None, negation=None):
    """Some sentence of its explanation contains this."""
    explanation = explained(stage, step, named(product, device, user))
    sentences = [*explanation.because, *explanation.obstacles, *explanation.what_if]
    has = any(words.name(text) in sentence for sentence in sentences)
    if has == (negation is not None):
        raise Mismatch(f"{'no' if negation else 'a'} sentence with {text}", " | ".join(sentences))


@form("reconciling changes nothing")
def reconcile(stage, step):
    """Neither where it is only asked what would change, nor where everything is looked at again."""
    host = stage.host(step.host)
    before = [entry.SerializeToString(deterministic=True) for entry in listed(stage, step)]
    for dry_run in (True, False):
        answer = host.operate(reconcile=wire_words.Reconcile(dry_run=dry_run))
        if answer.HasField("refused"):
            raise Mismatch("to reconcile", answer.refused.code)
        must_be("changes:", [], list(answer.operated.done.changes))
    after = [entry.SerializeToString(deterministic=True) for entry in listed(stage, step)]
    if before != after:
        raise Mismatch("requirements as they were", "others after reconciling")


# Facts that ask for rights; last, for they begin like all the others.

OPTIONS = {
    "units": r"(?:needs?\s+)?(\d+)\s+rights?|needs?\s+(\d+)",
    "model": r"per\s+(device|user)",
    "source": rf"by\s+({NAME})",
    "unconfirmed": r"(unconfirmed)",
}


def options_of(text):
    """`needs 2 by scan unconfirmed per user` → the fields of a row."""
    fields, position = {}, 0
    text = (text or "").strip(" ,")
    while position < len(text):
        for key, pattern in OPTIONS.items():
            if found := re.compile(rf"(?:{pattern})(?![\w])[\s,]*", re.I).match(text, position):
                value = next(group for group in found.groups() if group)
                fields[key] = (int(value) if key == "units" else True if key == "unconfirmed"
                               else words.name(value))
                position = found.end()
                break
        else:
            raise Unclear(f"`{text[position:]}` says nothing about what is needed")
    return fields


@form("<users:list> needs? <product:name>(,? <options:rest>|)",
      "<product:name> (on <devices:list>|of <users:list>)(,? <options:rest>|)",
      answers=ANSWERS, default="done")
def add(stage, step, product, options, devices=None, users=None):
    """A foundation each, all in one request."""
    fields = options_of(options)
    rows = [wire_words.RequirementAdd.Row(of=of, **fields)
            for of in each(product, devices, users)]
    operate(stage, step, requirement_add=wire_words.RequirementAdd(rows=rows))
