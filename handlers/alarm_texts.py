"""Words of an alarm that staff read; a danger's name is read by residents, too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import wording
from services.messaging.types import Button, Keyboard
from services.tables import Alarm, Member, Ticket

TAKE = "Принято"
FALSE = "Ложная тревога"

TITLES = {
    "gas": "Пахнет газом",
    "fire": "Пожар или дым",
    "sparks": "Искрит проводка",
    "flood": "Затопление",
    "burst": "Прорвало трубу",
    "sewage": "Прорыв канализации",
    "lift": "Люди в лифте",
    "falling": "Падает лёд или штукатурка",
    "blackout": "Нет света в доме",
    "other": "Опасность",
    "voice": "Голосовое сообщение",
}
NO_PLACE = "адрес уточняем"


def subject(kind: str, place: str = "") -> str:
    return f"🚨 {TITLES[kind]} · {place or NO_PLACE}"


def likely(place: str) -> str:
    return f"{NO_PLACE}, может быть {place}"


def voice_subject(place: str = "") -> str:
    return " · ".join(filter(None, [TITLES["voice"], place]))


def take_button(alarm: Alarm) -> Button:
    return Button(label=TAKE, action=f"staff/alarm/{alarm.id}")


def buttons(alarm: Alarm | None) -> tuple[Button, ...]:
    """What a member may say of it now."""
    if alarm is None or alarm.outcome not in ("", "accepted"):
        return ()
    false = Button(label=FALSE, action=f"staff/noalarm/{alarm.id}")
    return (take_button(alarm), false) if not alarm.outcome else (false,)


def keyboard(alarm: Alarm | None) -> Keyboard | None:
    row = buttons(alarm)
    return Keyboard(rows=(row,)) if row else None


# ── In the room ──────────────────────────────────────────────────────────────


def raised(title: str) -> str:
    return f"🚨 Тревога: {title}. Ждём, кто нажмёт «{TAKE}»."


VOICE_WITHOUT_CONSENT = (
    "🎤 Житель без согласия на хранение данных прислал голосовое. Прослушайте: вдруг это авария."
)


def became(ticket: Ticket) -> str:
    return f"Из этого оформлена заявка №{ticket.number}, {ticket.what.lower()}."


def standing(alarm: Alarm, name: str, at: datetime | None) -> str:
    """`at`: the local moment it was settled."""
    if alarm.outcome == "accepted" and at is not None:
        return f"Тревога: приняли в {at:%H:%M}, {name}"
    if alarm.outcome == "false":
        return f"Тревога: ложная, так решили: {name}"
    return "Тревога: никто пока не принял" if not alarm.outcome else ""


def elsewhere(ticket: Ticket | None, title: str) -> str:
    what = f"заявка №{ticket.number}" if ticket else f"«{title}», отдельное обращение"
    return f"🚨 Житель пишет здесь об опасности: {what}."


def taken(member: Member) -> str:
    return f"✅ Тревогу приняли: {member.name}."


def taken_already(name: str, at: datetime) -> str:
    return f"Эту тревогу уже приняли в {at:%H:%M}: {name}."


def called_off(member: Member) -> str:
    return f"Ложная тревога — {member.name}. Дальше это обычное обращение."


OVER = "Эта тревога уже закрыта."
FALSE_ALREADY = "Тревогу уже признали ложной."


def located(place: str, ticket: Ticket | None) -> str:
    line = f"📍 Адрес: {place}."
    return f"{line} Оформили заявку №{ticket.number}, {ticket.what.lower()}." if ticket else line


def filed(ticket: Ticket) -> str:
    return f"Житель дал согласие: оформили заявку №{ticket.number}, {ticket.what.lower()}."


def moves_to(room: str) -> str:
    return f"📍 Это адрес комнаты «{room}»: тревога теперь там."


# ── By the clock ─────────────────────────────────────────────────────────────


def nobody_took(minutes: int) -> str:
    return f"🚨 Тревогу не приняли за {wording.name_span(minutes * 60)}"


def call_out(name: str, words: str) -> str:
    """To a member in private."""
    quoted = f"\n\n«{words[:500]}»" if words else ""
    return f"{name}{quoted}\n\nБерёте на себя? Нажмите «{TAKE}»: житель узнает, что вы в деле."


def calling(minutes: int, names: Sequence[str]) -> str:
    span = wording.name_span(minutes * 60)
    return f"⏰ Тревогу не приняли за {span}. Зовём лично: {', '.join(names)}."


NOBODY_LEFT = (
    "⏰ Тревогу так никто и не принял, а звать больше некого. Жителю сказали звонить самому. "
    f"Нажмите «{TAKE}», как увидите."
)


def erased(kind: str, address: str) -> str:
    """What a thread is called whose words were erased."""
    return " · ".join(filter(None, [TITLES[kind], address, "текст удалён"]))


ERASED_PLACE = "адрес удалён"
