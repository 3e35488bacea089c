"""What the company knows of already: who writes of it is asked whether it is the same, and joins by
one tap."""

from __future__ import annotations

from typing import Any

from handlers import gathering, incident_posts, posts
from handlers import incident_texts as words
from handlers.dialogue.form import Answers
from handlers.dialogue.said import Said, files_of
from handlers.dialogue.steps import Answered, Choice, Stay, Wrong
from handlers.dialogue.turn import Turn, plain
from handlers.resident import texts
from handlers.resident.asked import remember
from handlers.resident.consent import button
from handlers.resident.kinds import add_to_told
from handlers.wording import name_place
from services.errors import NotYours
from services.incidents import NO_THING
from services.matters import Matter
from services.messaging.types import Button
from services.tables import Incident, Thread, Ticket
from services.tickets import Where
from services.understanding.reading.lacks import find_lacked
from services.understanding.reading.message import Reading

NO = ("нет", "другое", "нет другое")


async def ask(turn: Turn, incident: Incident) -> None:
    """«Мы об этом знаем: авария № 12…»"""
    await turn.say(await we_know(turn, incident), [buttons(incident)])


async def we_know(turn: Turn, incident: Incident) -> str:
    wall = await incident_posts.wall_of(turn.work, incident)
    until = wall(incident.until) if incident.until else None
    address = await incident_posts.address_of(turn.work, incident)
    return words.we_know(incident, address, until, wall(turn.work.now))


def buttons(incident: Incident) -> list[Button]:
    return [
        button(words.YES_SAME, f"incident/yes/{incident.id}"),
        button(words.NO_OTHER, f"incident/no/{incident.id}"),
    ]


async def ask_of_words(turn: Turn, said: Said, reading: Reading) -> bool:
    """True where what was said outside of any question may be about what is known in the house.
    The words wait for the press."""
    lacked = find_lacked(said["words"])
    category = lacked or reading.category
    told = lacked or reading.kind in ("request", "complaint")
    if not told or category in NO_THING:
        return False
    incident = await turn.work.incidents.open_at(turn.viewer, category)
    if incident is None or incident.id in said.get("apart", ()):
        return False
    if await turn.work.followers.follows(turn.viewer, incident):
        return False  # more of the same goes to their request
    remember(turn, "which", {**said, "incident": incident.id})
    await ask(turn, incident)
    return True


class Same(Choice):
    """Whether what is being filed is what is known already, before anything else is asked of it.
    More words and photos belong to what was told."""

    def __init__(self, incident: Incident) -> None:
        super().__init__(
            key_of(incident), "", options=[(True, words.YES_SAME), (False, words.NO_OTHER)]
        )
        self._incident = incident

    async def ask(self, turn: Turn, answers: dict[str, Any]) -> str:
        return await we_know(turn, self._incident)

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        typed = plain(turn.text)
        if pressed is None and (typed in texts.YES or typed in NO):
            return Answered(typed in texts.YES)
        try:
            return await super().take(turn, pressed, so_far)
        except Wrong:
            if pressed is not None or not add_to_told(turn):
                raise
            question = await self.ask(turn, turn.session.state["answers"])
            raise Wrong(texts.added_and_again(question)) from None


def key_of(incident: Incident) -> str:
    return f"same{incident.id}"


async def find_for(turn: Turn, answers: Answers, matter: Matter) -> Incident | None:
    """What is known where a request is being filed; None where they said already that theirs is
    something else, or a voice of theirs stands in the room."""
    if matter.emergency or "voiced" in answers:
        return None
    incident = await turn.work.incidents.open_for(matter)
    apart = [ident for said in answers.values() if isinstance(said, dict)
             for ident in said.get("apart", ())]  # fmt: skip
    return None if incident is None or incident.id in apart else incident


def joined(answers: Answers) -> int | None:
    """The incident that was said to be the same."""
    found = [key for key, value in answers.items() if key.startswith("same") and value is True]
    return int(found[0].removeprefix("same")) if found else None


