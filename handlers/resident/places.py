"""Questions about where: complex, house, flat."""

from __future__ import annotations

from typing import Any

from handlers.dialogue.form import Answers
from handlers.dialogue.steps import Actions, Answered, Choice, Rows, Stay, Step, Text, Wrong
from handlers.dialogue.turn import Turn
from handlers.resident import texts
from handlers.resident.consent import button
from handlers.wording import name_number
from services.places import Found


def known_of(found: Found | None) -> Answers:
    """The answers that a deep link gives."""
    if found is None:
        return {}
    known: Answers = {"complex": found.complex.id}
    if found.house:
        known |= {"house": found.house.id, "linked": True}
    if found.entrance:
        known["entrance"] = found.entrance.id
    return known


async def place_steps(turn: Turn, answers: Answers) -> list[Step]:
    """Complex and house, asked only where there is a choice."""
    steps: list[Step] = []
    complexes = await turn.work.places.complexes()
    if len(complexes) == 1:
        answers.setdefault("complex", complexes[0].id)
    else:
        options = [(c.id, c.name) for c in complexes]
        steps.append(Choice("complex", texts.ASK_COMPLEX, options=options))
    if "complex" in answers:
        houses = await turn.work.places.houses(answers["complex"])
        if len(houses) == 1:
            answers["house"] = houses[0].id
        else:
            options = [(h.id, h.address) for h in houses]
            steps.append(Choice("house", texts.ASK_HOUSE, options=options))
    return steps


async def flat_steps(turn: Turn, answers: Answers) -> list[Step]:
    """The number at the door; for one that is not listed, the entrance too."""
    steps: list[Step] = [FlatNumber("flat", "", linked="linked" in answers)]
    if answers.get("flat") == "?":
        steps.append(Text("unlisted", texts.ASK_UNLISTED, check=check_unlisted))
        entrances = await turn.work.places.entrances(answers["house"])
        if len(entrances) > 1:
            options = [(e.id, e.number) for e in entrances]
            steps.append(
                Choice("entrance", texts.ASK_ENTRANCE, options=options, columns=4, optional=True)
            )
    elif "flat" in answers:
        flats = await turn.work.places.find_flats(answers["house"], answers["flat"])
        options = [(f.id, name_number(f.number).capitalize()) for f in flats]
        steps.append(Choice("flat_id", texts.ASK_WHICH, options=options))
    return steps


class FlatNumber(Text):
    """A number checked against the company's list. One that is not there is said again or
    confirmed by the button, and then taken too."""

    def __init__(self, key: str, question: str, *, linked: bool) -> None:
        super().__init__(key, question)
        self._linked = linked

    async def ask(self, turn: Turn, answers: dict[str, Any]) -> str:
        house = await turn.work.places.house(answers["house"])
        return texts.ask_flat(house.address if house else "")

    def buttons(self, page: int, actions: Actions) -> Rows:
        rows = [[button(texts.UNLISTED, actions.press("unlisted"))]]
        if self._linked:
            rows.append([button(texts.OTHER_HOUSE, actions.press("elsewhere"))])
        return rows

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        answers = turn.session.state["answers"]
        tried: str | None = answers.get("tried")
        if pressed == "elsewhere":
            return Answered(
                None, forget=("complex", "house", "entrance", "linked", "tried", self.key)
            )
        if pressed == "unlisted":
            return unlisted(tried) if tried else Answered("?", forget=("unlisted",))
        if not turn.text:
            raise Wrong(texts.FLAT_IN_FIGURES)
        typed = turn.text[:40]
        flats = await turn.work.places.find_flats(answers["house"], typed)
        if flats:
            only = {"flat_id": flats[0].id} if len(flats) == 1 else {}
            return Answered(typed, only, forget=() if only else ("flat_id",))
        if not any(letter.isdigit() for letter in typed):
            raise Wrong(texts.FLAT_IN_FIGURES)
        if typed == tried:
            return unlisted(typed)
        answers["tried"] = typed
        raise Wrong(texts.flat_unknown(typed))


def unlisted(number: str) -> Answered:
    return Answered("?", {"unlisted": number})


async def check_unlisted(turn: Turn, words: str) -> str:
    number = " ".join(words.split())
    if len(number) > 40 or not any(letter.isalnum() for letter in number):
        raise Wrong(texts.ASK_UNLISTED)
    return number
