"""The words of what stands in the open: channel, wall, the house's own chat. Of places no more than
houses and entrances; nobody's flat is named where anybody may read it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from handlers import outage_texts
from handlers.staff_texts import MESSENGERS
from services.links import Link
from services.open_posts import OpenPlace, Posted
from services.tables import Outage

# ── Buttons of staff ─────────────────────────────────────────────────────────

CHAT_TEXT = "💬 Текст для чата дома"
SHEET = "🖨 Листок для подъезда"
CHOSEN = "✓ "
LABELS = {
    ("channel", "wall"): "И в канал, и на стену",
    ("channel",): "И в канал Telegram",
    ("wall",): "И на стену ВКонтакте",
}  # fmt: skip
NO_HOUSES = "Этих домов больше нет в файле компании, печатать нечего."
PART_OF_FLATS = "часть квартир"


def toggle(places: Sequence[OpenPlace], *, chosen: bool) -> str:
    kinds = {place.kind for place in places}
    label = LABELS[tuple(kind for kind in ("channel", "wall") if kind in kinds)]
    return f"{CHOSEN}{label}" if chosen else label


def name(place: OpenPlace) -> str:
    if place.kind == "wall":
        return "стена ВКонтакте"
    chat = place.address.chat
    return f"канал {chat}" if chat.startswith("@") else "канал Telegram"


def names(places: Sequence[OpenPlace]) -> str:
    return ", ".join(name(place) for place in places)


def chosen(places: Sequence[OpenPlace]) -> str:
    return (
        f"📢 Выйдет и там, где прочтёт любой: {names(places)}. "
        "Номера квартир туда не попадут, только дома и подъезды."
    )


NOT_CHOSEN = "Хорошо, только жителям: ни в канал, ни на стену не попадёт."
NOT_SET_UP = (
    "Канал и стена пока не настроены: канал называют в файле компании (telegram_channel), "
    "для стены нужен ключ VK_WALL_TOKEN."
)


# ── What anybody reads ───────────────────────────────────────────────────────


def of_outage(
    outage: Outage, kind: str, places: Sequence[str], since: datetime, until: datetime | None,
    now: datetime,
) -> tuple[str, str]:  # fmt: skip
    """Header and text; moments as the clocks of its houses show them."""
    text = outage_texts.body(outage, kind, places, since, until, now)
    if kind == "restored":
        text = "\n".join([*places, f"Спасибо за терпение. {outage_texts.IF_NOT}"])
    return outage_texts.header(outage, kind), text


def parts(entrances: Sequence[str], *, others: bool) -> str:
    """«подъезды 1, 2 и часть квартир»"""
    word = "подъезд" if len(entrances) == 1 else "подъезды"
    named = [f"{word} {', '.join(entrances)}"] if entrances else []
    return " и ".join([*named, *([PART_OF_FLATS] if others else [])])


def write_to_us(url: str) -> str:
    return f"Спросить или сообщить о поломке: {url}"


def chat_text(text: str, links: Sequence[Link], phone: str) -> str:
    """Plain words to be copied into a chat of neighbours."""
    lines = [text, ""]
    if links:
        lines.append("Если у вас иначе или есть вопрос — напишите нам:")
        lines += [f"{messenger(link)}: {link.url}" for link in links]
    lines.append(f"Телефон: {phone}")
    return "\n".join(lines)


def messenger(link: Link) -> str:
    named = MESSENGERS.get(link.channel, link.channel)
    return named[0].upper() + named[1:]


def without_signs(text: str) -> str:
    """Without pictures, which paper has no letters for."""
    kept = [each for each in text if unicodedata.category(each) not in ("So", "Sk", "Mn", "Cs")]
    return "\n".join(" ".join(line.split()) for line in "".join(kept).split("\n"))


# ── What staff read of it ────────────────────────────────────────────────────

STATES = {
    "sent": "вышло", "refused": "не вышло", "unknown": "неизвестно, вышло ли",
    "dropped": "снято до отправки",
}  # fmt: skip
NOT_ADMIN = (
    "бот там не администратор, или такого канала нет. Добавьте бота в канал администратором с "
    "правом публиковать сообщения"
)


def became(posts: Sequence[Posted]) -> str:
    """A line of the report."""
    return "📢 " + "; ".join(state_of(post) for post in posts) + "."


def state_of(post: Posted) -> str:
    told = f"{name(post.place)} — {STATES.get(post.state, 'ещё идёт')}"
    return f"{told} ({explain(post.place, post.why)})" if post.state == "refused" else told


def refused(title: str, place: OpenPlace, why: str) -> str:
    return f"⚠️ {title}: {name(place)} — не вышло: {explain(place, why)}. Жителям это не помешало."


def unknown(title: str, place: OpenPlace) -> str:
    return (
        f"⚠️ {title}: {name(place)} — неизвестно, вышло ли: ответ не пришёл. Посмотрите там и, "
        "если записи нет, опубликуйте сами."
    )


def explain(place: OpenPlace, why: str) -> str:
    if place.kind == "wall":
        return why or "ВК не принял"
    low = why.lower()
    if any(mark in low for mark in ("chat not found", "not a member", "kicked", "rights", "admin")):
        return f"{NOT_ADMIN} ({why})"
    return why or "Telegram не принял"
