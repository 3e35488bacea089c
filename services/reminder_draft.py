"""What an accountant filled in to remind those who owe: the words with their variables, and by what
the same is known again."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from services.reminder_audience import Debtors
from services.tables import Reminder

ReminderKind = Literal["payment", "debt"]
Tone = Literal["kind", "plain", "formal"]

VARIABLES = ("name", "address", "date", "sum")
_VARIABLE = re.compile(r"\{([^{}\n]*)\}")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+|(?=\n)|$)[^\S\n]*")


@dataclass(frozen=True)
class ReminderDraft:
    kind: ReminderKind
    tone: Tone
    text: str
    debtors: Debtors
    form: dict[str, Any] = field(default_factory=dict)


def unknown_variables(words: str) -> list[str]:
    return [name for name in _VARIABLE.findall(words) if name not in VARIABLES]


def names(words: str, variable: str) -> bool:
    return f"{{{variable}}}" in words


def is_personal(words: str) -> bool:
    """Whether it differs from person to person."""
    return any(names(words, each) for each in VARIABLES)


def without_sums(words: str) -> str:
    """Without the sentences that name the sum."""
    kept = _SENTENCE.sub(lambda found: "" if names(found[0], "sum") else found[0], words)
    return re.sub(r"\n{3,}", "\n\n", kept).strip()


def fill(words: str, *, name: str, address: str, date: str, amount: str) -> str:
    """As the database fills it in for each person. Without a name the comma before it goes, too."""
    words = words.replace("{sum}", amount).replace("{date}", date)
    if not name:
        words = words.replace(", {name}", "").replace("{name}, ", "").replace("{name}", "")
    return words.replace("{address}", address).replace("{name}", name)


def key_of(reminder: Reminder) -> str:
    """The same words for the same people. What repeats is not the same as one of its times."""
    same = [
        reminder.kind, " ".join(reminder.text.split()), reminder.audience, reminder.repeats,
    ]  # fmt: skip
    told = json.dumps(same, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()
