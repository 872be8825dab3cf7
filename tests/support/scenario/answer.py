"""What a step was answered, and what a scenario expects of it. Pure."""

import dataclasses
import re

from support.scenario import words
from support.scenario.words import Unclear


class Mismatch(Exception):
    """A claim of the scenario that does not hold."""

    def __init__(self, expected, got):
        super().__init__(f"expected {expected}, got {got}")
        self.expected, self.got = expected, got


@dataclasses.dataclass
class Answer:
    """`word` is what happened in one word; `facts` what is known of it beside."""

    word: str
    facts: dict = dataclasses.field(default_factory=dict)

    def __str__(self):
        said = [self.word]
        facts = {key: fact for key, fact in self.facts.items() if fact not in (None, "", [])}
        if code := facts.pop("code", None):
            numbers = [f"{key} {facts.pop(key)}" for key in NUMBERS if key in facts]
            said.append(f"{code}{{{', '.join(numbers)}}}" if numbers else code)
        for key, fact in facts.items():
            said.append(f"{key} {quoted(fact)}")
        return said[0] + (" " if len(said) > 1 else "") + ", ".join(said[1:])


NUMBERS = ("held", "stock", "want", "short", "queue")

# What a bare number in braces is, in this order: NO_FREE_SEAT{8,8}.
BARE_NUMBERS = {"LIST_FULL": ("stock",), "CAPACITY_EXCEEDED": ("stock",),
                "BAD_QUANTITY": ("want",), "LEASES_OUTSTANDING": ("held",)}
# Whose braces hold the first words of what is said beside: the license, the status.
DETAILED = ("ONLY_TRIGGER_LICENCE", "MODEL_CHANGE_NOT_ALLOWED")
USUAL_NUMBERS = ("held", "stock", "want", "short", "queue")


def quoted(fact):
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    if isinstance(fact, (list, tuple)):
        return " | ".join(str(item) for item in fact)
    text = str(fact)
    return f'"{text}"' if re.search(r"[\s,]", text) else text


def refusal_facts(refused):
    """The facts of a `Refused` of the wire."""
    facts = {"code": refused.code}
    for key in NUMBERS:
        if refused.HasField(key):
            facts[key] = getattr(refused, key)
    if refused.HasField("row"):
        facts["row"] = refused.row
    if refused.detail:
        facts["detail"] = refused.detail
    if refused.because:
        facts["because"] = refused.because
    if refused.HasField("retry_at_us"):
        facts["retry at"] = words.instant_text(refused.retry_at_us)
    return facts | {"about": refused.subject, "host": refused.host, "text": refused.text,
                    "cure": list(refused.cures),
                    "held by": [holder.user for holder in refused.holders]}


# What may stand in an expectation: how it is written, and the fact that it is about.

TEXT = r'"(?P<text>[^"]*)"'
# A list of users ends where the next property begins.
USER = rf"(?!(?:about|text|says|saying|cures?|held|because|from|warning)\b){words.NAME}"
USERS = rf"{USER}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){USER})*"
PROPERTIES = [
    ("position", r"(?:at\s+)?(?:position|place)\s+(?P<number>\d+)|at\s+(?P<number2>\d+)"),
    ("units", r"(?P<number>\d+)\s+units?"),
    ("row", r"row\s+(?P<number>\d+)"),
    ("taken", r"(?P<number>\d+)\s+(?:taken|new)"),
    ("already", r"(?P<number>\d+)\s+already"),
    ("held of stock", r"(?P<held>\d+)\s+of\s+(?P<stock>\d+|unlimited)"),
    ("valid", rf"valid\s+(?:for\s+)?(?P<duration>{words.DURATION})"),
    ("shares", r"shar(?:es|ing|e)\s+(?:(?:a|the|its)\s+)?seat"),
    ("shares no", r"(?:with\s+)?(?:a|its)\s+(?:new\s+seat|seat\s+of\s+its\s+own|own\s+seat)"),
    ("from", rf"from\s+(?:pool\s+)?(?P<name>{words.NAME})"),
    ("kind", r"(?:kind\s+)?(?P<name>floating|fixed|persistent)"),
    ("term", rf"term\s+(?P<duration>{words.DURATION})"),
    ("held by", rf"held\s+by\s+(?P<list>{USERS})"),
    ("about", rf"about\s+(?P<name>{words.NAME})"),
    ("text", rf"(?:text|saying|says)\s+{TEXT}"),
    ("cure", rf"cures?\s+{TEXT}"),
    ("warning", rf"(?:warning|warns|warned)\s+{TEXT}"),
    ("no warning", r"without\s+(?:a\s+)?warnings?|no\s+warnings?"),
    ("note", rf"note\s+{TEXT}"),
    ("because", rf"because\s+(?:of\s+)?(?P<name>{words.NAME})|reason\s+(?P<name2>{words.NAME})"),
    ("identity", rf"as\s+(?P<name>{words.NAME})"),
    ("role", r"role\s+(?P<name>application|viewer|operator|admin)"),
    ("mode", r"(?P<name>serving|maintenance)"),
    ("code", r"(?P<code>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)\s*(?P<braces>\{[^}]*\})?"),
]
PATTERNS = [(key, re.compile(rf"(?:{pattern})(?![\w])" if not pattern.endswith("?") else pattern))
            for key, pattern in PROPERTIES]
