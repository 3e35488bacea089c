"""The menu, phones and help."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers import elder_texts, mailing_texts, outage_texts
from handlers.dialogue.turn import Turn
from handlers.resident import account_texts, faq_texts, texts
from handlers.resident.consent import ask_consent, button, consented
from services.errors import NotFound, NotYours, StaleButton
from services.messaging.types import Button


async def show_menu(turn: Turn, words: str = "") -> None:
    """The buttons that stand under the input field; `words` go before the usual ones."""
    consent = await consented(turn)
    if consent is None:
        await ask_consent(turn)
        return
    turn.leave()
    usual = texts.MENU if consent else texts.MENU_SHORT
    text = f"{words}\n\n{usual}" if words else usual
    await turn.say(text, await full_menu(turn) if consent else short_menu(), standing=True)


async def go_back(turn: Turn, ask: Callable[[Turn], Awaitable[None]]) -> None:
    """To the question that is open, unless it may not be asked any more: then to the menu, so
    that nothing that was done before is lost."""
    try:
        await ask(turn)
    except (NotYours, NotFound, StaleButton):
        turn.leave()
        await show_menu(turn)


async def full_menu(turn: Turn) -> list[list[Button]]:
    return menu_of(elder=await turn.work.elders.is_one(turn.viewer))


def menu_of(*, elder: bool) -> list[list[Button]]:
    return [
        [button(texts.NEW, "menu/new"), button(texts.MINE, "menu/mine")],
        [button(faq_texts.FAQ, "menu/faq"), button(texts.DISPATCHER, "menu/dispatcher")],
        [
            button(outage_texts.OUTAGES, "menu/outages"),
            button(texts.SETTINGS, "menu/settings"),
        ],
        [
            button(account_texts.ACCOUNT, "menu/account"),
            button(account_texts.READINGS, "menu/readings"),
        ],
        [
            button(mailing_texts.NEWS, "menu/news"),
            *([button(elder_texts.MY_HOUSE, "menu/house")] if elder else []),
        ],
    ]


def short_menu() -> list[list[Button]]:
    """For those who gave no consent."""
    return [
        [button(texts.COMMON, "menu/common"), button(texts.MINE, "menu/mine")],
        [button(faq_texts.FAQ, "menu/faq"), button(texts.PHONES, "menu/phones")],
        [button(texts.AGREE, "consent/yes")],
    ]


async def show_phones(turn: Turn) -> None:
    await turn.say(texts.phones(await turn.work.company.profile()))


async def help_out(turn: Turn) -> None:
    await turn.say(texts.help_text(await turn.work.company.profile()))
