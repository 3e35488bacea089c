"""«Другой мессенджер»: linked by a code the person types themselves, undone as easily."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from handlers import wording
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import Step, Text, Wrong
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import linking_texts as words
from handlers.resident import texts
from handlers.resident.begin import go_on
from handlers.resident.consent import ask_consent, button, consented
from handlers.resident.menu import show_menu
from services.access import AsResident
from services.errors import (
    AlreadySo,
    NotYours,
    OthersLinkedHere,
    OwnCode,
    ToBeErased,
    TooManyTries,
    WrongCode,
)
from services.messaging.outbox import About
from services.messaging.types import Address, Button, Keyboard, Kind, Outbound
from services.tables import Contact, Link

_GAPS = re.compile(r"[\s\-–—.]+")
_CODE = re.compile(r"[0-9]{6}")
_OF_ACCOUNT = re.compile(r"[0-9]{8}")
WAITING = ("payload", "said")


async def show(turn: Turn) -> None:
    """Where this person writes from, and how to add or part one."""
    turn.leave()
    others = await elsewhere(turn)
    names = await name_all(turn, others)
    rows = [[button(words.GIVE, "link/code")]]
    if not others:
        rows.append([button(words.ENTER, "link/enter")])
    rows += [
        [button(words.part_label(name), f"link/off/{contact.id}")]
        for contact, name in zip(others, names, strict=True)
    ]
    rows.append([button(texts.TO_MENU, "menu/show")])
    await turn.say(words.shown(words.name(turn.contact.channel), names), rows)


async def elsewhere(turn: Turn) -> list[Contact]:
    contacts = await turn.work.people.contacts(turn.viewer.resident_id)
    return [contact for contact in contacts if contact.id != turn.contact.id]


async def name_all(turn: Turn, contacts: Sequence[Contact]) -> list[str]:
    """Two in one messenger are told apart by the day they were linked."""
    work = turn.work
    since = await work.linking.made_at(turn.viewer.resident_id)
    now = await work.company.local(work.now)
    channels = [turn.contact.channel, *(contact.channel for contact in contacts)]
    names = []
    for contact in contacts:
        name = words.name(contact.channel)
        if channels.count(contact.channel) > 1 and contact.id in since:
            day = wording.name_day(await work.company.local(since[contact.id]), now)
            name = words.name_since(name, day)
        names.append(name)
    return names


async def give_code(turn: Turn) -> None:
    turn.leave()
    try:
        code = await turn.work.linking.give_code(turn.viewer)
    except TooManyTries:
        await turn.say(words.WAIT)
        return
    to_menu = [[button(texts.TO_MENU, "menu/show")]]
    await turn.say(words.CODE_GIVEN, to_menu, header=words.code_header(code))


async def press(turn: Turn) -> None:
    """`link/enter`, `link/off/CONTACT`, `link/undo/LINK`; open to those who gave no consent, too.
    Raises `NotYours`."""
    what, ident = split_action(turn.pressed)
    match what:
        case "enter":
            await ENTER_CODE.begin(turn)
        case "off":
            await part(turn, ident)
        case "undo":
            await disown(turn, ident)
        case _:
            raise NotYours


# ── The code typed ───────────────────────────────────────────────────────────


async def check_code(turn: Turn, typed: str) -> dict[str, Any]:
    """Links, and gives the link's number; or says why not, where trying again is no use. The code
    itself is not kept, but what waited meanwhile is."""
    code = _GAPS.sub("", typed)
    if not _CODE.fullmatch(code):
        raise Wrong(words.OF_ACCOUNT if _OF_ACCOUNT.fullmatch(code) else words.NOT_A_CODE)
    waiting = {key: turn.session.state[key] for key in WAITING}
    try:
        link = await turn.work.linking.join(turn.viewer, code)
    except WrongCode:
        raise Wrong(words.WRONG) from None
    except OwnCode:
        raise Wrong(words.OWN) from None
    except TooManyTries:
        return {"waiting": waiting, "no": words.WAIT}
    except AlreadySo:
        return {"waiting": waiting, "no": words.ALREADY}
    except ToBeErased:
        return {"waiting": waiting, "no": words.TO_BE_ERASED}
    except OthersLinkedHere:
        names = await name_all(turn, await elsewhere(turn))
        return {"waiting": waiting, "no": words.taken(names)}
    return {"waiting": waiting, "link": link.id}


class EnterCode(Form):
    """One question. A deep link or words that the person came with wait meanwhile, where the
    question of consent looks for them."""

    name = "link code"

    async def begin(self, turn: Turn) -> None:
        state = turn.session.state
        kept = {**state.get("answers", {}), **state}
        await self.start(turn)
        turn.session.state.update(payload=kept.get("payload") or "", said=kept.get("said"))

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        return [Text("code", words.ASK_CODE, check=check_code)]

    async def finish(self, turn: Turn, answers: Answers) -> None:
        outcome = answers["code"]
        if "no" in outcome:
            await turn.say(outcome["no"])
            await go_back(turn, outcome["waiting"])
            return
        become(turn)
        others = await elsewhere(turn)
        undo = f"link/undo/{outcome['link']}"
        await turn.say(words.linked(await name_all(turn, others)), [[button(words.PART, undo)]])
        told = words.linked_elsewhere(
            words.name(turn.contact.channel), turn.inbound.sender.name.strip()
        )
        for contact in others:
            await tell(turn, contact, told, button(words.NOT_ME, undo))
        payload, said = (outcome["waiting"][key] for key in WAITING)
        await go_on(turn, payload, said)

    async def _navigate(self, turn: Turn, steps: Sequence[Step], where: str) -> None:
        waiting = {key: turn.session.state[key] for key in WAITING}
        await super()._navigate(turn, steps, where)
        if where == "cancel":
            await go_back(turn, waiting)

    async def cancel(self, turn: Turn) -> None:
        await turn.say(texts.CANCELLED)


ENTER_CODE = EnterCode()


async def go_back(turn: Turn, waiting: dict[str, Any]) -> None:
    """To where «У меня есть код» stands for this person, or to what they came with."""
    agreed = await consented(turn)
    if agreed is None:
        turn.pressed = "link/enter"  # what was typed is a code, no words for staff
        turn.go("consent", **waiting)
        await ask_consent(turn)
    elif not agreed:
        await show_menu(turn)
    elif any(waiting.values()):
        payload, said = (waiting[key] for key in WAITING)
        await go_on(turn, payload, said)
    else:
        await show(turn)


# ── Undone ───────────────────────────────────────────────────────────────────


async def part(turn: Turn, contact_id: int) -> None:
    """«Отключить ВКонтакте»."""
    try:
        link = await turn.work.linking.part(turn.viewer, contact_id)
    except AlreadySo:
        await turn.say(words.ALREADY_PARTED)
        return
    await tell_parted(turn, [link])
    if link.contact_id != turn.contact.id:
        await show(turn)


async def disown(turn: Turn, link_id: int) -> None:
    """«Это не я», and «Отключить» of the one who has just joined."""
    try:
        links = await turn.work.linking.disown(turn.viewer, link_id)
    except AlreadySo:
        await turn.say(words.ALREADY_PARTED)
        return
    await tell_parted(turn, links)
    if links[0].contact_id != turn.contact.id:
        await turn.say(words.NOT_ME_ADVICE)


async def tell_parted(turn: Turn, links: Sequence[Link]) -> None:
    """Both sides hear of it, this one first. A dialogue about what has gone ends here too."""
    people = turn.work.people
    leavers = [await people.contact(link.contact_id) for link in links]
    rest = await people.contacts(links[0].to_resident_id)
    parted = words.parted([words.name(contact.channel) for contact in leavers])
    left = words.left([words.name(contact.channel) for contact in rest])
    leaves = turn.contact in leavers
    if leaves or any(link.moved["threads"] or link.moved["homes"] for link in links):
        turn.leave()
    await turn.say(left if leaves else parted)
    for contact in [*leavers, *rest]:
        if contact.id != turn.contact.id and contact.unreachable_since is None:
            await tell(turn, contact, left if contact in leavers else parted)
    if leaves:
        become(turn)
        await show_menu(turn)


def become(turn: Turn) -> None:
    """From here on the turn is that of the person this messenger belongs to now."""
    turn.viewer = AsResident(turn.contact.resident_id, turn.contact.id)


async def tell(turn: Turn, contact: Contact, text: str, undo: Button | None = None) -> None:
    """To the person's other messenger. Not a notice: who must hear «Это не я» must not miss it."""
    await turn.work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
        Outbound(text=text, keyboard=Keyboard(rows=((undo,),)) if undo else None),
        Kind.REPLY,
        About(contact_id=contact.id),
    )
