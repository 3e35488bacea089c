"""The first words, the answer on consent, and giving up what was begun."""

from __future__ import annotations

from handlers import erasing_texts, holding_notices
from handlers.dialogue.said import Said
from handlers.dialogue.turn import Turn
from handlers.resident import my_data, texts
from handlers.resident.consent import ask_consent, consented
from handlers.resident.menu import short_menu, show_menu
from handlers.resident.places import known_of
from handlers.resident.registration import REGISTRATION
from handlers.resident.request import REQUEST
from handlers.resident.sorting import sort_out


async def start(turn: Turn) -> None:
    """`/start`, with what a deep link carried."""
    consent = await consented(turn)
    if consent is None:
        await ask_consent(turn)
        return
    turn.leave()
    if consent:
        await go_on(turn, turn.inbound.payload)
    else:
        await show_menu(turn)


async def answer_consent(turn: Turn) -> None:
    """«Согласен» or «Не даю согласия», under the text or later from the short menu."""
    company = await turn.work.company.profile()
    _, answer, version = [*turn.pressed.split("/", 2), "", ""][:3]
    if version and version != company.consent.version:
        await ask_consent(turn)
        return
    given = answer == "yes"
    if await consented(turn) == given and turn.session.scene != "consent":
        if not turn.session.scene:
            await show_menu(turn)
        return  # the same button twice
    payload = str(turn.session.state.get("payload", ""))
    said: Said | None = turn.session.state.get("said")
    to_be_erased = await turn.work.erasing.asked_by(turn.viewer.resident_id)
    guests = await turn.work.people.record_consent(
        turn.viewer, company.consent.version, texts.ask_consent(company), given=given
    )
    await holding_notices.tell_left_alone(turn.work, guests)
    turn.leave()
    if given:
        if to_be_erased is not None:
            await my_data.tell_kept(turn, erasing_texts.KEPT_WITH_CONSENT)
        await go_on(turn, payload, said)
    else:
        turn.leave(payload=payload, said=said)  # a request by address alone may still need it
        await turn.say(texts.refused_consent(company), short_menu(), standing=True)
        await my_data.tell_of_the_rest(turn)


async def go_on(turn: Turn, payload: str = "", said: Said | None = None) -> None:
    """After consent: to registration while there is no address, else to what was said, else to
    the menu. A link of a house that is not theirs yet adds it."""
    await turn.work.arrivals.note(turn.contact, payload)
    found = await turn.work.places.find_by_code(payload) if payload else None
    homes = {place.house_id for place in await turn.work.people.places(turn.viewer)}
    resident = await turn.work.people.resident(turn.viewer.resident_id)
    new_house = found is not None and found.house is not None and found.house.id not in homes
    if resident.name and homes and not new_house:
        if said:
            await sort_out(turn, said)
        else:
            await show_menu(turn)
        return
    if payload and found is None:
        await turn.say(texts.LINK_UNKNOWN)
    await REGISTRATION.begin(turn, found, said=said)


async def new_common_request(turn: Turn) -> None:
    """«Заявка по дому», by address alone: open to those who gave no consent."""
    state = turn.session.state
    payload, said = str(state.get("payload", "")), state.get("said")
    found = await turn.work.places.find_by_code(payload) if payload else None
    await REQUEST.begin_common(turn, known_of(found), said)


async def cancel(turn: Turn) -> None:
    nothing = turn.session.scene in ("", "talk", "consent")
    await show_menu(turn, texts.NOTHING_TO_CANCEL if nothing else texts.CANCELLED)
