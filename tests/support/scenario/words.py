"""Durations, instants, names and lists as scenarios write them. Pure."""

import datetime
import re

NAME = r'(?:"[^"]+"|[^\s,"{}]+)'  # Whatever holds blanks or commas stands in double quotes.
LIST = rf"{NAME}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){NAME})*"
DURATION = r"(?:\d+\s*(?:milliseconds?|ms|seconds?|s|minutes?|min|m|hours?|h|days?|d)\b\s*)+"

_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_START = datetime.datetime(2030, 1, 15, 12, tzinfo=datetime.timezone.utc)


class Unclear(Exception):
    """A text that is not of the language; the message says why."""


def milliseconds(text):
    """`1m 30s` → 90000."""
    total = 0
    for count, unit in re.findall(r"(\d+)\s*([a-z]+)", text, re.I):
        unit = unit.lower()
        short = unit if unit in _MILLISECONDS else "ms" if unit.startswith("milli") else unit[0]
        total += int(count) * _MILLISECONDS[short]
    return total


def duration_text(ms):
    """90000 → `1m30s`."""
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        count, ms = divmod(ms, _MILLISECONDS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def name(text):
    return text[1:-1] if text.startswith('"') else text


def names(text):
    """`S1..S3, Anna and "Carl X"` → each of them."""
    found = []
    for item in re.findall(NAME, text):
        if item in ("and", ","):
            continue
        found += span(item) if not item.startswith('"') else [item[1:-1]]
    return found


def span(item):
    """`S1..S3` → S1, S2, S3; what is no span stays."""
    ends = re.fullmatch(r"(.*?)(\d+)\.\.(.*?)(\d+)", item)
    if not ends:
        return [item]
    before, first, again, last = ends.groups()
    if again not in ("", before):
        raise Unclear(f"{item}: the two ends of a span have the same name before their numbers")
    if int(last) < int(first):
        raise Unclear(f"{item}: a span counts upwards")
    width = len(first) if first.startswith("0") else 0
    return [f"{before}{number:0{width}}" for number in range(int(first), int(last) + 1)]


def start_us():
    """Microseconds since 1970 when every scenario begins."""
    return int(_START.timestamp()) * 1_000_000


def instant_us(text, now_us):
    """An instant of the calendar, in microseconds since 1970.

    `+12h`, `-1d` and `now` count from `now_us`; `day 3` and `day 3 06:00` from the midnight before
    the scenario began (its first day is day 0); `tonight` is the next midnight.
    """
    text = text.strip()
    if text == "now":
        return now_us
    if re.fullmatch(rf"[+-]\s*{DURATION}", text):
        return now_us + (1 if text[0] == "+" else -1) * milliseconds(text) * 1000
    if text == "tonight":
        return (now_us // 86_400_000_000 + 1) * 86_400_000_000
    if day := re.fullmatch(r"day\s+(-?\d+)(?:\s+(\d\d):(\d\d))?", text):
        start = _START.replace(hour=int(day[2] or 0), minute=int(day[3] or 0))
        return int((start + datetime.timedelta(days=int(day[1]))).timestamp()) * 1_000_000
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            read = datetime.datetime.strptime(text, form).replace(tzinfo=datetime.timezone.utc)
        except ValueError:
            continue
        return int(read.timestamp()) * 1_000_000
    raise Unclear(f"{text}: an instant is +12h, -1d, now, tonight, day 3, or 2030-01-31T00:00:00Z")


INSTANT = (rf"(?:[+-]\s*{DURATION}|now|tonight|day\s+-?\d+(?:\s+\d\d:\d\d)?"
           r"|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\dZ?)?)?)")


def instant_text(us):
    """As `usher` writes it."""
    at = datetime.datetime.fromtimestamp(us // 1_000_000, datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
