"""`/outage` as a form: what, where, when, why; then the preview. A draft that was changed begins
with its other answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from handlers import open_posts, open_texts, outages
from handlers import outage_staff_texts as words
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import Choice, Step, Text, Wrong
from handlers.dialogue.turn import Turn
from handlers.staff import forms
from handlers.staff import outage_doing as doing
from handlers.staff.outage_steps import (
    Houses,
    PartsOfHouse,
    check_accident,
    check_later,
    check_planned,
    check_sending,
    moment,
)
from services.access import AsMember
from services.errors import AlreadySo
from services.messaging.types import Button
from services.outage_rules import (
    is_night,
    moment_to_tell,
    permitted,
    working_days_ahead,
)
from services.outages import Draft
from services.tables import House, Outage
from services.work import Work
from services.zones import wall, wall_of, zone_of_outage, zones_of_houses

KEPT = ("planned", "what", "title", "houses", "parts", "when", "reason", "incident")


class OutageForm(Form):
    name = "outage"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        viewer, _, _ = await forms.who(turn)
        houses = await turn.work.places.houses_of(viewer)
        planned = bool(answers.get("planned"))
        steps: list[Step] = [
            Choice("planned", words.WHICH, options=words.KINDS),
            Choice("what", words.WHAT, options=words.WHATS, columns=2),
        ]
        if answers.get("what") == "other":
            steps.append(Text("title", words.HOW_CALLED, check=check_title))
        if len(houses) > 1:
            options = await list_houses(turn.work, houses)
            steps.append(
                Houses(
                    "houses", words.WHERE, options=options, houses=houses,
                    chosen=list(answers.get("houses") or []),
                    zone=(await turn.work.company.profile()).timezone,
                )
            )  # fmt: skip
        if house := only_house(houses, answers):
            steps.append(await parts_of(turn.work, house, answers))
        zone = await zone_of_answers(turn.work, viewer, answers)
        check = partial(check_planned if planned else check_accident, zone=zone)
        offers = words.WHEN_OFFERS if planned else words.UNTIL_OFFERS
        question = await asked_there(turn.work, words.WHEN if planned else words.UNTIL, zone)
        steps.append(Text("when", question, check=check, offers=offers))
        offered = words.REASONS_OFFERED[planned]
        steps.append(
            Text("reason", words.REASON, optional=True, check=check_reason, offers=offered)
        )
        return steps

    async def finish(self, turn: Turn, answers: Answers) -> None:
        viewer, room, way = await forms.who(turn)
        if answers.get("draft"):
            before = await turn.work.outages.get(viewer, answers["draft"], lock=True)
            if await has_houses_of_others(turn.work, viewer, before):
                await turn.say(words.HOUSES_OF_OTHERS)
                return
        when, places = answers["when"], await places_of(turn.work, viewer, answers)
        if len(await zones_of_houses(turn.work, [each["house_id"] for each in places])) > 1:
            await turn.say(words.SEVERAL_ZONES)
            return
        draft = Draft(
            what=answers["what"],
            title=answers.get("title") or "",
            planned=answers["planned"],
            reason=answers["reason"] or "",
            since=moment(when["since"]) or turn.work.now,
            until=moment(when["until"]),
            places=tuple(places),
            form={key: answers[key] for key in KEPT if key in answers},
        )
        try:
            outage = await turn.work.outages.keep(viewer, room, way, draft, answers.get("draft"))
        except AlreadySo:
            await turn.say(words.ALREADY)
            return
        await show_preview(turn, outage)

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.STOPPED)


async def list_houses(work: Work, houses: Sequence[House]) -> list[tuple[str, str]]:
    """Whole complexes first, where they have several houses."""
    mine = {house.id for house in houses}
    whole = []
    for complex_ in await work.places.complexes():
        theirs = [house.id for house in await work.places.houses(complex_.id)]
        if len(theirs) > 1 and set(theirs) <= mine:
            whole.append((f"c{complex_.id}", f"{complex_.name}, все дома"))
    return [*whole, *((f"h{house.id}", house.address) for house in houses)]


def only_house(houses: Sequence[House], answers: Answers) -> House | None:
    if len(houses) == 1:
        return houses[0]
    chosen = answers.get("houses") or []
    if len(chosen) != 1 or not chosen[0].startswith("h"):
        return None
    return next((house for house in houses if f"h{house.id}" == chosen[0]), None)


async def parts_of(work: Work, house: House, answers: Answers) -> PartsOfHouse:
    entrances = await work.places.entrances(house.id)
    options: list[tuple[Any, str]] = [(None, words.WHOLE)]
    if len(entrances) > 1:
        options += [({"entrance_id": e.id}, f"Подъезд {e.number}") for e in entrances]
    return PartsOfHouse(
        "parts", words.PARTS, options=options, columns=2, house=house,
        chosen=list(answers.get("parts") or []),
    )  # fmt: skip


async def places_of(work: Work, viewer: AsMember, answers: Answers) -> list[dict[str, Any]]:
    """Of houses that the member works for, whatever a forged answer says."""
    houses = await work.places.houses_of(viewer)
    if house := only_house(houses, answers):
        parts = answers.get("parts") or [{}]
        return [{"house_id": house.id, **part} for part in parts]
    chosen = set(answers["houses"])
    return [
        {"house_id": house.id}
        for house in houses
        if f"h{house.id}" in chosen or f"c{house.complex_id}" in chosen
    ]


async def zone_of_answers(work: Work, viewer: AsMember, answers: Answers) -> str:
    houses = await work.places.houses_of(viewer)
    chosen = answers.get("houses") or len(houses) == 1
    places = await places_of(work, viewer, answers) if chosen else []
    zones = await zones_of_houses(work, [each["house_id"] for each in places])
    return next(iter(zones), (await work.company.profile()).timezone)


async def asked_there(work: Work, question: str, zone: str) -> str:
    there, here = wall(zone)(work.now), await work.company.local(work.now)
    same = there.utcoffset() == here.utcoffset()
    return question if same else words.by_their_clock(question, there)


async def has_houses_of_others(work: Work, viewer: AsMember, outage: Outage) -> bool:
    """A change by this member would drop them. A house that left the company file is nobody's."""
    mine = {house.id for house in await work.places.houses_of(viewer)}
    others = {place.house_id for place in await work.outages.places(outage)} - mine
    found = [await work.places.house(each) for each in others]
    return any(house is not None and house.withdrawn_at is None for house in found)


