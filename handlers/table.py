"""THE TABLE: who hears what, in which order.

One message walks it from the top: what happened to the chat, staff rooms, then danger in a
resident's words, then their commands, buttons, menu words, quotes, voices, the question that is
open, and words outside of any.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from handlers import answers
from handlers.dialogue.form import Form
from handlers.dialogue.said import tell, without_directions
from handlers.dialogue.turn import Turn, plain
from handlers.resident import (
    account,
    bans,
    begin,
    closing,
    danger,
    danger_place,
    faq,
    guessing,
    holding,
    holding_people,
    house,
    incidents,
    limits,
    linking,
    menu,
    my_data,
    news,
    outages,
    owing,
    readings,
    settings,
    sorting,
    talk,
    texts,
    tickets,
    visits,
    voices,
    which,
    wishes,
)
from handlers.resident.consent import ask_consent, consented
from handlers.resident.menu_words import BY_WORD
from handlers.resident.registration import REGISTRATION, new_request
from handlers.resident.request import REQUEST
from handlers.staff import forms, hearing, private, tasks
from services.errors import NotFound, NotYours, StaleButton
from services.messaging.types import Happening, Inbound
from services.work import Work


@dataclass(frozen=True)
class Row:
    """`consent`: only for those who gave it; others are asked for it."""

    hears: Callable[[Turn], Awaitable[None]]
    consent: bool = True


COMMANDS = {
    "/start": Row(begin.start, consent=False),
    "/menu": Row(menu.show_menu, consent=False),
    "/help": Row(menu.help_out, consent=False),
    "/cancel": Row(begin.cancel, consent=False),
    "/new": Row(new_request),
    "/my": Row(tickets.show_list, consent=False),
    "/faq": Row(faq.show_topics, consent=False),
}
MENU = {
    "menu/show": Row(menu.show_menu, consent=False),
    "menu/phones": Row(menu.show_phones, consent=False),
    "menu/common": Row(begin.new_common_request, consent=False),
    "menu/new": Row(new_request),
    "menu/mine": Row(tickets.show_list, consent=False),
    "menu/faq": Row(faq.show_topics, consent=False),
    "menu/dispatcher": Row(talk.ask_dispatcher),
    "menu/settings": Row(settings.show),
    "menu/outages": Row(outages.show),
    "menu/account": Row(account.show),
    "menu/readings": Row(readings.show),
    "menu/news": Row(news.show),
    "menu/wishes": Row(wishes.show),
    "menu/house": Row(house.show),
    "link/show": Row(linking.show),
    "link/code": Row(linking.give_code),
}
PRESSES = {
    "consent": Row(begin.answer_consent, consent=False),
    "ticket": Row(tickets.press, consent=False),
    "talk": Row(talk.press, consent=False),
    "faq": Row(faq.press, consent=False),
    "guess": Row(guessing.press),
    "settings": Row(settings.press),
    "my": Row(my_data.press, consent=False),
    "account": Row(account.press),
    "reading": Row(readings.press),
    "hold": Row(holding_people.press),
    "link": Row(linking.press, consent=False),
    "rate": Row(closing.press_rating, consent=False),
    "need": Row(closing.press_need, consent=False),
    "visit": Row(visits.press, consent=False),
    "outage": Row(outages.press, consent=False),
    "incident": Row(incidents.press, consent=False),
    "news": Row(news.press),
    "wish": Row(wishes.press, consent=False),
    "owe": Row(owing.press, consent=False),
    "work": Row(tasks.press, consent=False),
    "danger": Row(lambda turn: press_place(turn), consent=False),
}
FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        REGISTRATION,
        REQUEST,
        readings.READINGS,
        *settings.FORMS,
        linking.ENTER_CODE,
        holding.PROVE,
    )
} | forms.FORMS
SCENES = {
    "talk": Row(talk.receive, consent=False),
    "which": Row(sorting.receive, consent=False),
    "faq": Row(sorting.receive, consent=False),
    "call": Row(talk.receive_call),
    "rating": Row(closing.receive_comment, consent=False),
}


async def handle(work: Work, inbound: Inbound) -> None:
    """Everything that one inbound causes, inside the caller's transaction."""
    inbound = inbound.model_copy(update={"text": without_directions(inbound.text)})
    if inbound.address.channel == "desk":
        await hearing.hear_desk(work, inbound)
    elif not inbound.private:
        await hearing.hear_group(work, inbound)
    else:
        await hear_resident(work, inbound)


