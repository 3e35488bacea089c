"""A new request: what happened first, then the form of that complex and category."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handlers import notices, wording
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import (
    Answered,
    Choice,
    Photos,
    Stay,
    Step,
    Text,
    Wrong,
    join_words,
    takeable,
)
from handlers.dialogue.turn import Turn
from handlers.resident import texts
from handlers.resident.registration import place_steps, show_menu_after
from services.company import declaration
from services.messaging.types import Attachment, Inbound
from services.tickets import Where


class Telling(Choice):
    """What happened, in words, voice or photos; or a category pressed instead."""

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        chosen = pressed is not None or turn.pressed or turn.typed_number()
        if chosen or not (turn.text or turn.inbound.attachments):
            taken = await super().take(turn, pressed, so_far)
            assert isinstance(taken, Answered)
            return Answered({}, {"category": taken.value})
        said = tell(turn.inbound)
        if not said["words"] and not said["attachments"]:
            raise Wrong(texts.STICKER)
        return Answered(said)


class Words(Text):
    """What happened, after a category was pressed."""

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        said = tell(turn.inbound)
        if not said["words"] and not said["attachments"]:
            raise Wrong(texts.ASK_WORDS)
        return Answered(said)


def tell(inbound: Inbound) -> dict[str, Any]:
    """Words, files and the ids they stand under, so that quotes and edits find them later."""
    ids = inbound.parts or ((inbound.external_id,) if inbound.external_id else ())
    return {
        "words": inbound.text.strip(),
        "attachments": takeable(inbound.attachments),
        "ids": list(ids),
    }


class Request(Form):
    name = "request"

    async def begin(
        self, turn: Turn, *, common: bool = False, said: dict[str, Any] | None = None
    ) -> None:
        """`common`: about the house itself, by address alone. `said` is what was told already."""
        known: Answers = {"common": common}
        if not common:
            places = await turn.work.people.places(turn.viewer)
            if places:
                known["home"] = places[-1].home_id
                known["complex"] = places[-1].complex_id
        if said:
            known["what"] = said
        await self.start(turn, **known)

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        steps: list[Step] = []
        if answers["common"]:
            steps += await place_steps(turn, answers)
            if "house" not in answers:
                return steps
        kinds = await turn.work.company.categories(
            answers.get("complex"), own_flat=not answers["common"]
        )
        options = [(c.key or c.code, ("🚨 " if c.emergency else "") + c.title) for c in kinds]
        steps.append(Telling("what", texts.ASK_WHAT, options=options, columns=2))
        if answers.get("what"):
            steps.append(Choice("category", texts.ASK_CATEGORY, options=options, columns=2))
        elif "category" in answers:
            steps.append(Words("words", texts.ASK_WORDS))
        if "category" not in answers:
            return steps
        category = await turn.work.company.category(answers["category"])
        if not answers["common"]:
            places = await turn.work.people.places(turn.viewer)
            if len(places) > 1 and not category.emergency:
                homes = [(p.home_id, wording.name_place(p)) for p in places]
                steps.append(Choice("home", texts.ASK_PLACE, options=homes))
        if category.emergency:
            return steps  # no questions while the water rises
        now = await turn.work.company.local(turn.work.now)
        steps += [question(step, now) for step in category.form]
        steps.append(Confirm("send", "", request=self))
        return steps

    async def preview(self, turn: Turn, answers: Answers) -> str:
        category = await turn.work.company.category(answers["category"])
        said = gather(answers)
        return texts.summary(
            category,
            (await self._where(turn, answers)).place,
            said["words"],
            pairs(category, answers),
            len(said["attachments"]),
        )

    async def _where(self, turn: Turn, answers: Answers) -> Where:
        if not answers["common"]:
            place = await turn.work.people.place(turn.viewer, answers["home"])
            return Where.of(place, wording.name_place(place))
        house = await turn.work.places.house(answers["house"])
        assert house is not None
        return Where(house.complex_id, house.id, None, None, house.address)

    async def finish(self, turn: Turn, answers: Answers) -> None:
        work = turn.work
        category = await work.company.category(answers["category"])
        company = await work.company.profile()
        where, said = await self._where(turn, answers), gather(answers)
        room = await work.rooms.of_complex(where.complex_id)
        thread = await work.threads.open(
            turn.viewer, room, category.title, home_id=answers.get("home")
        )
        ticket = await work.tickets.file(
            thread, category, where, said["words"], pairs(category, answers),
            turn.inbound.address.channel,
        )  # fmt: skip
        work.threads.name(thread, notices.subject(ticket))
        message = await work.threads.add(
            thread,
            "resident",
            (await work.people.resident(turn.viewer.resident_id)).name or "",
            None,
            text=said["words"],
            attachments=[Attachment.model_validate(a) for a in said["attachments"]],
        )
        address = turn.address
        await work.copies.keep(message.id, address.channel, address.chat, said["ids"])
        await notices.post_card(work, thread, ticket, message)
        if category.emergency:
            await turn.say(texts.urgent(category, company))
        await turn.say(
            texts.receipt(
                ticket,
                category,
                company,
                await work.company.local(ticket.created_at),
                await work.company.local(ticket.due_at),
            ),
            header=texts.receipt_header(ticket),
        )
        turn.go("talk", thread=thread.id, told=True)

    async def cancel(self, turn: Turn) -> None:
        await turn.say(texts.CANCELLED)
        await show_menu_after(turn)


class Confirm(Choice):
    """Shows what will be sent. «Другой адрес» is there for people with several homes."""

    def __init__(self, key: str, text: str, *, request: Request) -> None:
        super().__init__(key, text, options=[("send", texts.SEND)])
        self._request = request

    async def ask(self, turn: Turn, answers: dict[str, Any]) -> str:
        if not answers["common"] and len(await turn.work.people.places(turn.viewer)) > 1:
            self.options = [("send", texts.SEND), ("elsewhere", texts.OTHER_PLACE)]
        return await self._request.preview(turn, answers)

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        self.options = [("send", texts.SEND), ("elsewhere", texts.OTHER_PLACE)]
        taken = await super().take(turn, pressed, so_far)
        if isinstance(taken, Answered) and taken.value == "elsewhere":
            return Answered(None, forget=("home", self.key))
        return taken


def question(step: declaration.Step, now: datetime) -> Step:
    """A question of the company file as a step of the form."""
    key = f"q-{step.key}"
    if step.kind == "text":
        return Text(key, step.ask, step.optional)
    if step.kind == "photos":
        return Photos(key, step.ask)
    labels = step.options or (when_options(now) if step.kind == "when" else ())
    return Choice(
        key,
        step.ask,
        step.optional,
        options=[(label, label) for label in labels],
        columns=2,
        other=lambda words: words[:200],
    )


def when_options(now: datetime) -> list[str]:
    """Days and parts of the day from this local moment on; any other words are taken too."""
    today = ["Сегодня днём"] if now.hour < 15 else []
    today += ["Сегодня вечером"] if now.hour < 19 else []
    return ["Как можно скорее", *today, "Завтра утром", "Завтра днём", "Завтра вечером"]


def gather(answers: Answers) -> dict[str, Any]:
    """All words, files and ids, from whichever questions brought them."""
    told: list[dict[str, Any]] = [
        value
        for key, value in answers.items()
        if (key in ("what", "words") or key.startswith("q-")) and isinstance(value, dict)
    ]
    return {
        "words": join_words(*(each.get("words", "") for each in told)),
        "attachments": [file for each in told for file in each.get("attachments", [])],
        "ids": [i for each in told for i in each.get("ids", [])],
    }


def pairs(category: declaration.Category, answers: Answers) -> list[tuple[str, str]]:
    """Question and answer of the form's choices and texts."""
    found = [(step.ask, answers.get(f"q-{step.key}")) for step in category.form]
    return [(ask, value) for ask, value in found if isinstance(value, str)]


REQUEST = Request()