async def check_title(turn: Turn, typed: str) -> str:
    return one_line(typed, words.LONGEST_TITLE)


async def check_reason(turn: Turn, typed: str) -> str:
    return one_line(typed, words.LONGEST_REASON)


def one_line(typed: str, most: int) -> str:
    """Raises `Wrong`."""
    if len(typed) > most:
        raise Wrong(words.over_length(len(typed), most))
    return " ".join(typed.split()).rstrip(".")


# ── The preview ──────────────────────────────────────────────────────────────


async def show_preview(turn: Turn, outage: Outage) -> None:
    work = turn.work
    what = await outages.compose(work, outage, "announced")
    reach = await work.audience.measure(outage.id)
    text = words.preview(f"{what.header}\n{what.text}", reach, await warn(work, outage))
    await turn.say(text, await preview_buttons(work, outage))


async def preview_buttons(work: Work, outage: Outage) -> list[list[Button]]:
    rows = [[Button(label=words.SEND, action=f"staff/outsend/{outage.id}")]]
    if outage.planned:
        rows[0].append(Button(label=words.PLAN, action=f"staff/outplan/{outage.id}"))
    elif not outage.loud and await is_night(work, outage):
        rows.append([Button(label=words.LOUD, action=f"staff/outloud/{outage.id}")])
    houses = await work.open_posts.houses_of_outage(outage)
    toggle = f"staff/outopen/{outage.id}"
    rows.append(
        [
            *await open_posts.toggle_button(work, houses, outage.open_to, toggle),
            Button(label=open_texts.CHAT_TEXT, action=f"staff/outtext/{outage.id}"),
        ]
    )
    rows.append(
        [
            Button(label=words.CHANGE, action=f"staff/outedit/{outage.id}"),
            Button(label=words.CANCEL, action=f"staff/outdrop/{outage.id}"),
        ]
    )
    return rows


