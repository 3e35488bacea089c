"""`python -m bench.reading FILE`: how well categories are read from real appeals.

FILE is a CSV with the columns `text` and `category`; of several right ones «a|b», rows without one
are left out. `--wrong N` lists N of those read wrongly. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections import Counter

from services.understanding.reading.message import read

BAR = 0.80
MILLISECONDS = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reading")
    parser.add_argument("file")
    parser.add_argument("--wrong", type=int, default=0, metavar="N")
    asked = parser.parse_args()
    with open(asked.file, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["category"]]
    for row in rows:  # the caches are warm then
        read(row["text"])
    begun = time.process_time()
    found = [read(row["text"]) for row in rows]
    each = (time.process_time() - begun) / len(rows) * 1000
    wrong = [
        (row, reading.category)
        for row, reading in zip(rows, found, strict=True)
        if reading.category not in row["category"].split("|")
    ]
    right = 1 - len(wrong) / len(rows)
    print("| figure | measured | bar | ok |\n|---|---|---|---|")
    print(f"| category right, {len(rows)} appeals | {right:.3f} | {BAR} | {tick(right >= BAR)} |")
    print(f"| one, warm, ms | {each:.2f} | {MILLISECONDS} | {tick(each <= MILLISECONDS)} |")
    alarms = sum(bool(reading.danger) for reading in found)
    print(f"| sound dangerous | {alarms / len(rows):.3f} | | |")
    total, failed = (
        Counter(row["category"] for row in rows),
        Counter(row["category"] for row, _ in wrong),
    )
    print("\n| category | appeals | right |\n|---|---|---|")
    for category, count in total.most_common():
        print(f"| {category.replace('|', ' or ')} | {count} | {1 - failed[category] / count:.2f} |")
    for row, category in random.sample(wrong, min(asked.wrong, len(wrong))):
        print(f"\n{row['category']}, not {category}: {' '.join(row['text'].split())}")


def tick(ok: bool) -> str:
    return "yes" if ok else "**no**"


if __name__ == "__main__":
    main()