async def hear_resident(work: Work, inbound: Inbound) -> None:
    if inbound.happening is Happening.READ:
        address, upto = inbound.address, int(inbound.external_id)
        await answers.tell_read(
            work, await work.outbox.mark_read(address.channel, address.chat, upto)
        )
        return
    work.articles.expect_questions()
    contact = await work.people.meet(inbound)
    if inbound.happening is Happening.BLOCKED:
        await work.people.mark_unreachable(contact.id, "blocked")
    if inbound.happening in (Happening.BLOCKED, Happening.UNBLOCKED):
        return
    version = (await work.company.profile()).consent.version
    opened = await work.dialogues.open(
        inbound.address, contact, version, counts=limits.counts(inbound)
    )
    session = opened.session
    turn = Turn(work, inbound, contact, session)
    flood = limits.Flood(turn, opened.pace)
    try:
        word = word_of_menu(turn)
        if kind := danger.find(turn, word):
            turn.pressed = ""  # the words were no press
        if session.scene == "rating" and closing.goes_elsewhere(turn, word):
            closing.step_aside(turn)
        if session.scene == danger_place.SCENE and danger_place.goes_elsewhere(turn, word):
            danger_place.step_aside(turn)
        scene = session.scene
        if kind:
            await meet_danger(turn, kind, word)
        elif not await bans.hold(turn, word, in_form=scene in FORMS):
            await choose(turn)
        if {scene, session.scene} & set(danger_place.TELL_PLACES):
            await danger_place.follow(turn)
        if inbound.unreadable and turn.text:  # the words were taken, what came with them was not
            await turn.say(texts.unreadable(inbound.unreadable))
    except StaleButton:
        await turn.say(texts.STALE)
        await menu.go_back(turn, ask_again)
    except (NotYours, NotFound):
        work.audit.note(turn.viewer.name, "refused", turn.pressed[:64])
        await turn.say(texts.NOT_YOURS)
        await menu.go_back(turn, ask_again)
    await flood.end()
    await work.sessions.save(inbound.address, contact.user_id, session)


async def meet_danger(turn: Turn, kind: str, word: str) -> None:
    """Before bans, consent and whatever is open; which goes on afterwards. What an
    executor says of a request, and what a member writes for others to read, is no resident's."""
    if turn.inbound.happening is Happening.EDIT:
        news = await danger.is_news(turn, kind)
        if not await bans.hold(turn, word, in_form=turn.session.scene in FORMS):
            await choose(turn)
        if not news:
            return
    elif (
        await private.hear_file(turn)
        or await private.hear_typed(turn)
        or await private.hear_form(turn)
        or await private.hear_reply(turn)
        or await tasks.hear(turn)
    ):
        return
    if await danger.hear(turn, kind):
        await menu.go_back(turn, resume)


async def hear_place(turn: Turn) -> None:
    """The address of an alarm; once nobody needs it, words like any others."""
    try:
        again = await danger_place.receive(turn)
    except StaleButton:
        danger_place.step_aside(turn)
        await choose(turn)
        return
    if again:
        await menu.go_back(turn, resume)


async def press_place(turn: Turn) -> None:
    """What was interrupted goes on, even where the button is an old one."""
    try:
        again = await danger_place.press(turn)
    except (NotYours, StaleButton):
        if turn.session.scene == danger_place.SCENE:
            danger_place.step_aside(turn)
        raise
    if again:
        await menu.go_back(turn, resume)


