"""What is asked of a member about an incident: until when, what to write to all, what it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers import incident_posts, incidents
from handlers import incident_texts as words
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import Choice, Step, Text, Wrong
from handlers.dialogue.turn import Turn, plain
from handlers.staff import forms
from handlers.wording import sign_member
from services.errors import AlreadyEnded, AlreadySo
from services.tables import Incident
from services.understanding.saying.spans import read_span

EVENING = time(20)
LEAST = timedelta(hours=1)  # till the evening, when that has nearly come
NOT_KNOWN = {plain(words.UNKNOWN), "неизвестно", "не знаем", "не известно"}


class UntilForm(Form):
    name = "incident_until"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        viewer, _, _ = await forms.who(turn)
        incident = await turn.work.incidents.get(viewer, answers["incident"])
        zone = await turn.work.company.zone_of_house(incident.house_id)

        async def check(turn: Turn, typed: str) -> str:
            until = read_until(turn.work.now, typed, zone)
            return until.isoformat() if until else ""

        return [Text("until", words.ASK_UNTIL, check=check, offers=words.UNTIL_OFFERS)]

    async def finish(self, turn: Turn, answers: Answers) -> None:
        work = turn.work
        viewer, _, _ = await forms.who(turn)
        until = datetime.fromisoformat(answers["until"]) if answers["until"] else None
        try:
            incident = await work.incidents.expect_until(viewer, answers["incident"], until)
        except AlreadyEnded:
            await turn.say(words.ENDED)
            return
        author = await sign(turn)
        count = await incidents.expect_until(work, viewer, incident, author, until)
        wall = await incident_posts.wall_of(work, incident)
        local = wall(until) if until else None
        await turn.say(words.set_until(incident, local, wall(work.now), count))

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.SAME_TERM)


class WriteForm(Form):
    name = "incident_write"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        incident = await which(turn, answers)
        count = await turn.work.followers.open_ones(incident)
        return [
            Text("text", words.ASK_TEXT, check=check_text),
            Confirm("send", "", options=[("send", words.SEND)], count=count),
        ]

    async def finish(self, turn: Turn, answers: Answers) -> None:
        viewer, _, _ = await forms.who(turn)
        incident = await turn.work.incidents.get(viewer, answers["incident"], lock=True)
        if incident.state != "open":
            await turn.say(words.ENDED)
            return
        author, text = await sign(turn), answers["text"]
        _, count = await incidents.tell_all(turn.work, incident, viewer, author, text)
        await turn.say(words.written(incident, count))

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.STOPPED)


class CloseForm(Form):
    name = "incident_close"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        return [
            Text(
                "outcome", words.ASK_OUTCOME, optional=True, check=check_outcome,
                offers=words.OUTCOMES,
            )
        ]  # fmt: skip

    async def finish(self, turn: Turn, answers: Answers) -> None:
        work = turn.work
        viewer, _, _ = await forms.who(turn)
        try:
            incident = await work.incidents.close(
                viewer, answers["incident"], answers["outcome"] or ""
            )
        except AlreadySo:
            await turn.say(words.ALREADY)
            return
        await incidents.end(work, incident)
        await turn.say(words.is_closed(incident, await work.followers.open_ones(incident)))

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.KEPT_OPEN)


class Confirm(Choice):
    """What will be sent, and to how many."""

    def __init__(self, key: str, question: str, *, options: list[Any], count: int) -> None:
        super().__init__(key, question, options=options)
        self._count = count

    async def ask(self, turn: Turn, answers: dict[str, Any]) -> str:
        return words.preview(answers["text"], self._count)


async def which(turn: Turn, answers: Answers) -> Incident:
    viewer, _, _ = await forms.who(turn)
    return await turn.work.incidents.get(viewer, answers["incident"])


async def sign(turn: Turn) -> str:
    viewer, _, _ = await forms.who(turn)
    return sign_member(await turn.work.staff.get(viewer.member_id))


async def check_text(turn: Turn, typed: str) -> str:
    if len(typed) > words.LONGEST:
        raise Wrong(words.too_long(len(typed), words.LONGEST))
    return typed.strip()


async def check_outcome(turn: Turn, typed: str) -> str:
    if len(typed) > words.LONGEST_OUTCOME:
        raise Wrong(words.too_long(len(typed), words.LONGEST_OUTCOME))
    return " ".join(typed.split())


def read_until(now: datetime, typed: str, zone: str) -> datetime | None:
    """By the clock of that zone; None for «Пока не знаем». Raises `Wrong`."""
    if plain(typed) in NOT_KNOWN:
        return None
    local = now.astimezone(ZoneInfo(zone))
    if plain(typed) == plain(words.TILL_EVENING):
        evening = datetime.combine(local.date(), EVENING, tzinfo=local.tzinfo)
        return max(evening, local + LEAST)
    span = read_span(typed, local)
    until = (span.until or span.since) if span else None
    if until is None:
        raise Wrong(words.NO_TIME)
    if until <= now:
        raise Wrong(words.IN_PAST)
    return until


UNTIL, WRITE, CLOSE = UntilForm(), WriteForm(), CloseForm()
forms.FORMS.update({form.name: form for form in (UNTIL, WRITE, CLOSE)})