async def warn(work: Work, outage: Outage) -> list[str]:
    local, now = await wall_of(work, outage), work.now
    warnings = await prevents(work, outage)
    if outage.planned and not warnings:
        wanted = (await work.company.profile()).outages.announce_days
        days = await working_days_ahead(work, outage, now)
        if days < wanted:
            warnings.append(words.announced_late(days, wanted))
        leaves = await moment_to_tell(work, outage)
        if leaves > now:
            warnings.append(words.in_the_morning(local(leaves), local(now)))
        elif await is_night(work, outage):
            warnings.append(words.NOT_BY_MORNING)
    bound = await permitted(work, outage)
    if outage.until and bound is not None and outage.until - outage.since > bound:
        warnings.append(words.too_long(outage.until - outage.since, bound))
    if not outage.planned and await is_night(work, outage):
        warnings.append(words.LOUD_NOW if outage.loud else words.AT_NIGHT)
    return warnings


async def prevents(work: Work, outage: Outage) -> list[str]:
    """Why it cannot be told as it is: a draft may lie for a while."""
    local, now = await wall_of(work, outage), work.now
    leaves = await moment_to_tell(work, outage)
    if outage.until is not None and outage.until <= leaves:
        return [words.already_over(local(outage.until), local(now))]
    if outage.planned and outage.since <= leaves:
        return [words.already_begun(local(outage.since), local(now))]
    return []


# ── One question each ────────────────────────────────────────────────────────


async def asked_of(turn: Turn, question: str, outage_id: int) -> tuple[str, str]:
    """And the zone of its houses."""
    viewer, _, _ = await forms.who(turn)
    outage = await turn.work.outages.get(viewer, outage_id)
    zone = await zone_of_outage(turn.work, outage)
    return await asked_there(turn.work, question, zone), zone


class ChangeForm(Form):
    """What of a draft to change: the rest is kept."""

    name = "outage_change"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        return [Choice("field", words.WHAT_TO_CHANGE, options=words.CHANGES, columns=2)]

    async def finish(self, turn: Turn, answers: Answers) -> None:
        field = answers["field"]
        kept = {key: value for key, value in answers["kept"].items() if key != field}
        if field == "what":  # its kind as well: an accident may turn out to be planned works
            kept = {k: v for k, v in kept.items() if k not in ("planned", "title", "when")}
        if field == "houses":
            kept.pop("parts", None)
            viewer, _, _ = await forms.who(turn)
            if len({house.timezone for house in await turn.work.places.houses_of(viewer)}) > 1:
                kept.pop("when", None)  # it was read by the clock of the houses before
        await OUTAGE.start(turn, **kept, draft=answers["draft"])

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.KEPT)


class PlanForm(Form):
    """When a draft is to go out."""

    name = "outage_plan"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        question, zone = await asked_of(turn, words.WHEN_TO_SEND, answers["outage"])
        check = partial(check_sending, zone=zone)
        return [Text("at", question, check=check, offers=words.SEND_OFFERS)]

    async def finish(self, turn: Turn, answers: Answers) -> None:
        work = turn.work
        viewer, _, _ = await forms.who(turn)
        outage = await work.outages.get(viewer, answers["outage"], lock=True)
        try:
            told = await doing.schedule(work, viewer, outage, datetime.fromisoformat(answers["at"]))
        except Wrong as wrong:
            await turn.say(str(wrong), await preview_buttons(work, outage))
        except AlreadySo:
            await turn.say(words.ALREADY)
        else:
            await turn.say(told)

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.KEPT)


class LongerForm(Form):
    """Until when it lasts now."""

    name = "outage_longer"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        question, zone = await asked_of(turn, words.UNTIL_WHEN, answers["outage"])
        check = partial(check_later, zone=zone)
        return [Text("until", question, check=check, offers=words.LONGER_OFFERS)]

    async def finish(self, turn: Turn, answers: Answers) -> None:
        work = turn.work
        viewer, _, _ = await forms.who(turn)
        outage = await work.outages.get(viewer, answers["outage"], lock=True)
        try:
            told = await doing.prolong(work, viewer, outage, moment(answers["until"]["until"]))
        except Wrong as wrong:
            await turn.say(str(wrong))
        except AlreadySo:
            await turn.say(words.ALREADY)
        else:
            await turn.say(told, [[words.report_button(outage)]])

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.SAME_TERM)


OUTAGE, CHANGE, PLAN, LONGER = OutageForm(), ChangeForm(), PlanForm(), LongerForm()
forms.FORMS.update({form.name: form for form in (OUTAGE, CHANGE, PLAN, LONGER)})
