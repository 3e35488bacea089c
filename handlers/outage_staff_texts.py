"""The words of `/outage`: the questions, the preview, the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from handlers.outage_texts import THINGS, ranges
from handlers.staff_texts import MESSENGERS
from handlers.wording import name_moment, plural
from services.audience import Reach
from services.messaging.types import Button
from services.notices import Outcome
from services.tables import Notice, Outage

# ── The questions ────────────────────────────────────────────────────────────

NOT_ALLOWED = "Об отключениях сообщают диспетчеры, управляющие и администраторы."
TRAINEE = "Пока вы стажёр, объявляет коллега: попросите его нажать."
NOT_HERE = (
    "Здесь всё, что вы напишете, уходит жителю. Напишите /outage в общей теме группы "
    "или мне в личный чат."
)
NO_HOUSES = "В ваших группах нет ни одного дома, объявлять негде."

WHICH = "Авария или плановые работы?"
KINDS = [(False, "🚨 Авария"), (True, "🗓 Плановые работы")]
WHAT = "Что отключается?"
WHATS = [(code, f"{it.sign} {it.name}") for code, it in THINGS.items()] + [("other", "Другое")]
HOW_CALLED = "Как назвать? Так и прочтут жители: «Не работает шлагбаум», «Мойка двора»."
WHERE = "Какой дом? Можно несколько: нажимайте по одному или напишите адреса."
CHOOSE_HOUSE = "Сначала выберите хотя бы один дом."
SEVERAL_ZONES = (
    "Эти дома живут по разным часам, а время в сообщении одно. Оставьте дома одного часового "
    "пояса, для остальных сделайте отдельное отключение."
)
WHOLE = "Весь дом"
PARTS = (
    "Весь дом или часть? Подъезд можно нажать, остальное написать: «стояк 3», «этажи 5–9», "
    "«2 подъезд, стояк 1», «кв. 12, 14–20»."
)
PARTS_AGAIN = "Ещё часть или «Дальше»."
WHEN = "Когда? Например: «завтра с 10 до 14», «25 ноября с 9 до 17»."
WHEN_OFFERS = ("Завтра с 10 до 14", "Завтра с 9 до 18", "Послезавтра с 10 до 17")
UNTIL = "До скольки? Можно и с началом: «с 9:40 до 15». Без начала — с этой минуты."
UNKNOWN = "Пока не знаем"
UNTIL_OFFERS = ("Через 2 часа", "Через 4 часа", "До 18:00", UNKNOWN)
REASON = "Причина? Одной фразой, как объяснили бы соседу."
REASONS_OFFERED = {
    False: ("Прорыв трубы", "Авария у поставщика", "Выясняем"),
    True: ("Профилактика", "Замена трубы", "Работы поставщика"),
}
LONGEST_REASON = 300
LONGEST_TITLE = 80
STOPPED = "Хорошо, не объявляем."


def chosen(names: Sequence[str]) -> str:
    return f"Выбрано: {', '.join(names)}. Ещё или «Дальше»."


def no_such(what: str, names: Sequence[str]) -> str:
    return f"Нет такого: {what} {', '.join(names)}. Проверьте, пожалуйста, и напишите ещё раз."


def not_understood(rest: str) -> str:
    return f"Не понял «{rest[:60]}». Напишите, например: «2 подъезд, стояк 3» или «кв. 12, 14–20»."


def by_their_clock(question: str, there: datetime) -> str:
    """Of houses that do not live by the company's."""
    return f"{question}\n🕘 Время — как у жителей этих домов: у них сейчас {there:%H:%M}."


def which_house(names: Sequence[str]) -> str:
    return f"Подходит несколько: {', '.join(names[:5])}. Нажмите нужный."


NO_SUCH_HOUSE = "Не нашёл такого дома. Нажмите его или напишите улицу и номер."
NO_TIME = "Не понял время. Напишите часы: «завтра с 10 до 14», «до 18:00», «через 2 часа»."
NO_BEGINNING = "Во сколько начнутся работы? Напишите целиком: «завтра с 10 до 14»."
IN_PAST = "Это время уже прошло. Напишите, пожалуйста, другое."
ENDS_FIRST = "Получается, конец раньше начала. Напишите ещё раз: «завтра с 10 до 14»."
AHEAD = "Начало ещё впереди — для этого есть «Плановые работы». Напишите, когда всё началось."


def over_length(length: int, most: int) -> str:
    return (
        f"Получилось {length} {plural(length, 'знак', 'знака', 'знаков')}, а помещается {most}. "
        "Сократите, пожалуйста."
    )


# ── The preview ──────────────────────────────────────────────────────────────

