"""`/outage` as a form: what, where, when, why; then the preview. A draft that was changed begins
with its other answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handlers import outage_staff_texts as words
from handlers import outages
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import Choice, Step, Text, Wrong
from handlers.dialogue.turn import Turn
from handlers.staff import forms
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
    waits_too_long,
    working_days_ahead,
)
from services.outages import Draft
from services.tables import House, Outage
from services.work import Work

KEPT = ("planned", "what", "title", "houses", "parts", "when", "reason")


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
                )
            )  # fmt: skip
        if house := only_house(houses, answers):
            steps.append(await parts_of(turn.work, house, answers))
        if planned:
            steps.append(Text("when", words.WHEN, check=check_planned, offers=words.WHEN_OFFERS))
        else:
            offers = words.UNTIL_OFFERS
            steps.append(Text("when", words.UNTIL, check=check_accident, offers=offers))
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
        when = answers["when"]
        draft = Draft(
            what=answers["what"],
            title=answers.get("title") or "",
            planned=answers["planned"],
            reason=answers["reason"] or "",
            since=moment(when["since"]) or turn.work.now,
            until=moment(when["until"]),
            places=tuple(await places_of(turn.work, viewer, answers)),
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


async def has_houses_of_others(work: Work, viewer: AsMember, outage: Outage) -> bool:
    """A change by this member would drop them. A house that left the company file is nobody's."""
    mine = {house.id for house in await work.places.houses_of(viewer)}
    others = {place.house_id for place in await work.outages.places(outage)} - mine
    found = [await work.places.house(each) for each in others]
    return any(house is not None and house.withdrawn_at is None for house in found)


async def check_title(turn: Turn, typed: str) -> str:
    if len(typed) > words.LONGEST_TITLE:
        raise Wrong(words.TOO_LONG)
    return " ".join(typed.split()).rstrip(".")


async def check_reason(turn: Turn, typed: str) -> str:
    if len(typed) > words.LONGEST_REASON:
        raise Wrong(words.TOO_LONG)
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
    elif await is_night(work) and not outage.loud:
        rows.append([Button(label=words.LOUD, action=f"staff/outloud/{outage.id}")])
    rows.append(
        [
            Button(label=words.CHANGE, action=f"staff/outedit/{outage.id}"),
            Button(label=words.CANCEL, action=f"staff/outdrop/{outage.id}"),
        ]
    )
    return rows


async def warn(work: Work, outage: Outage) -> list[str]:
    local, now = work.company.local, work.now
    warnings = await prevents(work, outage)
    if outage.planned and not warnings:
        wanted = (await work.company.profile()).outages.announce_days
        days = await working_days_ahead(work, outage, now)
        if days < wanted:
            warnings.append(words.announced_late(days, wanted))
        leaves = await moment_to_tell(work, outage)
        if leaves > now:
            warnings.append(words.in_the_morning(await local(leaves), await local(now)))
        elif await is_night(work):
            warnings.append(words.NOT_BY_MORNING)
    bound = await permitted(work, outage)
    if outage.until and bound is not None and outage.until - outage.since > bound:
        warnings.append(words.too_long(outage.until - outage.since, bound))
    if not outage.planned and await is_night(work):
        warnings.append(words.LOUD_NOW if outage.loud else words.AT_NIGHT)
    return warnings


async def prevents(work: Work, outage: Outage) -> list[str]:
    """Why it cannot be told as it is: a draft may lie for a while."""
    local, now, leaves = work.company.local, work.now, await moment_to_tell(work, outage)
    if outage.until is not None and outage.until <= leaves:
        return [words.already_over(await local(outage.until), await local(now))]
    if outage.planned and outage.since <= leaves:
        return [words.already_begun(await local(outage.since), await local(now))]
    return []


# ── One question each ────────────────────────────────────────────────────────


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
        await OUTAGE.start(turn, **kept, draft=answers["draft"])

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.KEPT)


class PlanForm(Form):
    """When a draft is to go out."""

    name = "outage_plan"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        offers = words.SEND_OFFERS
        return [Text("at", words.WHEN_TO_SEND, check=check_sending, offers=offers)]

    async def finish(self, turn: Turn, answers: Answers) -> None:
        work = turn.work
        viewer, _, _ = await forms.who(turn)
        outage = await work.outages.get(viewer, answers["outage"], lock=True)
        at = datetime.fromisoformat(answers["at"])
        if at >= outage.since:
            await turn.say(words.SEND_LATE, await preview_buttons(work, outage))
            return
        if await waits_too_long(work, outage, at):
            await turn.say(words.SEND_LATE_BY_NIGHT, await preview_buttons(work, outage))
            return
        try:
            await outages.schedule(work, viewer, outage, at)
        except AlreadySo:
            await turn.say(words.ALREADY)
            return
        assert outage.announce_at is not None
        local, title = work.company.local, await outages.staff_title(work, outage)
        told = words.planned(title, await local(outage.announce_at), await local(work.now))
        await turn.say(told)

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.KEPT)


class LongerForm(Form):
    """Until when it lasts now."""

    name = "outage_longer"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        offers = words.LONGER_OFFERS
        return [Text("until", words.UNTIL_WHEN, check=check_later, offers=offers)]

    async def finish(self, turn: Turn, answers: Answers) -> None:
        work = turn.work
        viewer, _, _ = await forms.who(turn)
        outage = await work.outages.get(viewer, answers["outage"], lock=True)
        until = moment(answers["until"]["until"])
        if outage.state != "announced":
            await turn.say(words.ALREADY)
            return
        if until is not None and until <= outage.since:
            await turn.say(words.ENDS_FIRST)
            return
        outage.until = until
        what = await outages.compose(work, outage, "prolonged")
        notice = await work.outages.prolong(viewer, outage, until, what)
        title = await outages.staff_title(work, outage)
        count = sum(notice.people.values())
        lines = [words.prolonged(title, count)]
        bound = await permitted(work, outage)
        if until and bound is not None and until - outage.since > bound:
            lines.append(f"⚠️ {words.too_long(until - outage.since, bound)}")
        await turn.say("\n".join(lines), [[words.report_button(outage)]])

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.SAME_TERM)


OUTAGE, CHANGE, PLAN, LONGER = OutageForm(), ChangeForm(), PlanForm(), LongerForm()
forms.FORMS.update({form.name: form for form in (OUTAGE, CHANGE, PLAN, LONGER)})
