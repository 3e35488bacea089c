"""THE TABLE: who hears what, in which order.

One message walks it from the top: what happened to the chat, staff rooms, then a resident's
commands, buttons, menu words, the dialogue that is going on, and words outside of any.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from handlers import staff_texts
from handlers.dialogue.form import Form
from handlers.dialogue.turn import Turn, plain
from handlers.resident import begin, settings, talk, texts, tickets
from handlers.resident.registration import REGISTRATION
from handlers.resident.request import REQUEST
from handlers.staff import hearing
from services.errors import AlreadySo, NotFound, NotYours, StaleButton
from services.messaging.types import Happening, Inbound, Outbound
from services.work import Work

Hears = Callable[[Turn], Awaitable[None]]


@dataclass(frozen=True)
class Row:
    """`consent`: only for those who gave it; others are asked for it."""

    hears: Hears
    consent: bool = True


async def new_request(turn: Turn) -> None:
    await REQUEST.begin(turn)


async def new_common_request(turn: Turn) -> None:
    await REQUEST.begin(turn, common=True)


COMMANDS = {
    "/start": Row(begin.start, consent=False),
    "/menu": Row(begin.show_menu, consent=False),
    "/help": Row(begin.help_out, consent=False),
    "/cancel": Row(begin.cancel, consent=False),
    "/new": Row(new_request),
    "/my": Row(tickets.show_list),
}
MENU = {
    "menu/show": Row(begin.show_menu, consent=False),
    "menu/phones": Row(begin.show_phones, consent=False),
    "menu/common": Row(new_common_request, consent=False),
    "menu/new": Row(new_request),
    "menu/mine": Row(tickets.show_list),
    "menu/dispatcher": Row(talk.ask_dispatcher),
    "menu/settings": Row(settings.show),
}
PRESSES = {
    "consent": Row(begin.answer_consent, consent=False),
    "ticket": Row(tickets.press, consent=False),
    "talk": Row(talk.press),
    "settings": Row(settings.press),
}
WORDS = {  # what people type instead of pressing, at any moment outside a question
    texts.NEW: MENU["menu/new"],
    texts.MINE: MENU["menu/mine"],
    texts.DISPATCHER: MENU["menu/dispatcher"],
    texts.SETTINGS: MENU["menu/settings"],
    texts.PHONES: MENU["menu/phones"],
    texts.COMMON: MENU["menu/common"],
    "меню": MENU["menu/show"],
    "старт": COMMANDS["/start"],
    "начать": COMMANDS["/start"],
    "помощь": COMMANDS["/help"],
    "оператор": MENU["menu/dispatcher"],
    "человек": MENU["menu/dispatcher"],
    "диспетчер": MENU["menu/dispatcher"],
    "живой человек": MENU["menu/dispatcher"],
    "позовите человека": MENU["menu/dispatcher"],
    "соедините с оператором": MENU["menu/dispatcher"],
    texts.AGREE: Row(begin.answer_consent, consent=False),
    texts.DISAGREE: Row(begin.answer_consent, consent=False),
}
BY_WORD = {plain(word): row for word, row in WORDS.items()}
FORMS: dict[str, Form] = {
    form.name: form for form in (REGISTRATION, REQUEST, settings.CHANGE_NAME, settings.CHANGE_PHONE)
}
SCENES = {
    "talk": Row(talk.receive, consent=False),
    "which": Row(talk.receive_which),
    "call": Row(talk.receive_call),
}


async def handle(work: Work, inbound: Inbound) -> None:
    """Everything that one inbound causes, inside the caller's transaction."""
    if inbound.address.channel == "desk":
        await hearing.hear_desk(work, inbound)
        return
    if not inbound.private:
        room = await work.rooms.at(inbound.address)
        if room is not None:
            await hearing.hear_room(work, inbound, room)
        elif inbound.happening is Happening.JOINED:
            text = staff_texts.chat_id(inbound.address.chat)
            await work.outbox.say(inbound.address, Outbound(text=text))
        return
    if inbound.happening is Happening.BLOCKED:
        contact = await work.people.meet(inbound)
        await work.people.mark_unreachable(contact.id, "blocked")
        return
    await hear_resident(work, inbound)


async def hear_resident(work: Work, inbound: Inbound) -> None:
    contact = await work.people.meet(inbound)
    if inbound.happening is Happening.UNBLOCKED:
        return
    session = await work.sessions.load(inbound.address, contact.user_id)
    turn = Turn(work, inbound, contact, session)
    try:
        await _choose(turn)
    except StaleButton:
        await turn.say(texts.STALE)
        await _remind(turn)
    except AlreadySo:
        await turn.say(texts.STALE)
    except (NotYours, NotFound):
        work.audit.note(turn.viewer.name, "refused", inbound.pressed[:64])
        await turn.say(texts.NOT_YOURS)
        await _remind(turn)
    await work.sessions.save(inbound.address, contact.user_id, session)


async def _choose(turn: Turn) -> None:
    inbound, session = turn.inbound, turn.session
    if inbound.happening is Happening.EDIT:
        await talk.edit(turn)
        return
    if inbound.unreadable and not turn.text and not inbound.attachments:
        await turn.say(texts.unreadable(inbound.unreadable))
        await _remind(turn)
        return
    if turn.text.startswith("/") and not inbound.pressed:
        command = turn.text.split()[0].partition("@")[0].lower()
        row = COMMANDS.get(command)
        if row is None:
            await turn.say(texts.UNKNOWN_COMMAND)
            await _remind(turn)
            return
        await _pass(turn, row)
        return
    form = FORMS.get(session.scene)
    if turn.pressed:
        head = turn.pressed.partition("/")[0]
        row = MENU.get(turn.pressed) or PRESSES.get(head)
        if row is not None:
            await _pass(turn, row)
        elif head == "form" and form is not None:
            await form.receive(turn)
        else:
            raise StaleButton
        return
    row = BY_WORD.get(plain(turn.text)) if turn.text else None
    if row is not None and not (form and session.state.get("step") in ("what", "words")):
        if row.hears is begin.answer_consent:
            given = plain(turn.text) == plain(texts.AGREE)
            turn.pressed = "consent/yes" if given else "consent/no"
        await _pass(turn, row)
        return
    if form is not None:
        await form.receive(turn)
        return
    consent = await begin.consented(turn)
    if session.scene == "consent" or consent is None:
        await begin.greet(turn, str(session.state.get("payload", "")))
        return
    if session.scene == "talk" and inbound.reply_to:
        await talk.sort_out(turn) if await _quotes_known(turn) else await talk.receive(turn)
        return
    scene = SCENES.get(session.scene)
    if scene is not None:
        await _pass(turn, scene)
    elif not consent:
        await begin.show_menu(turn)
    else:
        await talk.sort_out(turn)


async def _quotes_known(turn: Turn) -> bool:
    return await turn.work.threads.find(turn.address, turn.inbound.reply_to) is not None


async def _pass(turn: Turn, row: Row) -> None:
    if not row.consent or await begin.consented(turn):
        await row.hears(turn)
    elif await begin.consented(turn) is None:
        await begin.greet(turn)
    else:
        await begin.ask_for_consent(turn)


async def _remind(turn: Turn) -> None:
    """After a word about what went wrong: the question that is still open, or the menu."""
    form = FORMS.get(turn.session.scene)
    if form is not None:
        await form.repeat(turn)
    elif turn.session.scene not in ("talk", "call"):
        await begin.show_menu(turn)
