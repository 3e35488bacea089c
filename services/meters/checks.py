"""What is odd about a reading. None of it refuses one: whoever gives it is asked once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from services.meters.meters import MeterSeen, Shown
from services.meters.windows import months_between

Mark = Literal["less", "rolled", "much", "digits", "unverified", "late"]

ASKED_ABOUT: tuple[Mark, ...] = ("less", "rolled", "much", "digits", "unverified")
TELLING: tuple[Mark, ...] = ("less", "rolled", "much")  # what stood there before
LEAST_USUAL = 1000  # thousandths: whoever uses next to nothing is not asked about a unit or two


@dataclass(frozen=True)
class Checked:
    """`marks`: less (than before), rolled (less, because the meter began anew), much (so many times
    the usual), digits (more of them than the meter has), unverified (past its verification), late
    (for the month before). `doubts`: those to be asked about; none that would tell of the past
    whoever does not see it. `used`: consumption since `meter.earlier`, one a tariff, where it can
    be told."""

    marks: tuple[Mark, ...]
    doubts: tuple[Mark, ...]
    used: tuple[int, ...] | None


def check(meter: MeterSeen, figures: Sequence[int], much: int) -> Checked:
    """`much`: so many times the usual is odd."""
    marks: list[Mark] = []
    room = 1000 * 10**meter.digits if meter.digits else None
    used = consumption(figures, meter.earlier[0]) if meter.earlier else None
    if used is not None and min(used) < 0:
        rolled = [each + room if each < 0 else each for each in used] if room else used
        if room and is_rolled(meter, rolled, room):
            used = rolled
            marks.append("rolled")
        else:
            used = None
            marks.append("less")
    if used is not None and is_much(meter, used, much):
        marks.append("much")
    if room and max(figures) >= room:
        marks.append("digits")
    if not meter.verified:
        marks.append("unverified")
    if meter.late:
        marks.append("late")
    doubts = (mark for mark in ASKED_ABOUT if mark in marks and (meter.past or mark not in TELLING))
    told = tuple(used) if used is not None and meter.past else None
    return Checked(tuple(marks), tuple(doubts), told)


def consumption(figures: Sequence[int], before: Shown) -> list[int]:
    return [now - then for now, then in zip(figures, before.figures, strict=True)]


def is_rolled(meter: MeterSeen, used: Sequence[int], room: int) -> bool:
    """It stood in the last tenth of what it can count, and is now in the first."""
    return all(0 <= each <= room // 10 for each in used) and any(
        figure >= room - room // 10 for figure in meter.earlier[0].figures
    )


def is_much(meter: MeterSeen, used: Sequence[int], times: int) -> bool:
    usual = usual_of(meter.earlier)
    if usual is None:
        return False
    months = max(months_between(meter.earlier[0].month, meter.counts.month), 1)
    return any(
        each > times * max(mean, LEAST_USUAL) * months
        for each, mean in zip(used, usual, strict=True)
    )


def usual_of(earlier: Sequence[Shown]) -> list[float] | None:
    """The mean a month of what was used before; a meter that went backwards then says nothing."""
    sums: list[int] = []
    months = 0
    for later, before in pairwise(earlier):
        used = consumption(later.figures, before)
        if min(used) < 0:
            continue
        months += max(months_between(before.month, later.month), 1)
        sums = [a + b for a, b in zip(sums or [0] * len(used), used, strict=True)]
    return [each / months for each in sums] if months else None
