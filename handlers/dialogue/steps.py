"""The questions a form is made of. Each knows how to ask, what buttons to show, and what to make
of the answer, pressed or typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from handlers.dialogue import texts
from handlers.dialogue.turn import Turn, plain
from services.messaging.types import Attachment, Button

PAGE = 8
LONGEST = 4000  # characters of a typed answer


class Wrong(Exception):
    """The answer cannot be taken; the text says why and what to do."""


@dataclass(frozen=True)
class Answered:
    """`more` are answers to other steps that this one brought along; the answers to `forget` are
    asked for anew."""

    value: Any
    more: dict[str, Any] = field(default_factory=dict)
    forget: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stay:
    """Taken, and the question stays open for more, until «Дальше»."""

    so_far: Any
    words: str


class Step(Protocol):
    key: str
    optional: bool

    async def ask(self, turn: Turn, answers: dict[str, Any]) -> str: ...

    def buttons(self, page: int, press: Callable[[str], str]) -> list[list[Button]]: ...

    def pages(self) -> int: ...

    def is_same(self, pressed: str, answer: Any) -> bool: ...

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        """`pressed` is the value of this step's button, None when the person wrote. Raises
        `Wrong`."""
        ...


@dataclass
class Question:
    """What all steps share."""

    key: str
    question: str
    optional: bool = False

    async def ask(self, turn: Turn, answers: dict[str, Any]) -> str:
        return self.question

    def buttons(self, page: int, press: Callable[[str], str]) -> list[list[Button]]:
        return []

    def pages(self) -> int:
        return 1

    def is_same(self, pressed: str, answer: Any) -> bool:
        return pressed == "skip" and answer is None


@dataclass
class Choice(Question):
    """One of a list of (value, label). Typed: the label, a part of it that only one has, or its
    number. `other` takes any other words as the answer."""

    options: Sequence[tuple[Any, str]] = ()
    columns: int = 1
    other: Callable[[str], Any] | None = None

    def buttons(self, page: int, press: Callable[[str], str]) -> list[list[Button]]:
        start = page * PAGE if self.pages() > 1 else 0
        shown = list(enumerate(self.options))[start : start + PAGE if self.pages() > 1 else None]
        flat = [Button(label=label, action=press(str(index))) for index, (_, label) in shown]
        return [flat[i : i + self.columns] for i in range(0, len(flat), self.columns)]

    def pages(self) -> int:
        return 1 if len(self.options) <= PAGE + 4 else -(-len(self.options) // PAGE)

    def is_same(self, pressed: str, answer: Any) -> bool:
        return super().is_same(pressed, answer) or (
            pressed.isdecimal()
            and int(pressed) < len(self.options)
            and self.options[int(pressed)][0] == answer
        )

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        if pressed == "skip" and self.optional:
            return Answered(None)
        if pressed is not None:
            if not pressed.isdecimal() or int(pressed) >= len(self.options):
                raise Wrong(texts.CHOOSE_BELOW)
            return Answered(self.options[int(pressed)][0])
        index = self._typed(turn)
        if index is not None:
            return Answered(self.options[index][0])
        if self.other and turn.text:
            return Answered(self.other(turn.text[:LONGEST]))
        raise Wrong(texts.CHOOSE_BELOW)

    def _typed(self, turn: Turn) -> int | None:
        typed = plain(turn.text)
        if not typed:
            return None
        labels = [plain(label) for _, label in self.options]
        if typed in labels:
            return labels.index(typed)
        number = turn.typed_number()
        if number is not None and 1 <= number <= len(labels):
            return number - 1
        within = [i for i, label in enumerate(labels) if set(typed.split()) <= set(label.split())]
        return within[0] if len(within) == 1 and len(typed) > 1 else None


Check = Callable[[Turn, str], Awaitable[Any]]


@dataclass
class Text(Question):
    """Words. `check` makes the answer of them or raises `Wrong`; `offers` are ready answers."""

    check: Check | None = None
    offers: Sequence[tuple[str, str]] = ()  # (value given to check, label)
    asks_contact: str = ""  # the label of a button that shares one's phone number

    def buttons(self, page: int, press: Callable[[str], str]) -> list[list[Button]]:
        rows = [
            [Button(label=label, action=press(str(index)))]
            for index, (_, label) in enumerate(self.offers)
        ]
        if self.asks_contact:
            rows.append([Button(label=self.asks_contact, asks="contact")])
        return rows

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        if pressed == "skip" and self.optional:
            return Answered(None)
        if pressed is not None:
            if not pressed.isdecimal() or int(pressed) >= len(self.offers):
                raise Wrong(texts.WRITE_WORDS)
            words = self.offers[int(pressed)][0]
        else:
            words = turn.text or next(
                (a.phone for a in turn.inbound.attachments if a.kind == "contact"), ""
            )
        if not words.strip():
            raise Wrong(texts.WRITE_WORDS)
        if len(words) > LONGEST:
            raise Wrong(texts.too_long(len(words), LONGEST))
        return Answered(await self.check(turn, words) if self.check else words)


@dataclass
class Photos(Question):
    """Any number of photos and files, and words that come with them, until «Дальше». The answer
    is `{"attachments": […], "words": "…"}`, or None when skipped."""

    optional: bool = True

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        so_far = so_far or {"attachments": [], "words": ""}
        if pressed is not None:
            return Answered(so_far if so_far["attachments"] or so_far["words"] else None)
        files = takeable(turn.inbound.attachments)
        if not files:
            if not turn.text:
                raise Wrong(texts.SEND_PHOTO)
            return Answered({**so_far, "words": join_words(so_far["words"], turn.text)})
        kept = [*so_far["attachments"], *files]
        return Stay(
            {"attachments": kept, "words": join_words(so_far["words"], turn.text)},
            texts.photos_so_far(len(kept)),
        )


def takeable(attachments: Sequence[Attachment]) -> list[dict[str, Any]]:
    """What a request may carry, as JSON. A sticker says nothing."""
    return [
        a.model_dump(mode="json", exclude_defaults=True) for a in attachments if a.kind != "sticker"
    ]


def join_words(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
