"""The words of mailings and «Новости» that residents read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.wording import name_moment
from services.messaging.types import Button
from services.wishes import Wanted

HEADERS = {
    "news": "📰 Новости дома",
    "important": "❗ Важное сообщение",
    "offer": "🏷 Предложение",
}
NO_MORE = {"news": "Не присылать новости", "offer": "Не присылать предложения"}
NO_MORE_ACTIONS = {"news": "wish/nonews", "offer": "wish/nooffers"}

# ── What to send ─────────────────────────────────────────────────────────────

WISHES = "Какие сообщения присылать"
TOLD_ANYWAY = "Об авариях, отключениях и ваших заявках пишем всегда."
NAMES: dict[Wanted, str] = {
    "news": "Новости дома", "reminders": "Напоминания", "offers": "Предложения платных услуг",
}  # fmt: skip
SWITCHES: dict[Wanted, tuple[str, str]] = {  # to have them, to have them no more
    "news": ("Присылать новости", NO_MORE["news"]),
    "reminders": ("Присылать напоминания", "Не присылать напоминания"),
    "offers": ("Присылать предложения", NO_MORE["offer"]),
}
TO_SETTINGS = "Настройки"
SAID_OF_WISHES = {  # typed under a message that is no part of a dialogue
    label: f"wish/{no}{kind}"
    for kind, labels in SWITCHES.items()
    for label, no in zip(labels, ("", "no"), strict=True)
} | {WISHES: "menu/wishes"}
HEARD: dict[tuple[Wanted, bool], str] = {
    ("news", True): "Хорошо, новости снова будут приходить.",
    ("news", False): "Хорошо, новости больше не присылаем. Прочитать их можно в меню, «Новости».",
    ("reminders", True): "Хорошо, будем напоминать.",
    ("reminders", False): "Хорошо, напоминать больше не будем.",
    ("offers", True): "Хорошо, будем присылать предложения. Отказаться можно в любой момент.",
    ("offers", False): "Хорошо, предложений больше не будет.",
}
WAY_BACK = f"Передумаете — «{TO_SETTINGS}», «{WISHES}»."


def wishes(wanted: Mapping[Wanted, bool]) -> str:
    lines = [
        f"{NAMES[each]}: {'присылаем' if on else 'не присылаем'}" for each, on in wanted.items()
    ]
    return "\n".join([*lines, "", TOLD_ANYWAY])


def switch(kind: Wanted, *, wanted: bool) -> Button:
    """The one that changes what is now."""
    to_have, no_more = SWITCHES[kind]
    if wanted:
        return Button(label=no_more, action=f"wish/no{kind}")
    return Button(label=to_have, action=f"wish/{kind}")


def heard(kind: Wanted, *, wanted: bool) -> str:
    return HEARD[kind, wanted] if wanted else f"{HEARD[kind, wanted]} {TOLD_ANYWAY}\n{WAY_BACK}"


# ── «Новости» ────────────────────────────────────────────────────────────────

NEWS = "Новости"
NO_HOME = "Вы ещё не назвали свой адрес, поэтому не знаем, какие новости вам показать."
NO_NEWS = "За последние два месяца по вашим адресам новостей не было."
OLDER = "Раньше"
NEWER = "Новее"
BEGINNING = 220  # characters of one among others


def shown(entries: Sequence[tuple[str, str]], first: int, count: int) -> str:
    """`entries`: the moment and the text of each, numbered from `first`; `count`: of all."""
    last = first + len(entries) - 1
    head = "Новости по вашим адресам" + (
        f", {first}–{last} из {count}" if count > last or first > 1 else ""
    )
    lines = [f"{head}:"]
    for number, (at, text) in enumerate(entries, start=first):
        lines += ["", f"{number}. {at}", shorten(text)]
    return "\n".join(lines)


def shorten(text: str) -> str:
    return text if len(text) <= BEGINNING else f"{text[:BEGINNING].rstrip()}…"


def open_label(number: int, text: str) -> str:
    line = text.partition("\n")[2].strip() or text
    return f"{number}. {line.splitlines()[0]}"[:40]


def when(at: datetime, now: datetime) -> str:
    moment = name_moment(at, now)
    return moment[0].upper() + moment[1:]
