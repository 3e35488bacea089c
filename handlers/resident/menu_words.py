"""What people type instead of pressing, at any moment, and the action it stands for."""

from __future__ import annotations

from handlers import mailing_texts, outage_texts
from handlers.dialogue.turn import plain
from handlers.resident import account_texts, faq_texts, linking_texts, readings_texts, texts

WORDS = {
    texts.NEW: "menu/new",
    texts.MINE: "menu/mine",
    faq_texts.FAQ: "menu/faq",
    outage_texts.OUTAGES: "menu/outages",
    mailing_texts.NEWS: "menu/news",
    **mailing_texts.SAID_OF_WISHES,
    account_texts.ACCOUNT: "menu/account",
    **dict.fromkeys(account_texts.SAID, "menu/account"),
    account_texts.READINGS: "menu/readings",
    **dict.fromkeys(readings_texts.SAID, "menu/readings"),
    texts.DISPATCHER: "menu/dispatcher",
    texts.SETTINGS: "menu/settings",
    linking_texts.OTHER: "link/show",
    linking_texts.ENTER: "link/enter",
    texts.PHONES: "menu/phones",
    texts.COMMON: "menu/common",
    texts.AGREE: "consent/yes",
    texts.DISAGREE: "consent/no",
    "меню": "menu/show",
    "старт": "/start",
    "начать": "/start",
    "помощь": "/help",
    "отмена": "/cancel",
    **dict.fromkeys(texts.HUMAN, "menu/dispatcher"),
}
BY_WORD = {plain(word): action for word, action in WORDS.items()}
