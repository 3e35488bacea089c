"""The first words, consent, the menu, phones and help."""

from __future__ import annotations

from handlers.dialogue.turn import Turn
from handlers.resident import texts
from handlers.resident.registration import REGISTRATION
from services.messaging.types import Button


def button(label: str, action: str) -> Button:
    return Button(label=label, action=action)


async def start(turn: Turn) -> None:
    """`/start`, with what a deep link carried."""
    turn.leave()
    payload = turn.inbound.payload
    consent = await consented(turn)
    if consent is None:
        await greet(turn, payload)
    elif consent:
        await go_on(turn, payload)
    else:
        await show_menu(turn)


async def consented(turn: Turn) -> bool | None:
    """What this person said to the present text; None: they were not asked."""
    company = await turn.work.company.profile()
    return await turn.work.people.answer_on_consent(
        turn.viewer.resident_id, company.consent.version
    )


async def greet(turn: Turn, payload: str = "") -> None:
    """Asks for consent before anything is kept. What the person came with waits in the
    session."""
    company = await turn.work.company.profile()
    turn.go("consent", payload=payload)
    if await turn.work.people.places(turn.viewer) == []:
        await turn.say(texts.greet(company))
    await turn.say(
        texts.ask_consent(company),
        [
            [button(texts.AGREE, f"consent/yes/{company.consent.version}")],
            [button(texts.DISAGREE, f"consent/no/{company.consent.version}")],
        ],
    )


async def answer_consent(turn: Turn) -> None:
    """«Согласен» or «Не даю согласия», under the text or later from the short menu."""
    company = await turn.work.company.profile()
    _, answer, version = [*turn.pressed.split("/", 2), "", ""][:3]
    if version and version != company.consent.version:
        await greet(turn)
        return
    payload = str(turn.session.state.get("payload", ""))
    given = answer == "yes"
    if await consented(turn) != given:
        await turn.work.people.record_consent(
            turn.viewer,
            company.consent.version,
            texts.ask_consent(company),
            given=given,
        )
    turn.leave()
    if given:
        await go_on(turn, payload)
    else:
        await turn.say(texts.refused_consent(company), short_menu(), standing=True)


async def go_on(turn: Turn, payload: str = "") -> None:
    """After consent: to registration when there is no home yet, else to the menu."""
    found = await turn.work.places.find_by_code(payload) if payload else None
    places = await turn.work.people.places(turn.viewer)
    known = {place.house_id for place in places}
    resident = await turn.work.people.resident(turn.viewer.resident_id)
    if resident.name and places and not (found and found.house and found.house.id not in known):
        await show_menu(turn)
        return
    await REGISTRATION.begin(turn, found)


async def show_menu(turn: Turn) -> None:
    turn.leave()
    if await consented(turn):
        await turn.say(texts.MENU, full_menu(), standing=True)
    else:
        company = await turn.work.company.profile()
        await turn.say(texts.refused_consent(company), short_menu(), standing=True)


def full_menu() -> list[list[Button]]:
    return [
        [button(texts.NEW, "menu/new"), button(texts.MINE, "menu/mine")],
        [button(texts.DISPATCHER, "menu/dispatcher"), button(texts.SETTINGS, "menu/settings")],
    ]


def short_menu() -> list[list[Button]]:
    return [
        [button(texts.COMMON, "menu/common"), button(texts.PHONES, "menu/phones")],
        [button(texts.AGREE, "consent/yes")],
    ]


async def ask_for_consent(turn: Turn) -> None:
    """Something that needs consent was wanted without it."""
    await turn.say(texts.NEEDS_CONSENT)
    await greet(turn)


async def show_phones(turn: Turn) -> None:
    await turn.say(texts.phones(await turn.work.company.profile()))


async def help_out(turn: Turn) -> None:
    await turn.say(texts.help_text(await turn.work.company.profile()))


async def cancel(turn: Turn) -> None:
    if turn.session.scene in ("", "talk"):
        turn.leave()
        await turn.say(texts.NOTHING_TO_CANCEL)
    else:
        turn.leave()
        await turn.say(texts.CANCELLED)
    await show_menu(turn)
