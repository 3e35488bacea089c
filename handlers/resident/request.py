"""A new request: what happened first, then the form of that complex and category."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handlers import incident_texts, outside_texts, posts, wording
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.said import Said, join
from handlers.dialogue.steps import Answered, Choice, Stay, Step, Wrong
from handlers.dialogue.turn import Turn, plain
from handlers.resident import hours, known, limits, texts, voiced
from handlers.resident.kinds import (
    Kinds,
    Telling,
    add_to_told,
    likely_kind,
    told,
)
from handlers.resident.menu import show_menu
from handlers.resident.places import place_steps
from handlers.resident.request_steps import Words, question
from services.company import declaration
from services.errors import AlreadyEnded
from services.matters import Matter
from services.people import Place
from services.tickets import Where
from services.understanding.reading.likeness import choose_label
from services.understanding.reading.message import read

SEEN = ("photo", "video", "document")


class Request(Form):
    """Answers: `common` (about the house, by address alone) and `house`, or `home` (`guess`: the
    one of last time, of several); `complex`; `what` (told first) or `words` (told after a category
    was pressed); `category`; `q-…` of the company's form. `brief`: of the form's questions only
    those stay that the words answer; `plainly`: no kind is read out of the words."""

    name = "request"

    async def begin(
        self, turn: Turn, *, said: Said | None = None, category: str = "", plainly: bool = False
    ) -> None:
        """`said` is what was told already, `category` the kind that was read out of it. With
        several homes it is about the one of last time until the person says otherwise."""
        places = await turn.work.people.places(turn.viewer)
        last = await turn.work.people.home_of_last_time(turn.viewer)
        place = next((p for p in places if p.home_id == last), places[-1])
        known: Answers = {"common": False, "complex": place.complex_id}
        known["home" if len(places) == 1 else "guess"] = place.home_id
        if category:
            known |= {"category": category, "brief": True}
        if plainly:
            known["plainly"] = True
        await self.start(turn, **known, **({"what": said} if said else {}))

    async def begin_common(self, turn: Turn, known: Answers, said: Said | None) -> None:
        known = {key: known[key] for key in ("complex", "house") if key in known}
        await self.start(turn, common=True, **known, **({"what": said} if said else {}))

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        steps: list[Step] = []
        if answers["common"]:
            steps += await place_steps(turn, answers)
            if "house" not in answers:
                return steps
        kinds = await turn.work.company.categories(
            answers["complex"], own_flat=not answers["common"]
        )
        if await turn.work.bans.current(turn.viewer.resident_id):
            kinds = [kind for kind in kinds if kind.emergency]
        forget_missing_kind(answers, kinds)
        steps.append(Telling("what", texts.ASK_WHAT, kinds))
        if said := told(answers):
            steps.append(Kinds("category", texts.ASK_KIND, kinds, read_kind(answers, kinds, said)))
        if "category" not in answers:
            return steps
        category = await turn.work.company.category(answers["category"])
        if "guess" in answers and (category.emergency or answers.get("moving")):
            steps.append(WhichHome(await turn.work.people.places(turn.viewer)))
        if category.emergency:
            return steps  # no other question while the water rises
        incident = await known.find_for(turn, answers, await self._matter(turn, answers, category))
        if incident is not None:
            steps.append(known.Same(incident))
            if answers.get(known.key_of(incident)) is True:
                return steps
        steps += self._questions(category, answers, await turn.work.company.local(turn.work.now))
        steps.append(Confirm(self, movable="guess" in answers, brief=is_brief(answers, category)))
        return steps

    def _questions(
        self, category: declaration.Category, answers: Answers, now: datetime
    ) -> list[Step]:
        """What was said is not asked again: no words where the form asks for words itself, no
        photos where some came already."""
        steps: list[Step] = []
        said = told(answers)
        if said and answers.get("brief"):
            answers |= read_answers(category, said["words"], answers)
            return []
        asks_words = any(step.kind == "text" and not step.optional for step in category.form)
        if not said and not asks_words:
            steps.append(Words("words", texts.ASK_WORDS))
        shown = said and any(file["kind"] in SEEN for file in said["attachments"])
        return steps + [
            question(step, now, words_known=bool(said))
            for step in category.form
            if not (step.kind == "photos" and shown and f"q-{step.key}" not in answers)
        ]

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
            place = await turn.work.people.place(turn.viewer, home_of(answers))
            return Where.of(place, wording.name_place(place))
        house = await turn.work.places.house(answers["house"])
        assert house is not None
        return Where(house.complex_id, house.id, None, None, house.address)

    async def _matter(self, turn: Turn, answers: Answers, category: declaration.Category) -> Matter:
        where = await self._where(turn, answers)
        return Matter(where.house_id, category.code, category.title, category.emergency)

    async def finish(self, turn: Turn, answers: Answers) -> None:
        work = turn.work
        if (same := known.joined(answers)) is not None:
            await self._join(turn, answers, same)
            return
        category = await work.company.category(answers["category"])
        company = await work.company.profile()
        where, said = await self._where(turn, answers), gather(answers)
        home_id = None if answers["common"] else home_of(answers)
        chosen = pairs(category, answers)
        if not await limits.may_file(turn, category, where, home_id, said, chosen):
            return
        room = await work.rooms.of_complex(where.complex_id)
        told_aloud = await voiced.find_thread(turn, answers, room)
        thread = told_aloud or await work.threads.open(
            turn.viewer, room, category.title, home_id=home_id
        )
        ticket = await work.tickets.file(
            thread, category, where, said["words"], chosen,
            turn.inbound.address.channel,
        )  # fmt: skip
        work.threads.name(thread, posts.subject(ticket))
        await voiced.show(turn, thread, ticket, category, said, again=told_aloud is not None)
        filed = await work.company.local(ticket.created_at)
        due = await work.company.local(ticket.due_at)
        if category.emergency:
            knows = bool(said["words"])
            text = texts.urgent_receipt(ticket, category, company, filed, due, told=knows)
        else:
            text = texts.receipt(ticket, category, company, filed, due)
            closed = await hours.closed_words(turn, room, ticket)
            text = f"{text}\n\n{closed}" if closed else text
        if organisation := await work.organisations.of(ticket):
            text = f"{text}\n\n{outside_texts.told_at_filing(organisation)}"
        await turn.say(text, header=texts.receipt_header(ticket))
        if room.trouble and not category.emergency:
            await turn.say(texts.kept_for_later(company))
        turn.go("talk", thread=thread.id, chosen=True)
        if category.emergency:
            await known.ask_of_ticket(turn, ticket)

    async def _join(self, turn: Turn, answers: Answers, same: int) -> None:
        """What is over by now is filed after all."""
        home_id = None if answers["common"] else home_of(answers)
        common, said = bool(answers["common"]), gather(answers)
        try:
            await known.join(turn, same, said, home_id=home_id, common=common)
        except AlreadyEnded:
            await turn.say(incident_texts.OVER_MEANWHILE)
            await self.start(turn, **{k: v for k, v in answers.items() if k != f"same{same}"})

    async def cancel(self, turn: Turn) -> None:
        await show_menu(turn, texts.CANCELLED)

    async def edit(self, turn: Turn) -> bool:
        """New words for something told in the request that is being made. False when it was not
        told there."""
        answers = turn.session.state["answers"]
        for key, said in answers.items():
            if isinstance(said, dict) and turn.inbound.edits in said.get("ids", []):
                answers[key] = {**said, "words": turn.inbound.text.strip()}
                await self.repeat(turn)
                return True
        return False


class WhichHome(Choice):
    def __init__(self, places: Sequence[Place]) -> None:
        options = [(place.home_id, wording.name_place(place)) for place in places]
        super().__init__("home", texts.ASK_PLACE, options=options)
        self._complexes = {place.home_id: place.complex_id for place in places}

    def leave(self, answers: dict[str, Any]) -> None:
        super().leave(answers)
        answers.pop("moving", None)

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        taken = await super().take(turn, pressed, so_far)
        assert isinstance(taken, Answered)
        return Answered(taken.value, {"complex": self._complexes[taken.value]})


class Confirm(Choice):
    """Shows what will be sent. «Другой адрес» is there for people with several homes, «Добавить
    подробности» where questions were left out."""

    def __init__(self, request: Request, *, movable: bool, brief: bool) -> None:
        elsewhere = [("elsewhere", texts.OTHER_PLACE)] if movable else []
        details = [("details", texts.MORE_DETAILS)] if brief else []
        super().__init__("send", "", options=[("send", texts.SEND), *details, *elsewhere])
        self._request = request

    async def ask(self, turn: Turn, answers: dict[str, Any]) -> str:
        return await self._request.preview(turn, answers)

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        if pressed is None and plain(turn.text) in texts.YES:
            return Answered("send")
        try:
            taken = await super().take(turn, pressed, so_far)
        except Wrong:
            if pressed is not None or not add_to_told(turn):
                raise
            raise Wrong(await self.ask(turn, turn.session.state["answers"])) from None
        assert isinstance(taken, Answered)
        if taken.value == "details":
            return Answered(None, {"brief": False}, forget=(self.key,))
        if taken.value == "elsewhere":
            return Answered(None, {"moving": True}, forget=("home", self.key))
        return taken


def read_kind(
    answers: Answers, kinds: Sequence[declaration.Category], said: Said
) -> declaration.Category | None:
    """What was told is about, as far as it can be read; only while it is not known."""
    if "category" in answers or answers.get("plainly") or not said["words"]:
        return None
    reading = read(said["words"])
    if reading.kind not in ("request", "complaint"):
        return None
    return likely_kind(kinds, said["words"], reading.category)


def read_answers(
    category: declaration.Category, words: str, answers: Answers
) -> dict[str, str | None]:
    """The form's choices that the words have made already."""
    found: dict[str, str | None] = {}
    for step in category.form:
        chosen = choose_label(words, step.options) if step.kind == "choice" else None
        if chosen is not None and f"q-{step.key}" not in answers:
            found[f"q-{step.key}"] = step.options[chosen]
    return found


def is_brief(answers: Answers, category: declaration.Category) -> bool:
    return bool(answers.get("brief")) and any(
        f"q-{step.key}" not in answers for step in category.form
    )


def home_of(answers: Answers) -> int:
    return int(answers["home"] if "home" in answers else answers["guess"])


def forget_missing_kind(answers: Answers, kinds: Sequence[declaration.Category]) -> None:
    """After «Другой адрес» there may be no such thing; it is chosen anew."""
    category = answers.get("category")
    if category is None or any((kind.key or kind.code) == category for kind in kinds):
        return
    del answers["category"]
    if answers.get("what") == category:
        del answers["what"]


def gather(answers: Answers) -> Said:
    """All words, files and ids, from whichever questions brought them."""
    return join(
        {"words": "", "attachments": [], "ids": []},
        *(
            value
            for key, value in answers.items()
            if (key in ("what", "words") or key.startswith("q-")) and isinstance(value, dict)
        ),
    )


def pairs(category: declaration.Category, answers: Answers) -> list[tuple[str, str]]:
    """Question and answer of the form's choices and texts."""
    found = [(step.ask, answers.get(f"q-{step.key}")) for step in category.form]
    return [(ask, value) for ask, value in found if isinstance(value, str)]


REQUEST = Request()
