"""`/debts` as a form: about what, whom, in which words; then the preview. A draft that was changed
begins with its other answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from handlers import reminder_staff_texts as words
from handlers import reminder_texts, reminders, wording
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import Choice, Step, Text, Wrong
from handlers.dialogue.turn import Turn
from handlers.mailing_staff_texts import EVERYWHERE as EVERYWHERE_LABEL
from handlers.mailing_staff_texts import SEND_OFFERS, WHERE, units
from handlers.staff import forms
from handlers.staff.mailing_steps import EVERYWHERE, HousesToMail, check_sending
from handlers.staff.outage_form import list_houses, places_of
from services.access import AsMember
from services.errors import AlreadySo, NotYours, SameMailing
from services.messaging.types import Button, Keyboard
from services.reminder_audience import Debtors, Owing
from services.reminder_draft import (
    ReminderDraft,
    fill,
    names,
    unknown_variables,
    without_sums,
)
from services.tables import Reminder
from services.work import Work

KEPT = ("kind", "least", "months", "houses", "tone", "words")
FRESH = timedelta(days=5)
_SUM = re.compile(
    r"(?:от\s*)?(\d[\d\s\xa0]*)(?:[.,](\d{1,2}))?\s*(?:₽|р\.?|руб\w*\.?)?", re.IGNORECASE
)
_DEBT = re.compile(
    r"\bдолг(?:а|у|и|ом|е|ов|ам|ами|ах)?\b|задолж|просроч|\bдолжни[кц]", re.IGNORECASE
)


class ReminderForm(Form):
    name = "reminder"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        viewer, _, _ = await forms.who(turn)
        houses = await turn.work.places.houses_of(viewer)
        steps: list[Step] = [
            Choice("kind", words.WHICH_KIND, options=words.KINDS),
            Text("least", words.HOW_MUCH, check=check_sum, offers=words.LEAST_OFFERS),
        ]
        if answers.get("kind") == "debt":
            steps.append(Choice("months", words.HOW_LONG, options=words.MONTHS, columns=2))
        if len(houses) > 1:
            options = [(EVERYWHERE, EVERYWHERE_LABEL), *await list_houses(turn.work, houses)]
            chosen = list(answers.get("houses") or [])
            steps.append(
                HousesToMail("houses", WHERE, options=options, houses=houses, chosen=chosen)
            )
        steps.append(Choice("tone", words.WHICH_TONE, options=words.TONES))
        kind, tone = answers.get("kind", "debt"), answers.get("tone", "kind")
        sums = await turn.work.reminders.with_sums()
        template = reminder_texts.TONES[kind, tone]
        check = partial(check_words, kind=kind, template=template, sums=sums)
        question = words.text_of(template, sums=sums)
        steps.append(Text("words", question, check=check, offers=(words.KEEP_TEXT,)))
        return steps

    async def finish(self, turn: Turn, answers: Answers) -> None:
        viewer, room, way = await forms.who(turn)
        if way == "room":
            raise NotYours
        houses = await houses_of(turn.work, viewer, answers)
        if houses is None:
            await turn.say(words.NO_HOUSES)
            return
        draft = ReminderDraft(
            kind=answers["kind"],
            tone=answers["tone"],
            text=answers["words"],
            debtors=Debtors(
                least=answers["least"],
                months=answers.get("months") or 0,
                houses=houses,
            ),
            form={key: answers[key] for key in KEPT if key in answers},
        )
        work = turn.work
        try:
            reminder = await work.reminders.keep(viewer, room, way, draft, answers.get("draft"))
        except AlreadySo:
            await turn.say(words.ALREADY)
            return
        await show_preview(turn, reminder)

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.STOPPED_WRITING)


async def houses_of(work: Work, viewer: AsMember, answers: Answers) -> tuple[int, ...] | None:
    """Those that the member works for, whatever a forged answer says. Empty: all there are, also
    accounts whose house the company's list does not have. None: they work for none of these any
    more."""
    everywhere = answers.get("houses") == [EVERYWHERE]
    if everywhere and (viewer.role == "admin" or not viewer.rooms):
        return ()
    if everywhere:
        houses = [house.id for house in await work.places.houses_of(viewer)]
    else:
        houses = [place["house_id"] for place in await places_of(work, viewer, answers)]
    return tuple(houses) or None


async def check_sum(turn: Turn, typed: str) -> int:
    """Raises `Wrong`."""
    return read_sum(typed)


def read_sum(typed: str) -> int:
    """Kopecks. Raises `Wrong`."""
    if "люб" in typed.casefold():
        return 0
    found = _SUM.fullmatch(typed.strip())
    if found is None:
        raise Wrong(words.NO_SUM)
    roubles = int(re.sub(r"\D", "", found[1]))
    if roubles > 100_000_000:
        raise Wrong(words.NO_SUM)
    return roubles * 100 + int((found[2] or "").ljust(2, "0"))


async def check_words(
    turn: Turn, typed: str, *, kind: str, template: str, sums: Sequence[str]
) -> str:
    """Raises `Wrong`."""
    if typed.strip().casefold() == words.KEEP_TEXT.casefold():
        return template
    return read_words(typed, kind, sums)


def read_words(typed: str, kind: str, sums: Sequence[str]) -> str:
    """`sums`: the messengers in which a sum may be named. Raises `Wrong`."""
    text = typed.strip()
    if units(text) > words.LONGEST:
        raise Wrong(words.too_long(text))
    if strange := unknown_variables(text):
        raise Wrong(words.unknown_variable(strange))
    if names(text, "sum") and not sums:
        raise Wrong(words.SUMS_NOT_ALLOWED)
    if not without_sums(text):
        raise Wrong(words.ONLY_SUM)
    if kind == "payment" and _DEBT.search(text):
        raise Wrong(words.NO_DEBT_YET)
    return text


# ── The preview ──────────────────────────────────────────────────────────────


async def show_preview(turn: Turn, reminder: Reminder) -> None:
    """Just what residents get, for each way it may look; then whom it goes to."""
    owing = await turn.work.reminders.measure(reminder)
    for label, text, keyboard in await samples(turn.work, reminder, owing.people):
        await turn.say(label)
        await turn.say(
            text, [list(row) for row in keyboard.rows], header=reminders.compose(reminder).header
        )
    text = words.preview(owing, *await around(turn.work, reminder, owing))
    await turn.say(text, words.draft_buttons(reminder))


async def samples(
    work: Work, reminder: Reminder, used: Collection[str] = ()
) -> list[tuple[str, str, Keyboard]]:
    """With the messengers that show it so, of those that are `used`, or of all there are; the
    words; and buttons that change nothing."""
    channels = list(used) or await work.mailings.channels() or ["web"]
    with_sums = await work.reminders.with_sums() if names(reminder.text, "sum") else []
    found = []
    for summed in (True, False):
        where = [each for each in channels if (each in with_sums) == summed]
        if not where:
            continue
        text = fill(
            reminder.text if summed else without_sums(reminder.text),
            name=words.SAMPLE_NAME, address=words.SAMPLE_PLACE,
            date=f"{await sample_day(work, reminder):%d.%m.%Y}",
            amount=wording.name_sum(words.SAMPLE_SUM),
        )  # fmt: skip
        what = reminders.compose(reminder, text, sample=True)
        assert what.keyboard is not None
        found.append((words.samples(where), text, what.keyboard))
    return found


async def sample_day(work: Work, reminder: Reminder) -> date:
    """The next day to pay by; of an overdue one, the last that is over."""
    today = (await work.company.local(work.now)).date()
    pay_by = (await work.company.profile()).accounts.reminders.pay_by
    day = today.replace(day=pay_by)
    if reminder.kind == "payment" and day < today:
        return (day.replace(day=1) + timedelta(days=31)).replace(day=pay_by)
    if reminder.kind == "debt" and day >= today:
        return (day.replace(day=1) - timedelta(days=1)).replace(day=pay_by)
    return day


async def around(work: Work, reminder: Reminder, owing: Owing) -> tuple[str, list[str]]:
    """Whom it is for, and what is to be warned of."""
    warnings, local = [], work.company.local
    if morning := await reminders.goes_on_at(work, reminder):
        warnings.append(words.not_now(morning))
    last = await work.imports.last("debts")
    if last is None:
        warnings.append(words.NO_DATA)
    elif last.at < work.now - FRESH:
        then = await local(last.at)
        warnings.append(words.old_data(wording.name_day(then, await local(work.now))))
    return await reminders.name_whom(work, reminder), warnings


# ── One question each ────────────────────────────────────────────────────────


class ChangeForm(Form):
    """What of a draft to change: the rest is kept."""

    name = "reminder_change"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        return [Choice("field", words.WHAT_TO_CHANGE, options=words.CHANGES, columns=2)]

    async def finish(self, turn: Turn, answers: Answers) -> None:
        field = answers["field"]
        gone = {field}
        gone |= {"words"} if field == "tone" else set()
        gone |= {"months", "tone", "words"} if field == "kind" else set()
        kept = {key: value for key, value in answers["kept"].items() if key not in gone}
        await REMINDER.start(turn, **kept, draft=answers["draft"])

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.KEPT)


class PlanForm(Form):
    """When a draft is to go out, and whether each month."""

    name = "reminder_plan"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        question = words.WHEN_FIRST if answers["monthly"] else words.WHEN_TO_SEND
        return [Text("at", question, check=check_sending, offers=SEND_OFFERS)]

    async def finish(self, turn: Turn, answers: Answers) -> None:
        work, monthly = turn.work, answers["monthly"]
        viewer, _, _ = await forms.who(turn)
        reminder = await work.reminders.get(viewer, answers["reminder"], lock=True)
        at = datetime.fromisoformat(answers["at"])
        try:
            await work.reminders.schedule(viewer, reminder, at, monthly=monthly)
        except AlreadySo:
            await turn.say(words.ALREADY)
            return
        except SameMailing as same:
            await turn.say(await name_same(work, same.args[0]), words.draft_buttons(reminder))
            return
        local = work.company.local
        told = words.planned(await local(at), await local(work.now), monthly=monthly)
        await turn.say(told, words.draft_buttons(reminder))

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.KEPT)


async def name_same(work: Work, reminder_id: int) -> str:
    other = await work.session.get_one(Reminder, reminder_id)
    moment = other.start_at if other.state == "scheduled" else other.started_at
    local = work.company.local
    return words.same(await local(moment or other.made_at), await local(work.now), other.state)


def show_buttons(reminder_id: int) -> list[list[Button]]:
    return [[words.button(words.SHOW, "debt", reminder_id)]]


REMINDER, CHANGE, PLAN = ReminderForm(), ChangeForm(), PlanForm()
forms.FORMS.update({form.name: form for form in (REMINDER, CHANGE, PLAN)})