async def choose(turn: Turn) -> None:
    inbound, session = turn.inbound, turn.session
    form = FORMS.get(session.scene)
    if inbound.happening is Happening.EDIT:
        if not await private.hear_edit(turn):
            await talk.edit(turn)
    elif (
        await private.hear_file(turn)
        or await private.hear_typed(turn, word_of_menu(turn))
        or await private.hear_reply(turn)
    ):
        return
    elif inbound.unreadable and not turn.text and not inbound.attachments:
        await turn.say(texts.unreadable(inbound.unreadable))
        await ask_again(turn)
    elif turn.text.startswith("/") and not inbound.pressed:
        await hear_command(turn)
    elif turn.pressed:
        await hear_press(turn, form)
    elif await house.is_asked_for(turn):
        await let_in(turn, MENU["menu/house"])
    elif action := word_of_menu(turn):
        turn.pressed = action
        await hear_press(turn, form)
    elif quoted := await turn.work.threads.find(turn.address, inbound.reply_to):
        await talk.receive_quoted(turn, quoted)
    elif await closing.rate_by_word(turn):
        return
    elif session.scene == danger_place.SCENE:
        await hear_place(turn)
    elif await tasks.hear(turn) or await voices.hear(turn, in_form=form is not None):
        return
    elif form is not None:
        await form.receive(turn)
    elif session.scene == "consent" or await consented(turn) is None:
        if not (await danger.goes_on(turn) or await sorting.answer_stranger(turn)):
            await ask_consent(turn)
    elif session.scene in SCENES:
        await let_in(turn, SCENES[session.scene])
    elif await consented(turn) or await turn.work.threads.open_ones(turn.viewer):
        await sorting.sort_out(turn, tell(turn.inbound))
    elif not await sorting.answer_stranger(turn):
        await menu.show_menu(turn)


def word_of_menu(turn: Turn) -> str:
    """The action that typed words stand for, here and now."""
    word, scene = plain(turn.text), turn.session.scene
    if scene == "consent" and word in texts.AGREEING:
        return "consent/yes"
    if scene == "consent" and word in texts.DISAGREEING:
        return "consent/no"
    if scene == holding.PROVE.name and BY_WORD.get(word) == "link/enter":
        return ""  # the code of an account, there
    if scene == "which" and (answered := incidents.by_word(turn)):
        return answered
    if scene == "which" or turn.session.state.get("numbered"):
        return turn.press_by_number() or BY_WORD.get(word, "")
    return BY_WORD.get(word, "")


async def hear_command(turn: Turn) -> None:
    command = turn.text.split()[0].partition("@")[0].lower()
    if command in COMMANDS:
        await let_in(turn, COMMANDS[command])
    elif not await private.hear_command(turn):
        await turn.say(texts.UNKNOWN_COMMAND)
        await ask_again(turn)


async def hear_press(turn: Turn, form: Form | None) -> None:
    """Raises `StaleButton` for one of a form that is over, `NotYours` for one never shown."""
    head, token = [*turn.pressed.split("/"), ""][:2]
    row = MENU.get(turn.pressed) or PRESSES.get(head) or COMMANDS.get(turn.pressed)
    if row is not None:
        await let_in(turn, row)
    elif await private.hear_press(turn):
        return
    elif head != "form":
        raise NotYours
    elif token == turn.session.state.get("finished"):
        return  # the last button, pressed twice
    elif form is None:
        raise StaleButton
    else:
        await form.receive(turn)


async def let_in(turn: Turn, row: Row) -> None:
    if not row.consent or await consented(turn):
        await row.hears(turn)
    elif await consented(turn) is None:
        await ask_consent(turn)
    else:
        wanted = texts.needs_consent(await turn.work.company.profile())
        await ask_consent(turn, wanted=wanted)


async def resume(turn: Turn) -> None:
    """After an alarm: the question that was open, as it was."""
    scene = turn.session.scene
    if scene == "which":
        await which.ask_which(turn, turn.session.state["said"])
    elif scene == "call":
        await talk.ask_to_call(turn)
    elif scene == "consent":
        await ask_consent(turn)
    else:
        await ask_again(turn)


async def ask_again(turn: Turn) -> None:
    """After a word about what went wrong: the question that is still open, or the menu."""
    form = FORMS.get(turn.session.scene)
    if form is not None:
        await form.repeat(turn)
    elif turn.session.scene not in ("talk", "call", "which", "faq"):
        await menu.show_menu(turn)