SEND = "Отправить сейчас"
PLAN = "Запланировать"
CHANGE = "Изменить"
CANCEL = "Отмена"
LOUD = "🔔 Со звуком и ночью"
NEW = "➕ Новое отключение"
REPORT = "Отчёт"
REFRESH = "Обновить"
LONGER = "Продлить"
OVER = "Дали, всё работает"
CALL_OFF = "Отменить"
YES_CALL_OFF = "Да, отменить"
ALREADY = "Это уже сделано: отправлено, закончено или отменено."
HOUSES_OF_OTHERS = (
    "Здесь есть дома, с которыми вы не работаете: если изменить, они пропадут. "
    "Попросите того, кто составил, или администратора."
)
KEPT = "Черновик остался, ничего не отправлено."


def preview(text: str, reach: Reach, warnings: Sequence[str]) -> str:
    lines = ["Так прочтут жители:", "", text, "", receivers(reach)]
    lines += [f"⚠️ {each}" for each in warnings]
    return "\n".join(lines)


def receivers(reach: Reach) -> str:
    if not reach.people:
        told = "👥 Получать некому: из этих квартир боту никто не пишет."
    else:
        by = ", ".join(f"{MESSENGERS.get(c, c)} — {n}" for c, n in reach.people.items())
        told = f"👥 Получит {people(reach.everybody)}: {by}."
    if reach.flats:
        covered = reach.flats - len(reach.missed)
        told += f"\n🏠 Квартиры: есть кому написать в {covered} из {reach.flats}."
    return told


def announced_late(days: int, wanted: int) -> str:
    return (
        f"О плановых работах предупреждают за {wanted} "
        f"{plural(wanted, 'рабочий день', 'рабочих дня', 'рабочих дней')}, а до этих — {days}."
    )


def too_long(lasts: timedelta, permitted: timedelta) -> str:
    return (
        f"Это {hours(lasts)}, а за один раз разрешено {hours(permitted)}: "
        "за лишнее время пересчитывают плату."
    )


AT_NIGHT = "Сейчас ночь: сообщение придёт без звука."
NOT_BY_MORNING = "Сейчас ночь, а утром будет поздно: сообщение уйдёт сразу, без звука."
LOUD_NOW = "Ночью придёт со звуком."


def in_the_morning(at: datetime, now: datetime) -> str:
    return f"Сейчас тихие часы: жителям уйдёт {name_moment(at, now)}."


def already_over(until: datetime, now: datetime) -> str:
    return f"Конец ({name_moment(until, now)}) уже прошёл. Нажмите «{CHANGE}» и назовите другой."


def already_begun(since: datetime, now: datetime) -> str:
    return (
        f"Начало ({name_moment(since, now)}) уже прошло. "
        f"Нажмите «{CHANGE}»: назовите другое время или объявите как аварию."
    )


def sent(count: int, title: str) -> str:
    if not count:
        return f"📣 {title}: объявлено, но сообщать некому. В «Отключениях» жители это увидят."
    return f"📣 {title}: ушло, получит {people(count)}."


def lapsed(title: str) -> str:
    return f"⚠️ {title}: не отправлено, время работ уже прошло. Жители ничего не узнали."


def planned(title: str, at: datetime, now: datetime) -> str:
    return f"🕘 {title}: уйдёт {name_moment(at, now)}."


WHAT_TO_CHANGE = "Что изменить?"
CHANGES = [
    ("what", "Что отключается"), ("houses", "Где"), ("when", "Время"), ("reason", "Причину"),
]  # fmt: skip
WHEN_TO_SEND = "Когда отправить? Например: «завтра в 10», «сегодня в 18»."
SEND_OFFERS = ("Сегодня в 18:00", "Завтра в 10:00")
SEND_LATE = "К этому времени работы уже начнутся. Назовите время пораньше."
SEND_LATE_BY_NIGHT = (
    "Ночью жителям не пишем, а к утру работы уже начнутся. Назовите время до тихих часов "
    f"или нажмите «{SEND}»."
)
UNTIL_WHEN = "До скольки теперь?"
LONGER_OFFERS = ("Через 1 час", "Через 2 часа", "Через 4 часа", UNKNOWN)
SAME_TERM = "Срок остался прежним."
NOT_LATER = "Это время уже прошло. Напишите, до скольки продлить."


def prolonged(title: str, count: int) -> str:
    return f"⏱ {title}: о новом сроке узнает {people(count)}."


def announced_already(title: str) -> str:
    return f"📣 {title}: об этом уже объявлено. Если объявили зря, нажмите «{CALL_OFF}»."


