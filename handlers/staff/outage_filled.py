"""The form of an outage filled in at once, on a page: the same rules as the questions of the chat,
and the mistakes of all of its fields together."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import outage_staff_texts as words
from handlers.dialogue.steps import Wrong
from handlers.staff.outage_form import has_houses_of_others, one_line
from handlers.staff.outage_page_texts import NO_END
from handlers.staff.outage_steps import (
    WrongMoment,
    as_json,
    expect_break,
    expect_works,
)
from handlers.staff.place_filled import Mistakes, PlaceReading
from services.access import AsMember
from services.outages import Draft
from services.tables import House, Outage
from services.understanding.saying.spans import Span
from services.work import Work
from services.zones import zones_of_houses

KINDS = dict(words.WHATS)


@dataclass(frozen=True)
class Filled:
    """As the page has it. `since` and `until` are local to the houses, without an offset. Of a
    single house `entrances` and `risers` are as they are called, `floors` and `flats` as typed."""

    key: str
    planned: bool | None = None
    what: str = ""
    title: str = ""
    houses: tuple[int, ...] = ()
    entrances: tuple[str, ...] = ()
    risers: tuple[str, ...] = ()
    floors: str = ""
    flats: str = ""
    since: str = ""
    until: str = ""
    open_end: bool = False
    reason: str = ""
    loud: bool = False
    openly: bool = False


class Reading(PlaceReading):
    def __init__(self, work: Work, filled: Filled) -> None:
        super().__init__(work, filled)
        self.filled = filled

    def line(self, name: str, most: int) -> str:
        try:
            return one_line(getattr(self.filled, name), most)
        except Wrong as wrong:
            self.note(name, wrong)
            return ""

    def span(self, zone: ZoneInfo) -> Span:
        filled = self.filled
        span = Span(
            self.moment("since", zone), None if filled.open_end else self.moment("until", zone)
        )
        if "since" in self.wrong or "until" in self.wrong:
            return span
        expect = expect_works if filled.planned else expect_break
        try:
            expect(self.work.now, span)
        except WrongMoment as wrong:
            self.note(wrong.which, wrong)
        if span.until is None and not filled.open_end:
            self.note("until", NO_END)
        return span

    def moment(self, name: str, zone: ZoneInfo) -> datetime | None:
        typed = getattr(self.filled, name)
        try:
            return read_local(typed, zone)
        except ValueError:
            self.note(name, words.NO_TIME)
            return None


def read_local(typed: str, zone: ZoneInfo) -> datetime | None:
    """What a field of day and hour says on the walls there. Raises `ValueError`."""
    if not typed:
        return None
    moment = datetime.fromisoformat(typed)
    if moment.tzinfo is not None or not 2000 <= moment.year < 3000:
        raise ValueError
    return moment.replace(tzinfo=zone)


async def keep(
    work: Work, viewer: AsMember, filled: Filled, outage_id: int | None = None
) -> Outage:
    """The draft that the form makes, or makes of that outage. Raises `Mistakes`, `NotYours`,
    `AlreadySo`."""
    if outage_id is None and (begun := await work.outage_lists.of_key(viewer, filled.key)):
        outage_id = begun.id
    incident = None
    if outage_id is not None:
        before = await work.outages.get(viewer, outage_id, lock=True)
        if await has_houses_of_others(work, viewer, before):
            raise Mistakes({"houses": words.HOUSES_OF_OTHERS})
        incident = before.form.get("incident")
    draft, houses = await read(work, viewer, filled)
    if incident is not None:  # the page has no field for it
        draft.form["incident"] = incident
    room = await work.rooms.of_complex(houses[0].complex_id)
    outage = await work.outages.keep(viewer, room, "desk", draft, outage_id)
    outage.loud = filled.loud and not draft.planned
    return await work.open_posts.choose(viewer, outage.id, openly=filled.openly)


async def read(work: Work, viewer: AsMember, filled: Filled) -> tuple[Draft, list[House]]:
    """Raises `Mistakes`, `NotYours` for houses of others."""
    reading = Reading(work, filled)
    if filled.planned is None:
        reading.note("planned", words.WHICH)
    if filled.what not in KINDS:
        reading.note("what", words.WHAT)
    title = reading.line("title", words.LONGEST_TITLE) if filled.what == "other" else ""
    if filled.what == "other" and not title:
        reading.note("title", words.HOW_CALLED)
    houses = await reading.houses(viewer, one_zone=True)
    zones = await zones_of_houses(work, [house.id for house in houses])
    zone = next(iter(zones), (await work.company.profile()).timezone)
    parts = await reading.parts(houses)
    span = reading.span(ZoneInfo(zone))
    reason = reading.line("reason", words.LONGEST_REASON)
    if reading.wrong:
        raise Mistakes(reading.wrong)
    form = {
        "planned": filled.planned,
        "what": filled.what,
        "title": title,
        "houses": [f"h{house.id}" for house in houses],
        "parts": parts,
        "when": as_json(span),
        "reason": reason,
        "key": filled.key,
        "page": asdict(filled),
    }
    draft = Draft(
        what=filled.what,
        title=title,
        planned=bool(filled.planned),
        reason=reason,
        since=span.since or work.now,
        until=span.until,
        places=tuple({"house_id": house.id, **part} for house in houses for part in parts or [{}]),
        form=form,
    )
    return draft, houses
