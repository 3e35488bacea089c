"""Emergencies: which kind of request of the company is for which danger."""

from __future__ import annotations

from collections.abc import Sequence

from services.company.declaration import Category, CategoryCode
from services.understanding.reading.danger import find_danger

WATER = frozenset({"flood", "burst", "sewage"})
CODES: dict[str, CategoryCode] = {
    "gas": "other", "fire": "other", "sparks": "electricity", "flood": "plumbing",
    "burst": "plumbing", "sewage": "plumbing", "lift": "elevator", "falling": "roof",
    "blackout": "electricity", "other": "other",
}  # fmt: skip
KEYS = {
    "gas": "gas", "fire": "fire", "smoke": "fire", "sparks": "sparks", "wiring": "sparks",
    "flood": "flood", "leak": "flood", "burst": "burst", "pipe": "burst", "sewage": "sewage",
    "stuck": "lift", "lift": "lift", "elevator": "lift", "falling": "falling", "ice": "falling",
    "blackout": "blackout", "power": "blackout",
}  # fmt: skip
"""What companies call their emergencies in the file, where the title does not say it."""
INSTEAD: dict[str, tuple[str, ...]] = {
    "flood": ("burst", "sewage"),
    "burst": ("flood", "sewage"),
    "sewage": ("flood", "burst"),
    "sparks": ("fire",),
}


def kinds_of(category: Category) -> set[str]:
    """Which dangers an emergency category is for: what its key says, else its title, which may
    name two."""
    if by_key := KEYS.get(category.key or category.code):
        return {by_key}
    told = [category.title, *category.title.split(",")]
    found = {find_danger(words) for words in told}
    return (found - {"other"} or found) - {""}


def choose_category(kind: str, categories: Sequence[Category]) -> Category | None:
    """The company's own emergency for this danger; None: it has none."""
    emergencies = [(each, kinds_of(each)) for each in categories if each.emergency]
    for wanted in (kind, *INSTEAD.get(kind, ())):
        for category, kinds in emergencies:
            if wanted in kinds:
                return category
    return None


def is_same(one: str, other: str) -> bool:
    """Water is water, and an unnamed danger may be any."""
    return one == other or {one, other} <= WATER or "other" in (one, other)
