"""Getting to know a resident: complex, house, flat, name, phone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers import notices
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.said import Said
from handlers.dialogue.steps import Step, Text, Wrong
from handlers.dialogue.turn import Turn
from handlers.resident import texts
from handlers.resident.asked import recall_fresh
from handlers.resident.menu import full_menu, show_menu
from handlers.resident.places import flat_steps, known_of, place_steps
from handlers.resident.request import REQUEST
from handlers.resident.sorting import sort_out
from services.errors import AlreadySo
from services.places import Found


async def new_request(turn: Turn, said: Said | None = None) -> None:
    """«Новая заявка». Whoever has no address yet is asked for it first. Words that wait for a press
    are what it is about."""
    said = said or recall_fresh(turn, "which")
    if await turn.work.people.places(turn.viewer):
        await REQUEST.begin(turn, said=said)
    else:
        await REGISTRATION.begin(turn, said=said, for_request=True)


async def check_name(turn: Turn, words: str) -> str:
    name = " ".join(words.split())
    if not 1 <= len(name) <= 60 or not re.search(r"[^\W\d_]", name) or name.startswith("/"):
        raise Wrong(texts.BAD_NAME)
    return name


async def check_phone(turn: Turn, words: str) -> str:
    """Russian numbers in whatever dress become +7…; others keep their plus."""
    digits = re.sub(r"\D", "", words)
    if len(digits) == 11 and digits[0] in "78":
        return f"+7{digits[1:]}"
    if len(digits) == 10 and digits[0] == "9":
        return f"+7{digits}"
    if 10 <= len(digits) <= 15 and words.strip().startswith("+"):
        return f"+{digits}"
    raise Wrong(texts.BAD_PHONE)


class Registration(Form):
    """For a new resident, and, with `only_home`, for one more address of a known one. `said` is
    what they wrote before we knew them; with `for_request` a request was wanted."""

    name = "registration"

    async def begin(
        self,
        turn: Turn,
        found: Found | None = None,
        *,
        said: Said | None = None,
        for_request: bool = False,
    ) -> None:
        resident = await turn.work.people.resident(turn.viewer.resident_id)
        known = known_of(found)
        known |= {"only_home": bool(resident.name), "said": said, "for_request": for_request}
        if resident.name:
            await turn.say(texts.ADDING_HOME)
        elif for_request:
            await turn.say(texts.ADDRESS_FIRST)
        await self.start(turn, **known)

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        steps = await place_steps(turn, answers)
        if "house" not in answers:
            return steps
        steps += await flat_steps(turn, answers)
        if not answers["only_home"]:
            profile = turn.inbound.sender.name.strip()[:60]
            offers = [profile] if re.search(r"[^\W\d_]", profile) else []
            steps.append(Text("name", texts.ASK_NAME, check=check_name, offers=offers))
            steps.append(
                Text(
                    "phone", texts.ASK_PHONE, optional=True, check=check_phone,
                    asks_contact=texts.SHARE_PHONE,
                )
            )  # fmt: skip
        return steps

    async def finish(self, turn: Turn, answers: Answers) -> None:
        flat = await turn.work.places.flat(answers["flat_id"]) if "flat_id" in answers else None
        try:
            home = await turn.work.people.add_home(
                turn.viewer,
                answers["house"],
                entrance_id=flat.entrance_id if flat else answers.get("entrance"),
                flat_id=flat.id if flat else None,
                unlisted=None if flat else str(answers["unlisted"]),
            )
        except AlreadySo:
            await show_menu(turn, texts.TOO_MANY_HOMES)
            return
        place = await turn.work.people.place(turn.viewer, home.id)
        if answers["only_home"]:
            words = texts.home_added(place)
        else:
            resident = await turn.work.people.register(
                turn.viewer.resident_id, answers["name"], answers.get("phone")
            )
            words = texts.registered(resident.name or "", place)
        banned = await turn.work.bans.current(turn.viewer.resident_id)
        if not place.listed and not banned:
            await notices.tell_unlisted_flat(turn.work, turn.viewer, place)
        said: Said | None = answers["said"]
        if not said and not answers["for_request"]:
            await show_menu(turn, words)
            return
        await turn.say(words, await full_menu(turn), standing=True)
        if answers["for_request"]:
            await REQUEST.begin(turn, said=said)
        elif said:
            await sort_out(turn, said)

    async def cancel(self, turn: Turn) -> None:
        await show_menu(turn, texts.CANCELLED)


REGISTRATION = Registration()