def ask_call_off(title: str) -> str:
    return f"Отменить «{title}»? Все, кому ушло объявление, узнают об отмене."


def ended(title: str, count: int | None, *, restored: bool) -> str:
    done = "закончено" if restored else "отменено"
    if count is None:
        return f"❎ {title}: {done}, жителям ничего не уходило."
    return f"✅ {title}: {done}, узнает {people(count)}."


def is_it_over(title: str, why: str, answers: Mapping[str, int], *, again: bool) -> str:
    lines = [f"⏰ {title}", f"{why} Восстановили?", answered(answers)]
    return "\n".join([*lines, NOT_ANSWERED] if again else lines)


NOT_ANSWERED = (
    f"На этот вопрос ещё никто не ответил. Нажмите «{OVER}» или «{LONGER}»: пока ответа нет, "
    "жителям, которые пишут об этом, отключением не объясняем."
)


def term_is_over(until: str) -> str:
    return f"Срок вышел ({until})."


def no_term(since: str) -> str:
    return f"Началось {since}, срок не назван."


def still_none(title: str, count: int) -> str:
    return f"🤔 {title}: объявлено, что всё работает, а ответ «Всё ещё нет» уже есть — {count}."


def report_button(outage: Outage, label: str = REPORT) -> Button:
    return Button(label=label, action=f"staff/outstat/{outage.id}")


def over_buttons(outage: Outage) -> list[Button]:
    return [
        Button(label=OVER, action=f"staff/outback/{outage.id}"),
        Button(label=LONGER, action=f"staff/outmore/{outage.id}"),
    ]


# ── The list and the report ──────────────────────────────────────────────────

NOW = "Отключения сейчас и впереди:"

STATES = {
    "draft": "черновик, никому не отправлено", "scheduled": "ждёт отправки",
    "announced": "жители знают", "restored": "закончено", "cancelled": "отменено",
}  # fmt: skip


def stands(outage: Outage, announce_at: datetime | None, now: datetime) -> str:
    if outage.state == "scheduled" and announce_at is not None:
        return f"Уйдёт {name_moment(announce_at, now)}."
    return f"Состояние: {STATES[outage.state]}."


def answered(answers: Mapping[str, int]) -> str:
    labels = {"mine_too": "у меня тоже", "back": "уже дали", "still_none": "всё ещё нет"}
    told = [f"{label} — {answers[key]}" for key, label in labels.items() if answers.get(key)]
    return "Ответили: " + ", ".join(told) + "." if told else "Никто пока не ответил кнопкой."


NOTICES = {
    "announced": "Объявление", "reminder": "Напоминание накануне", "prolonged": "Новый срок",
    "restored": "Закончено", "cancelled": "Отмена",
}  # fmt: skip
REASONS = {
    "blocked": "заблокировали бота", "rejected": "мессенджер не принял", "fault": "наш сбой",
    "off": "мессенджер отключён",
}  # fmt: skip


def outcome(notice: Notice, at: datetime, now: datetime, became: Outcome) -> str:
    states = became.states
    everybody = sum(states.values())
    waiting = became.left
    parts = [f"доставлено {states.get('sent', 0)} из {everybody}"]
    parts += [f"ещё идёт {waiting}"] if waiting else []
    refused = states.get("refused", 0)
    if refused:
        why = ", ".join(f"{REASONS.get(r, r)} — {n}" for r, n in sorted(became.reasons.items()))
        parts.append(f"не принято {refused} ({why})")
    if states.get("unknown"):
        parts.append(f"неизвестно {states['unknown']}")
    if states.get("dropped"):
        parts.append(f"снято до отправки {states['dropped']}")
    return f"{NOTICES[notice.kind]}, {name_moment(at, now)}: {', '.join(parts)}."


def uncovered(missed: Sequence[tuple[str, str]], flats: int) -> str:
    """Flats of which nobody can be written to, house by house, ranges drawn together."""
    if not missed:
        return "Во всех квартирах есть кому написать." if flats else "Списка квартир у дома нет."
    covered = flats - len(missed)
    houses: dict[str, list[str]] = {}
    for address, number in missed:
        houses.setdefault(address, []).append(number)
    lines = [f"Квартиры: есть кому написать в {covered} из {flats}. Никого нет в боте:"]
    lines += [f"• {address}: {ranges(numbers)}" for address, numbers in houses.items()]
    return "\n".join(lines)


def people(count: int) -> str:
    return f"{count} {plural(count, 'человек', 'человека', 'человек')}"


def hours(span: timedelta) -> str:
    whole = round(span.total_seconds() / 3600, 1)
    return f"{whole:g}".replace(".", ",") + " ч"
