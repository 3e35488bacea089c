"""`/mailing` as a form: whom, what kind, where, the words; then the preview. A draft that was
changed begins with its other answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handlers import mailing_staff_texts as words
from handlers import mailings, open_posts
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import Choice, Step, Text
from handlers.dialogue.turn import Turn
from handlers.staff import forms
from handlers.staff.mailing_steps import EVERYWHERE, Body, HousesToMail, check_sending
from handlers.staff.outage_form import list_houses, only_house, parts_of, places_of
from handlers.staff_texts import MESSENGERS
from services.access import AsMember
from services.errors import AlreadySo, SameMailing
from services.mailing_audience import Audience, Reach
from services.mailing_draft import MailingDraft
from services.messaging.types import Attachment, Button
from services.nights import after_quiet
from services.tables import Mailing
from services.work import Work

KEPT = ("whom", "roles", "kind", "houses", "parts", "messenger", "body")


class MailingForm(Form):
    name = "mailing"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        viewer, _, _ = await forms.who(turn)
        houses = await turn.work.places.houses_of(viewer)
        steps: list[Step] = [Choice("whom", words.TO_WHOM, options=words.WHOM)]
        if answers.get("whom") == "staff":
            roles = [(list(value), label) for value, label in words.ROLES]
            steps.append(Choice("roles", words.WHICH_ROLES, options=roles))
        else:
            steps.append(Choice("kind", words.WHICH_KIND, options=words.KINDS))
            if len(houses) > 1:
                options = [(EVERYWHERE, words.EVERYWHERE), *await list_houses(turn.work, houses)]
                chosen = list(answers.get("houses") or [])
                steps.append(
                    HousesToMail(
                        "houses", words.WHERE, options=options, houses=houses, chosen=chosen
                    )
                )
            if house := only_house(houses, answers):
                steps.append(await parts_of(turn.work, house, answers))
            channels = await turn.work.mailings.channels()
            if len(channels) > 1:
                known = [(each, MESSENGERS.get(each, each)) for each in channels]
                anyone = ("", words.ANY_MESSENGER)
                steps.append(
                    Choice("messenger", words.IN_WHICH_MESSENGER, options=[anyone, *known])
                )
        steps.append(Body("body", words.BODY, has=answers.get("body") or {}))
        return steps

    async def finish(self, turn: Turn, answers: Answers) -> None:
        viewer, room, way = await forms.who(turn)
        body = answers["body"]
        draft = MailingDraft(
            kind="important" if answers["whom"] == "staff" else answers["kind"],
            text=body["words"].strip(),
            photos=tuple(body["attachments"]),
            audience=await audience_of(turn.work, viewer, answers),
            form={key: answers[key] for key in KEPT if key in answers},
        )
        try:
            mailing = await turn.work.mailings.keep(viewer, room, way, draft, answers.get("draft"))
        except AlreadySo:
            await turn.say(words.ALREADY)
            return
        await show_preview(turn, mailing)

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.STOPPED_WRITING)


async def audience_of(work: Work, viewer: AsMember, answers: Answers) -> Audience:
    """Of houses that the member works for, whatever a forged answer says."""
    if answers["whom"] == "staff":
        return Audience(who="staff", roles=tuple(answers["roles"]))
    houses = await work.places.houses_of(viewer)
    if answers.get("houses") == [EVERYWHERE]:
        places: list[dict[str, Any]] = [{"house_id": house.id} for house in houses]
    else:
        places = await places_of(work, viewer, answers)
    messenger = answers.get("messenger")
    return Audience(
        who=answers["whom"],
        places=tuple(places),
        messengers=(messenger,) if messenger else (),
    )


# ── The preview ──────────────────────────────────────────────────────────────


async def show_preview(turn: Turn, mailing: Mailing) -> None:
    """To oneself first: just what residents get, then whom it goes to."""
    sample = mailings.compose(mailing, sample=True)
    buttons = [list(row) for row in sample.keyboard.rows] if sample.keyboard else []
    await turn.say(sample.text, buttons, header=sample.header, files=sample.attachments)
    text, rows = await preview(turn.work, mailing)
    await turn.say(text, rows)


async def preview(work: Work, mailing: Mailing) -> tuple[str, list[list[Button]]]:
    reach = await work.mailings.measure(mailing)
    whom = await mailings.name_whom(work, mailing)
    text = words.preview(mailing, reach, whom, await warn(work, mailing, reach))
    return text, await preview_buttons(work, mailing)


async def preview_buttons(work: Work, mailing: Mailing) -> list[list[Button]]:
    first, last = words.scheduled_buttons(mailing)
    may_leave = mailing.kind == "important" and not mailing.form.get("by_night")
    by_night = [[words.button(words.BY_NIGHT, "mailnight", mailing.id)]] if may_leave else []
    openly = await toggle_button(work, mailing)
    return [first, *by_night, *([openly] if openly else []), last]


async def toggle_button(work: Work, mailing: Mailing) -> list[Button]:
    if not mailings.may_be_open(mailing):
        return []
    houses = [house.id for house in await work.mailings.houses(mailing)]
    action = f"staff/mailopen/{mailing.id}"
    return await open_posts.toggle_button(work, houses, mailing.open_to, action)


async def warn(work: Work, mailing: Mailing, reach: Reach) -> list[str]:
    warnings = []
    photos = any(Attachment.model_validate(p).kind == "photo" for p in mailing.photos)
    if photos and words.units(mailing.text) > words.CAPTION and "telegram" in reach.people:
        warnings.append(words.TWO_MESSAGES)
    if mailing.form.get("by_night"):
        warnings.append(words.LEAVES_BY_NIGHT)
    elif morning := await mailings.goes_on_at(work, mailing):
        warnings.append(words.in_the_morning(morning))
    return warnings


# ── One question each ────────────────────────────────────────────────────────


class ChangeForm(Form):
    """What of a draft to change: the rest is kept."""

    name = "mailing_change"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        return [Choice("field", words.WHAT_TO_CHANGE, options=words.CHANGES, columns=2)]

    async def finish(self, turn: Turn, answers: Answers) -> None:
        field = answers["field"]
        gone = {field, *(("roles",) if field == "whom" else ())}
        gone |= {"parts", "messenger"} if field == "houses" else set()
        kept = {key: value for key, value in answers["kept"].items() if key not in gone}
        await MAILING.start(turn, **kept, draft=answers["draft"])

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.KEPT)


class PlanForm(Form):
    """When a draft is to go out."""

    name = "mailing_plan"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        offers = words.SEND_OFFERS
        return [Text("at", words.WHEN_TO_SEND, check=check_sending, offers=offers)]

    async def finish(self, turn: Turn, answers: Answers) -> None:
        work = turn.work
        viewer, _, _ = await forms.who(turn)
        mailing = await work.mailings.get(viewer, answers["mailing"], lock=True)
        at = datetime.fromisoformat(answers["at"])
        try:
            await work.mailings.schedule(viewer, mailing, at)
        except AlreadySo:
            await turn.say(words.ALREADY)
            return
        except SameMailing as same:
            rows = await preview_buttons(work, mailing)
            await turn.say(await name_same(work, same.args[0]), rows)
            return
        local, now = work.company.local, await work.company.local(work.now)
        lines = [words.planned(await local(at), now)]
        morning = after_quiet(await work.company.profile(), at)
        if morning > at and not mailing.form.get("by_night"):
            lines.append(f"⚠️ {words.night_then(await local(morning), now)}")
        await turn.say("\n".join(lines), await preview_buttons(work, mailing))

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.KEPT)


async def name_same(work: Work, mailing_id: int) -> str:
    """What is known of the same one that was submitted before."""
    other = await work.session.get(Mailing, mailing_id)
    assert other is not None
    moment = other.start_at if other.state == "scheduled" else other.started_at
    local = work.company.local
    return words.same(await local(moment or other.made_at), await local(work.now), other.state)


MAILING, CHANGE, PLAN = MailingForm(), ChangeForm(), PlanForm()
forms.FORMS.update({form.name: form for form in (MAILING, CHANGE, PLAN)})
