"""The long form of the attack on public reports: `python3 dev.py attack`. Prints a table for docs/disclosure.md.

    --tables N     so many accounts of up to 24 months (20000)
    --reports N    the reports of so many random projects (20)
    --seed N       another one gives others

Ends with 1 if anything that is hidden was found out.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.disclosure.accounts import attack, hide_what_would_tell, is_broken, is_known_to_be_small, series
from tests.disclosure.attack import Attack, relations
from tests.disclosure.test_reports import APART, counted, found_out, published, reports_of


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option, number in (("--tables", 20_000), ("--reports", 20), ("--seed", 1)):
        parser.add_argument(option, type=int, default=number)
    wanted = parser.parse_args()
    print("| attacked | how many | hidden numbers tried | found out | of all, hidden | minutes |")
    print("|---|---|---|---|---|---|", flush=True)
    return int(_tables(wanted.tables, wanted.seed) + _reports(wanted.reports, wanted.seed) > 0)


def _tables(number: int, seed: int) -> int:
    started, random = time.monotonic(), Random(seed)
    tried = broken = shown = whole = 0
    for _ in range(number):
        found = series(random, hide_what_would_tell)
        shown, whole = shown + found.shown, whole + found.counted
        for placed in attack(found, random, most=3):
            tried, broken = tried + 1, broken + is_broken(placed, tells=found.tells)
        for placed in attack(found, random, most=2, knows_rules=True):
            tried, broken = tried + 1, broken + is_known_to_be_small(placed)
    _print("accounts of up to 24 months", number, tried, broken, 1 - shown / whole, started)
    return broken


def _reports(number: int, seed: int) -> int:
    started, random = time.monotonic(), Random(seed)
    tried = broken = hidden = whole = 0
    with TemporaryDirectory() as folder:
        for case in range(number):
            reports = reports_of(Path(folder), persons=random.randint(30, 150), months=4, seed=seed * 1000 + case)
            public = published(reports)
            shown = {
                (month, key): value
                for month, report in enumerate(public)
                for key, value in report.shown.items()
                if key[0] != "targets"
            }
            against = Attack(relations(reports, {*reports[0].tables} - APART), shown)
            broken += len(found_out(against, counted(reports), shown, reports[0].project.hide_below, most=10))
            tried += 10
            hidden += sum(report.hidden_subjects for report in public)
            whole += sum(len(report.subjects) for report in public)
    _print("reports of 4 months, with all controls", number, tried, broken, hidden / (whole or 1), started)
    return broken


def _print(what: str, number: int, tried: int, broken: int, hidden: float, started: float) -> None:
    minutes = (time.monotonic() - started) / 60
    print(f"| {what} | {number} | {tried} | {broken} | {hidden:.0%} | {minutes:.0f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
