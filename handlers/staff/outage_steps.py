"""The questions of `/outage` that no other form has: houses, parts of a house, moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers import outage_staff_texts as words
from handlers.dialogue.form import Answers
from handlers.dialogue.steps import Actions, Answered, Choice, Meant, Rows, Stay, Wrong
from handlers.dialogue.turn import Turn, plain
from services.tables import House
from services.understanding.saying.addresses import find_address
from services.understanding.saying.parts import Parts, read_parts
from services.understanding.saying.spans import Span, read_span
from services.work import Work
from services.zones import wall

MOST_NAMED = 8


@dataclass
class Several(Choice):
    """Any number of them, pressed one by one until «Дальше». A second press takes one back."""

    chosen: list[Any] = field(default_factory=list)

    def rows(self, actions: Actions, start: int, end: int, columns: int = 0) -> Rows:
        rows = super().rows(actions, start, end, columns)
        return [
            [
                button.model_copy(update={"label": f"✓ {button.label}"})
                if self.options[int(button.action.rsplit("/", 1)[1])][0] in self.chosen
                else button
                for button in row
            ]
            for row in rows
        ]

    def stay(self) -> Stay:
        labels = [label for value, label in self.options if value in self.chosen]
        more = len(labels) - MOST_NAMED
        named = labels[:MOST_NAMED] + ([f"ещё {more}"] if more > 0 else [])
        return Stay(self.chosen, words.chosen(named) if named else self.question)

    def toggle(self, value: Any) -> Stay:
        if value in self.chosen:
            self.chosen = [each for each in self.chosen if each != value]
        else:
            self.chosen = [*self.chosen, value]
        return self.stay()

    def pressed_one(self, pressed: str) -> Any:
        if not pressed.isdecimal() or int(pressed) >= len(self.options):
            raise Wrong(self.question)
        return self.options[int(pressed)][0]


@dataclass
class Houses(Several):
    """Values are «c5» for a whole complex and «h12» for a house."""

    houses: Sequence[House] = ()
    zone: str = ""  # the company's

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        self.chosen = list(so_far or [])
        if pressed == "done" or (pressed is None and plain(turn.text) == "дальше"):
            if not self.chosen:
                raise Wrong(words.CHOOSE_HOUSE)
            if self.zones(self.chosen) > 1:
                raise Wrong(words.SEVERAL_ZONES)
            # Hours that were named before were read by the clock of other houses.
            all_zones = len({house.timezone for house in self.houses})
            return Answered(self.chosen, forget=("parts", "when") if all_zones > 1 else ("parts",))
        if pressed is not None:
            return self.toggle(self.pressed_one(pressed))
        index = self.typed(turn)
        if index is not None:
            return self.toggle(self.options[index][0])
        if meant := turn.press_by_number():
            raise Meant(meant)
        return self._read(turn.text)

    def zones(self, chosen: Sequence[str]) -> int:
        """How many the chosen houses live by."""
        found = {
            house.timezone or self.zone
            for house in self.houses
            if f"h{house.id}" in chosen or f"c{house.complex_id}" in chosen
        }
        return len(found)

    def _read(self, typed: str) -> Stay:
        left, rest, found = list(self.houses), typed, False
        while left:
            named = find_address(rest, left).houses
            if not named:
                break
            house, found = named[0], True
            rest = find_address(rest, [house]).rest
            if any(not find_address(rest, [other]).houses for other in named[1:]):
                raise Wrong(words.which_house([each.address for each in named]))
            if f"h{house.id}" not in self.chosen:
                self.chosen = [*self.chosen, f"h{house.id}"]
            left = [each for each in left if each.id != house.id]
        if not found:
            raise Wrong(words.NO_SUCH_HOUSE)
        return self.stay()


@dataclass
class PartsOfHouse(Several):
    """Of one house. The answer is a list of columns of `OutagePlace`, empty for the whole."""

    house: House | None = None

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        assert self.house is not None
        self.chosen = list(so_far or [])
        if pressed == "done" or (pressed is None and plain(turn.text) == "дальше"):
            return Answered(self.chosen)
        if pressed is not None:
            part = self.pressed_one(pressed)
            return self.toggle(part) if part else Answered([])
        if plain(turn.text) in (plain(words.WHOLE), "весь", "все"):
            return Answered([])
        found = await find_parts(turn.work, self.house, turn.text)
        return Answered([*self.chosen, *(part for part in found if part not in self.chosen)])


async def find_parts(work: Work, house: House, typed: str) -> list[dict[str, Any]]:
    """Raises `Wrong` for what the house does not have."""
    parts = read_parts(typed)
    if not parts or parts.rest:
        raise Wrong(words.not_understood(parts.rest or typed))
    return await fit_parts(work, house, parts)


async def fit_parts(work: Work, house: House, parts: Parts) -> list[dict[str, Any]]:
    """Each entrance with each riser and floor named beside it; flats for themselves. Raises
    `Wrong` for what the house does not have."""
    entrances = {e.number.lower(): e.id for e in await work.places.entrances(house.id)}
    missing = [number for number in parts.entrances if number not in entrances]
    if missing:
        raise Wrong(words.no_such("подъезд", missing))
    risers = await work.places.risers(house.id)
    missing = [riser for riser in parts.risers if risers and riser not in risers]
    if missing:
        raise Wrong(words.no_such("стояк", missing))
    within: list[int | None] = [entrances[number] for number in parts.entrances]
    found: list[dict[str, Any]] = [
        {"entrance_id": entrance, "riser": riser, "floor_from": first, "floor_to": last}
        for entrance in within or [None]
        for riser in parts.risers or (None,)
        for first, last in parts.floors or ((None, None),)
        if entrance or riser or first is not None
    ]
    missing = []
    for number in parts.flats:
        flats = await work.places.find_flats(house.id, number)
        if flats:
            found.append({"flat_id": flats[0].id})
        else:
            missing.append(number)
    if missing:
        raise Wrong(words.no_such("кв.", missing))
    return [{key: value for key, value in part.items() if value is not None} for part in found]


# ── Moments ──────────────────────────────────────────────────────────────────


async def read(turn: Turn, typed: str, zone: str, *, begun: bool = False) -> Span:
    """By the clock of the houses it is about. Raises `Wrong`."""
    span = read_span(typed, wall(zone)(turn.work.now), begun=begun)
    if span is None:
        raise Wrong(words.NO_TIME)
    return span


async def check_planned(turn: Turn, typed: str, zone: str) -> Answers:
    span = await read(turn, typed, zone)
    expect_works(turn.work.now, span)
    return as_json(span)


async def check_accident(turn: Turn, typed: str, zone: str) -> Answers:
    if plain(typed) in (plain(words.UNKNOWN), "неизвестно", "не знаем", "не известно"):
        return as_json(Span(None, None))
    span = await read(turn, typed, zone, begun=True)
    expect_break(turn.work.now, span)
    return as_json(span)


async def check_later(turn: Turn, typed: str, zone: str) -> Answers:
    """Until when it is prolonged."""
    if plain(typed) == plain(words.UNKNOWN):
        return as_json(Span(None, None))
    span = await read(turn, typed, zone)
    until = span.until or span.since
    expect_later(turn.work.now, until)
    return as_json(Span(None, until))


async def check_sending(turn: Turn, typed: str, zone: str) -> str:
    span = await read(turn, typed, zone)
    at = span.since or span.until
    return expect_ahead(turn.work.now, at).isoformat()


def expect_ahead(now: datetime, at: datetime | None) -> datetime:
    if at is None or at <= now:
        raise Wrong(words.IN_PAST)
    return at


def expect_later(now: datetime, until: datetime | None) -> None:
    if until is None or until <= now:
        raise Wrong(words.NOT_LATER)


class WrongMoment(Wrong):
    """`which` of the two moments it is."""

    def __init__(self, why: str, which: str) -> None:
        super().__init__(why)
        self.which = which


def expect_works(now: datetime, span: Span) -> None:
    """Of planned works. Raises `WrongMoment`."""
    if span.since is None:
        raise WrongMoment(words.NO_BEGINNING, "since")
    expect_order(now, span)
    if span.since <= now:
        raise WrongMoment(words.IN_PAST, "since")


def expect_break(now: datetime, span: Span) -> None:
    """Of an accident. Raises `WrongMoment`."""
    if span.since is not None and span.since > now:
        raise WrongMoment(words.AHEAD, "since")
    expect_order(now, span)


def expect_order(now: datetime, span: Span) -> None:
    if span.until is None:
        return
    if span.since is not None and span.until <= span.since:
        raise WrongMoment(words.ENDS_FIRST, "until")
    if span.until <= now:
        raise WrongMoment(words.IN_PAST, "until")


def as_json(span: Span) -> Answers:
    return {
        "since": span.since.isoformat() if span.since else None,
        "until": span.until.isoformat() if span.until else None,
    }


def moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
