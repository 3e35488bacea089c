"""The questions a form is made of. Each knows how to ask, what buttons to show, and what to make
of the answer, pressed or typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from handlers.dialogue import texts
from handlers.dialogue.said import join, takeable
from handlers.dialogue.turn import Turn, plain
from services.messaging.types import Button

PAGE = 8
ONE_SCREEN = PAGE + 4  # so many need no pages
LONGEST = 4000  # characters of a typed answer

Rows = list[list[Button]]


class Wrong(Exception):
    """The answer cannot be taken; the text says why and what to do."""


class Meant(Exception):
    """The words were the number of a button: `str()` is its action."""


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


@dataclass(frozen=True)
class Actions:
    """Makes the actions of a question's buttons."""

    form: str
    key: str

    def press(self, value: str) -> str:
        return f"form/{self.form}/{self.key}/{value}"

    def page(self, number: int) -> str:
        return f"form/{self.form}/-/page{number}"


class Step(Protocol):
    key: str
    optional: bool

    async def ask(self, turn: Turn, answers: dict[str, Any]) -> str: ...

    def buttons(self, page: int, actions: Actions) -> Rows: ...

    def is_same(self, pressed: str, answer: Any) -> bool: ...

    def leave(self, answers: dict[str, Any]) -> None:
        """«Назад» was pressed under this question."""
        ...

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        """`pressed` is the value of this step's button, None when the person wrote. Raises
        `Wrong` or `Meant`."""
        ...


@dataclass
class Question:
    """What all steps share."""

    key: str
    question: str
    optional: bool = False

    async def ask(self, turn: Turn, answers: dict[str, Any]) -> str:
        return self.question

    def buttons(self, page: int, actions: Actions) -> Rows:
        return []

    def is_same(self, pressed: str, answer: Any) -> bool:
        return pressed == "skip" and answer is None

    def leave(self, answers: dict[str, Any]) -> None:
        answers.pop(self.key, None)


@dataclass
class Choice(Question):
    """One of a list of (value, label). Typed: the label, words that only one label has, or the
    number of the button. `other` takes any other words as the answer."""

    options: Sequence[tuple[Any, str]] = ()
    columns: int = 1
    other: Callable[[str], Any] | None = None

    def buttons(self, page: int, actions: Actions) -> Rows:
        count = len(self.options)
        if count <= ONE_SCREEN:
            return self.rows(actions, 0, count)
        rows = self.rows(actions, page * PAGE, (page + 1) * PAGE)
        if (page + 1) * PAGE < count:
            rows.append([Button(label=texts.MORE, action=actions.page(page + 1))])
        else:
            rows.append([Button(label=texts.TO_START, action=actions.page(0))])
        return rows

    def rows(self, actions: Actions, start: int, end: int, columns: int = 0) -> Rows:
        columns = columns or self.columns
        flat = [
            Button(label=label, action=actions.press(str(start + index)))
            for index, (_, label) in enumerate(self.options[start:end])
        ]
        return [flat[i : i + columns] for i in range(0, len(flat), columns)]

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
        index = self.typed(turn)
        if index is not None:
            return Answered(self.options[index][0])
        if meant := turn.press_by_number():
            raise Meant(meant)
        if self.other and turn.text:
            return Answered(self.other(turn.text[:LONGEST]))
        raise Wrong(texts.CHOOSE_BELOW)

    def typed(self, turn: Turn) -> int | None:
        typed = plain(turn.text)
        if not typed:
            return None
        labels = [plain(label) for _, label in self.options]
        if typed in labels:
            return labels.index(typed)
        within = [i for i, label in enumerate(labels) if set(typed.split()) <= set(label.split())]
        return within[0] if len(within) == 1 else None


Check = Callable[[Turn, str], Awaitable[Any]]


@dataclass
class Text(Question):
    """Words. `check` makes the answer of them or raises `Wrong`; `offers` are ready answers."""

    check: Check | None = None
    offers: Sequence[str] = ()
    asks_contact: str = ""  # the label of a button that shares one's phone number

    def buttons(self, page: int, actions: Actions) -> Rows:
        rows = [
            [Button(label=offer, action=actions.press(str(index)))]
            for index, offer in enumerate(self.offers)
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
            words = self.offers[int(pressed)]
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
    is what was said, or None when skipped."""

    optional: bool = True

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        so_far = so_far or {"words": "", "attachments": [], "ids": []}
        if pressed is not None:
            return Answered(so_far if so_far["attachments"] or so_far["words"] else None)
        files = takeable(turn.inbound.attachments)
        if not files and not turn.text:
            raise Wrong(texts.SEND_PHOTO)
        now = join(so_far, {"words": turn.text, "attachments": files})
        if not files:
            return Answered(now)
        return Stay(now, texts.photos_so_far(len(now["attachments"])))
