"""The figures that have a limit: what they must be, what they aim at, and how they are shown."""

import json
import os
import platform
import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    id: str
    unit: str
    must: float
    aim: float | None = None
    at_most: bool = False  # Else a figure must be so much at least.

    def misses(self, value):
        return value > self.must if self.at_most else value < self.must


FIGURES = [
    Figure("answers_64x1", "answers/s", 20_000),
    Figure("echo_64x1", "ratio", 0.5, 0.8),
    Figure("echo_64x16", "ratio", 0.2, 0.5),
    Figure("renew_64x16", "ratio", 0.5, 0.8),
    Figure("latency_1x1", "ratio", 1.5, 1.15, at_most=True),
    Figure("redis_64x1", "ratio", 4, 8),
    Figure("redis_64x16", "ratio", 5, 12),
    Figure("postgres_64x1", "ratio", 5, 15),
    Figure("etcd_64x1", "ratio", 5, 15),
    Figure("memory_per_holder", "KiB", 48, 24, at_most=True),
    Figure("holders_live", "holders", 15_000, 19_500),
    Figure("holders_computed", "holders", 100_000, 500_000),
    Figure("reconnect_15k", "s", 30, 10, at_most=True),
    Figure("start_1m", "s", 5, 1, at_most=True),
    Figure("growth_1m", "ratio", 1.3, 1.1, at_most=True),
    Figure("client_threads", "threads", 1, at_most=True),
    Figure("client_memory", "KiB", 1024, at_most=True),
    Figure("client_cpu", "% of a core", 0.01, at_most=True),
]
BY_ID = {figure.id: figure for figure in FIGURES}


def row_of(figure, samples):
    """As bench.json has it; `value` is the median."""
    return {"id": figure.id, "value": round(statistics.median(samples), 4), "unit": figure.unit,
            "must": figure.must, "aim": figure.aim, "at_most": figure.at_most,
            "samples": [round(sample, 4) for sample in samples]}


def print_rows(rows):
    print(f"\n{'figure':<19}{'value':>12}  {'unit':<12}{'must':>10}{'aim':>10}")
    for row in rows:
        figure = BY_ID[row["id"]]
        print(f"{row['id']:<19}{row['value']:>12,.3f}  {row['unit']:<12}{row['must']:>10,g}"
              f"{row['aim'] or '-':>10}{'  misses' if figure.misses(row['value']) else ''}")


def machine():
    model = next((line.partition(":")[2].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), platform.machine())
    return f"{model}, {os.cpu_count()} cores"


def write(file, rows, skipped):
    """`skipped`: why, by the name of what could not be measured."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"machine": machine(), "rows": rows, "skipped": skipped},
                               indent=1) + "\n")
