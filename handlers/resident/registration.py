"""Getting to know a resident: complex, house, flat, name, phone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from handlers import notices
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import Answered, Choice, Stay, Step, Text, Wrong
from handlers.dialogue.turn import Turn
from handlers.resident import texts
from handlers.wording import FLAT_KINDS
from services.errors import AlreadySo
from services.messaging.types import Button
from services.places import Found


class FlatNumber(Text):
    """A number checked against the company's list; the unlisted one is taken too, once it is
    said again or the button is pressed."""

    def buttons(self, page: int, press: Any) -> list[list[Button]]:
        return [[Button(label=texts.UNLISTED, action=press("unlisted"))]]

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        if pressed == "unlisted":
            return Answered("?", forget=("unlisted",))
        if not turn.text:
            raise Wrong(texts.ASK_FLAT)
        house_id = turn.session.state["answers"]["house"]
        flats = await turn.work.places.find_flats(house_id, turn.text)
        if not flats:
            raise Wrong(texts.flat_unknown(turn.text))
        if len(flats) == 1:
            return Answered(turn.text[:40], {"flat_id": flats[0].id})
        return Answered(turn.text[:40], forget=("flat_id",))


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


async def place_steps(turn: Turn, answers: Answers) -> list[Step]:
    """Complex and house, asked only where there is a choice."""
    steps: list[Step] = []
    if "house" in answers and "complex" not in answers:
        return steps  # a deep link named the house
    complexes = await turn.work.places.complexes()
    if len(complexes) == 1:
        answers.setdefault("complex", complexes[0].id)
    else:
        options = [(c.id, c.name) for c in complexes]
        steps.append(Choice("complex", texts.ASK_COMPLEX, options=options))
    if "complex" in answers:
        houses = await turn.work.places.houses(answers["complex"])
        if len(houses) == 1:
            answers.setdefault("house", houses[0].id)
        else:
            options = [(h.id, h.address) for h in houses]
            steps.append(Choice("house", texts.ASK_HOUSE, options=options))
    return steps


class Registration(Form):
    """For a new resident, and, with `only_home`, for one more address of a known one."""

    name = "registration"

    async def begin(self, turn: Turn, found: Found | None = None) -> None:
        resident = await turn.work.people.resident(turn.viewer.resident_id)
        known: Answers = {"only_home": bool(resident.name)}
        if found and found.house:
            known["house"] = found.house.id
            if found.entrance:
                known["entrance"] = found.entrance.id
        elif found:
            known["complex"] = found.complex.id
        await self.start(turn, **known)

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        steps = await place_steps(turn, answers)
        if "house" not in answers:
            return steps
        steps.append(FlatNumber("flat", texts.ASK_FLAT))
        if answers.get("flat") == "?":
            steps.append(Text("unlisted", texts.ASK_UNLISTED))
            entrances = await turn.work.places.entrances(answers["house"])
            if len(entrances) > 1:
                options = [(e.id, e.number) for e in entrances]
                steps.append(
                    Choice(
                        "entrance", texts.ASK_ENTRANCE, options=options, columns=4, optional=True
                    )
                )
        elif "flat" in answers:
            flats = await turn.work.places.find_flats(answers["house"], answers["flat"])
            options = [(f.id, f"{FLAT_KINDS[f.kind]}{f.number}".capitalize()) for f in flats]
            steps.append(Choice("flat_id", texts.ASK_WHICH, options=options))
        if not answers["only_home"]:
            profile = turn.inbound.sender.name.strip()[:60]
            offers = [(profile, profile)] if profile else []
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
                unlisted=None if flat else str(answers["unlisted"])[:40],
            )
        except AlreadySo:
            await turn.say(texts.TOO_MANY_HOMES)
            return
        place = await turn.work.people.place(turn.viewer, home.id)
        if answers["only_home"]:
            await turn.say(texts.home_added(place))
        else:
            resident = await turn.work.people.register(
                turn.viewer.resident_id, answers["name"], answers.get("phone")
            )
            await turn.say(texts.registered(resident.name or "", place))
        if not place.listed:
            await notices.tell_unlisted_flat(turn.work, turn.viewer, place)
        await show_menu_after(turn)

    async def cancel(self, turn: Turn) -> None:
        await turn.say(texts.CANCELLED)
        await show_menu_after(turn)


async def show_menu_after(turn: Turn) -> None:
    from handlers.resident.begin import show_menu  # the two call each other

    await show_menu(turn)


REGISTRATION = Registration()
