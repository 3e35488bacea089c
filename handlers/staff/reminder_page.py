"""Reminders of what is owed on the desk's page: the form filled in at once, and what is shown of
one. The rules and the words are those of `/debts`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handlers import reminder_page_texts as page_words
from handlers import reminder_staff_texts as words
from handlers import reminders, wording
from handlers.dialogue.steps import Wrong
from handlers.staff.mailing_steps import EVERYWHERE
from handlers.staff.outage_page import Json, name_channels, show_figures
from handlers.staff.place_filled import Mistakes
from handlers.staff.reminder_form import around, houses_of, read_sum, read_words, samples
from services.access import AsMember
from services.errors import NotYours
from services.messaging.types import Keyboard
from services.reminder_audience import Debtors
from services.reminder_draft import ReminderDraft
from services.tables import Reminder
from services.work import Work

KINDS = dict(words.KINDS)
TONES = dict(words.TONES)
MONTHS = dict(words.MONTHS)


@dataclass(frozen=True)
class FilledReminder:
    """As the page has it. `least`: roubles as typed, empty for any sum. `where`: all, or those of
    `houses`. `monthly`: each month again, once it is planned."""

    key: str
    kind: str = ""
    least: str = ""
    months: int = 0
    where: str = ""
    houses: tuple[int, ...] = ()
    tone: str = ""
    text: str = ""
    monthly: bool = False


async def keep(
    work: Work, viewer: AsMember, filled: FilledReminder, reminder_id: int | None = None
) -> Reminder:
    """The draft that the form makes, or makes of that reminder. Raises `Mistakes`, `NotYours`,
    `AlreadySo`."""
    if reminder_id is None and (begun := await work.reminders.of_key(viewer, filled.key)):
        reminder_id = begun.id
    theirs = await work.places.houses_of(viewer)
    if not set(filled.houses) <= {house.id for house in theirs}:
        raise NotYours
    draft = await read(work, viewer, filled)
    houses = [each for each in theirs if each.id in draft.debtors.houses] or theirs
    room = await work.rooms.of_complex(houses[0].complex_id if houses else None)
    return await work.reminders.keep(viewer, room, "desk", draft, reminder_id)


async def read(work: Work, viewer: AsMember, filled: FilledReminder) -> ReminderDraft:
    wrong: dict[str, str] = {}
    least, text = 0, filled.text
    if filled.kind not in KINDS:
        wrong["kind"] = page_words.WHICH_KIND
    try:
        least = read_sum(filled.least) if filled.least.strip() else 0
    except Wrong as why:
        wrong["least"] = str(why)
    if filled.months not in MONTHS:
        wrong["months"] = page_words.HOW_LONG
    if filled.tone not in TONES:
        wrong["tone"] = page_words.WHICH_TONE
    chosen = [EVERYWHERE] if filled.where == "all" else [f"h{each}" for each in filled.houses]
    houses = await houses_of(work, viewer, {"houses": chosen}) if chosen else None
    if filled.where not in ("all", "some"):
        wrong["where"] = page_words.WHERE
    elif houses is None:
        wrong["houses"] = page_words.WHICH_HOUSES
    if not text.strip():
        wrong["text"] = page_words.WHICH_WORDS
    else:
        try:
            text = read_words(text, filled.kind, await work.reminders.with_sums())
        except Wrong as why:
            wrong["text"] = str(why)
    if wrong:
        raise Mistakes(wrong)
    months = filled.months if filled.kind == "debt" else 0
    answers: dict[str, Any] = {
        "kind": filled.kind, "least": least, "months": months, "houses": chosen,
        "tone": filled.tone, "words": text,
    }  # fmt: skip
    return ReminderDraft(
        kind=answers["kind"],
        tone=answers["tone"],
        text=text,
        debtors=Debtors(least=least, months=months, houses=houses or ()),
        form={**answers, "key": filled.key},
    )


# ── What is shown ────────────────────────────────────────────────────────────


async def show_line(work: Work, it: Reminder) -> Json:
    """In the lists."""
    local, now = work.company.local, await work.company.local(work.now)
    moment = it.start_at if it.state == "scheduled" else it.started_at
    came = await work.reminders.result(it, answers=False) if it.started_at else None
    return {
        "id": it.id,
        "state": it.state,
        "title": page_words.title(it),
        "whom": await reminders.name_whom(work, it),
        "monthly": bool(it.repeats),
        "at": wording.name_moment(await local(moment), now) if moment else "",
        "reach": show_figures(came.states, came.refused) if came else None,
        "may": list(may(it)),
    }


async def show_whole(work: Work, it: Reminder) -> Json:
    lines: list[str] = []
    if it.started_at is not None:
        morning = await reminders.goes_on_at(work, it)
        came = await work.reminders.result(it)
        whom = await reminders.name_whom(work, it)
        lines = words.progress(it, came, whom, morning).split("\n")[2:]  # the picture says these
    found = await samples(work, it)  # whom it reaches is not counted anew with each look
    return {**await show_line(work, it), "samples": show_samples(found, it), "words": lines}


def show_samples(found: list[tuple[str, str, Keyboard]], it: Reminder) -> list[Json]:
    """Just what residents get, for each way it may look."""
    header = reminders.compose(it).header
    return [
        {
            "label": label,
            "header": header,
            "text": text,
            "buttons": [button.label for row in keyboard.rows for button in row],
        }
        for label, text, keyboard in found
    ]


async def show_preview(work: Work, it: Reminder) -> Json:
    """As residents will have it, whom it reaches, and who is left out."""
    owing = await work.reminders.measure(it)
    whom, warnings = await around(work, it, owing)
    return {
        "id": it.id,
        "samples": show_samples(await samples(work, it, owing.people), it),
        "receivers": {
            "words": "\n".join([*words.receivers(owing), f"Кому: {whom}."]),
            "people": name_channels(owing.people),
            "everybody": owing.everybody,
            "flats": {"all": 0, "reached": 0},
        },
        "warnings": warnings,
        "prevents": [],
        "openly": "",
    }


def may(it: Reminder) -> tuple[str, ...]:
    """What the buttons of the page may do with it."""
    return {
        "draft": ("change", "stop"),
        "scheduled": ("change", "stop"),
        "running": ("hold", "stop"),
        "paused": ("go", "stop"),
    }.get(it.state, ())


def filled_of(it: Reminder) -> FilledReminder:
    audience = it.audience
    roubles, kopecks = divmod(audience["least"], 100)
    return FilledReminder(
        key=str(it.form.get("key") or f"reminder {it.id}"),
        kind=it.kind,
        least=(f"{roubles},{kopecks:02}" if kopecks else str(roubles)) if audience["least"] else "",
        months=audience["months"],
        where="some" if audience["houses"] else "all",
        houses=tuple(audience["houses"]),
        tone=it.tone,
        text=it.text,
        monthly=bool(it.repeats),
    )