BETWEEN = re.compile(r"[\s,;]*(?:(?:and|with|in|:)\b\s*)?")


class Expectation:
    """An answer that is expected: a word, and any number of properties that must hold."""

    def __init__(self, text, answers, default):
        """`answers` are the words that the step may have; `default` where `text` has none."""
        self.text = text.strip() or default
        self.word, rest = self._word(answers, default) if self.text else ("", "")
        self.properties = list(self._properties(rest))

    def _word(self, answers, default):
        first = re.match(r"([A-Za-z]+)\b(?![_A-Z])", self.text)
        if first and first[1].lower() in answers:
            return first[1].lower(), self.text[first.end():]
        if re.match(r"[A-Z]+_[A-Z_]+|[A-Z]{4,}", self.text) and "refused" in answers:
            return "refused", self.text
        if any(pattern.match(self.text) for _, pattern in PATTERNS):
            return default, self.text
        raise Unclear(f"`{self.text}` is no answer to this step; it is one of: "
                      + ", ".join(answers))

    def _properties(self, rest):
        position = BETWEEN.match(rest).end()
        while position < len(rest):
            for key, pattern in PATTERNS:
                if found := pattern.match(rest, position):
                    yield from property_of(key, found)
                    break
            else:
                raise Unclear(f"`{rest[position:]}` says nothing that an answer has")
            position = BETWEEN.match(rest, found.end()).end()

    def check(self, answer, same=lambda a, b: a == b):
        """Raises Mismatch unless `answer` is as expected. `same` compares names of pools."""
        if answer.word != self.word and not (self.word, answer.word) in ALIKE:
            raise Mismatch(self.text, str(answer))
        for key, value in self.properties:
            if not holds(answer.facts.get(key), key, value, same):
                raise Mismatch(self.text, str(answer))


# A renewal's `unknown` is a refusal to whoever reads the rules.
ALIKE = {("refused", "unknown"), ("refused", "locked"), ("unknown", "refused")}


def property_of(key, found):
    groups = found.groupdict()
    if key == "code":
        yield "code", groups["code"]
        yield from braces(groups["code"], groups["braces"] or "")
    elif key == "held of stock":
        yield "held", int(groups["held"])
        yield "stock", None if groups["stock"] == "unlimited" else int(groups["stock"])
    elif key == "shares":
        yield "shares", True
    elif key == "shares no":
        yield "shares", False
    elif key == "no warning":
        yield "warning", None
    elif groups.get("list"):
        yield key, words.names(groups["list"])
    elif groups.get("duration"):
        yield key, words.milliseconds(groups["duration"])
    elif groups.get("text") is not None:
        yield key, groups["text"]
    elif number := groups.get("number") or groups.get("number2"):
        yield key, int(number)
    else:
        yield key, words.name(groups.get("name") or groups.get("name2"))


def braces(code, text):
    """`{held 8, stock 8}`, `{8,8}`, `{PROServer}`."""
    bare = list(BARE_NUMBERS.get(code, USUAL_NUMBERS))
    for item in filter(None, (item.strip() for item in text.strip("{}").split(","))):
        if named := re.fullmatch(r"([a-z]+)\s*[:=]?\s*(\d+|unlimited)", item):
            if named[1] not in NUMBERS:
                raise Unclear(f"{named[1]}: the numbers of a refusal are {', '.join(NUMBERS)}")
            yield named[1], None if named[2] == "unlimited" else int(named[2])
        elif retry := re.fullmatch(rf"retry[ _]at\s+({words.INSTANT})", item):
            yield "retry at", retry[1]
        elif code in DETAILED:
            yield "detail", words.name(item)
        elif code == "ALREADY_ACTIVE":
            yield "host", words.name(item)
        elif item.isdigit():
            if not bare:
                raise Unclear(f"{{{item}}}: say which number of {code} it is, like {{held {item}}}")
            yield bare.pop(0), int(item)
        else:
            yield "about", words.name(item)


def is_instant(fact, value):
    """Whether an instant is the one that is meant; `day 3` means any time of that day."""
    expected = words.instant_text(words.instant_us(value, words.start_us()))
    whole_day = re.fullmatch(r"day\s+-?\d+|\d{4}-\d\d-\d\d", value) is not None
    return fact[:10] == expected[:10] if whole_day else fact == expected


def holds(fact, key, value, same):
    """Whether a fact is as expected: texts, or an item of a list, contain it; the rest is equal."""
    if key in ("text", "note"):
        return fact is not None and value.lower() in fact.lower()
    if key in ("cure", "warning"):
        if value is None:
            return not fact
        return any(value.lower() in item.lower() for item in fact or [])
    if key == "detail":
        return fact is not None and re.match(rf"{re.escape(value)}(?![\w-])", fact) is not None
    if key == "retry at":
        return fact is not None and is_instant(fact, value)
    if key == "held by":
        return sorted(fact or []) == sorted(value)
    if key in ("about", "from"):
        candidates = fact if isinstance(fact, (list, tuple)) else [fact]
        return any(same(candidate, value) for candidate in candidates if candidate)
    return fact == value