async def ask_of_ticket(turn: Turn, ticket: Ticket) -> None:
    """After an emergency was taken: danger is passed on first, whatever is known."""
    incident = await turn.work.incidents.open_for(Matter.of(ticket))
    if incident is not None and ticket.incident_id is None:
        await ask(turn, incident)


async def join(
    turn: Turn, incident_id: int, said: Said, *, home_id: int | None, common: bool = False
) -> None:
    """One tap: a request of their own that only follows. `home_id` where it is known; `common`:
    about the house, by somebody who need not live there. Raises `NotYours`, `AlreadyEnded`."""
    work = turn.work
    incident = await work.followers.hold_open(incident_id)
    wall = await incident_posts.wall_of(work, incident)
    now = wall(work.now)
    until = wall(incident.until) if incident.until else None
    own = await work.followers.of_resident(turn.viewer, incident)
    if own is not None and own.incident_id == incident.id:
        await add(turn, await work.threads.of_ticket(own), said)
        turn.go("talk", thread=own.thread_id, chosen=True)
        already = words.taken_already(incident, until, now)
        await turn.say(already, header=texts.ticket_header(own))
        return
    if own is not None:
        own = await work.tickets.get(turn.viewer, own.id, lock=True)
        await add(turn, await work.threads.of_ticket(own), said)
        await work.followers.attach(incident, [own], None)
        await posts.refresh_card(work, await work.threads.of_ticket(own))
        header = texts.ticket_header(own)
    else:
        own = await file(turn, incident, said, home_id=home_id, common=common)
        header = texts.receipt_header(own)
    await gathering.show(work, incident, gathering.GROWS_EVERY)
    turn.go("talk", thread=own.thread_id, chosen=True)
    await turn.say(words.taken(incident, until, now), header=header)


async def file(
    turn: Turn, incident: Incident, said: Said, *, home_id: int | None, common: bool
) -> Ticket:
    """No post of its own in the room: the incident's counts it."""
    work = turn.work
    where, home = await place_in(turn, incident, home_id=home_id, common=common)
    thread, ticket = await work.followers.file(
        turn.viewer, incident, where, said["words"], turn.inbound.address.channel, home_id=home
    )
    work.threads.name(thread, posts.subject(ticket))
    words_of_theirs = said["words"] or ("" if said["attachments"] else words.same_words(incident))
    resident = await work.people.resident(turn.viewer.resident_id)
    message = await work.threads.add(
        thread, "resident", resident.name or "", None, text=words_of_theirs,
        attachments=files_of(said),
    )  # fmt: skip
    await work.copies.keep(message.id, turn.contact.channel, turn.contact.chat, said["ids"])
    await work.followers.attach(incident, [ticket], None)
    return ticket


async def add(turn: Turn, thread: Thread, said: Said) -> None:
    """What was said besides goes to the request they have."""
    if not (said["words"] or said["attachments"]):
        return
    work = turn.work
    resident = await work.people.resident(turn.viewer.resident_id)
    message = await work.threads.add(
        thread, "resident", resident.name or "", None, text=said["words"],
        attachments=files_of(said),
    )  # fmt: skip
    await work.copies.keep(message.id, turn.contact.channel, turn.contact.chat, said["ids"])
    await posts.post_words(work, thread, message)


async def place_in(
    turn: Turn, incident: Incident, *, home_id: int | None, common: bool
) -> tuple[Where, int | None]:
    """Raises `NotYours` for whoever has no home in its house."""
    work = turn.work
    places = await work.people.places(turn.viewer)
    there = [each for each in places if each.house_id == incident.house_id]
    place = next((p for p in there if p.home_id == home_id), there[-1] if there else None)
    if place is not None and not common:
        return Where.of(place, name_place(place)), place.home_id
    house = await work.places.house(incident.house_id)
    if house is None or not (common or place):
        raise NotYours
    return Where(house.complex_id, house.id, None, None, house.address), None
