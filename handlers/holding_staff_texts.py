"""What staff read about people who prove accounts."""

from __future__ import annotations

from handlers import wording
from handlers.resident.holding_texts import ROLES

CLAIM_BUTTONS = ("Подтвердить", "Отказать")
DOUBT_BUTTONS = ("Всё в порядке", "Отключить его")
UNDO = "Отключить от счёта"
UNLOCK = "Снять блокировку"
UNLOCKED = "Блокировку сняли, житель может попробовать снова."
SETTLED = "Это уже решено."
NOT_ALLOWED = "Решить это может диспетчер, управляющий или администратор."
NO_ACCOUNT = "Такого счёта в загруженных данных нет, подтвердить нечего. Можно отказать."
WENT_ALREADY = "Этот человек уже отключился сам, решать больше нечего."
GONE_ALREADY = "Этот человек к счёту уже не подключён."
OWN = "О своём счёте сами не решают: попросите коллегу."


def subject(place: str, *, doubt: bool) -> str:
    what = "Лицевой счёт: не узнаёт человека" if doubt else "Лицевой счёт: подтвердить"
    return " · ".join(filter(None, [what, place]))


def subject_of_lock(place: str) -> str:
    return " · ".join(filter(None, ["Лицевой счёт: не получается подтвердить", place]))


def claimed(role: str, place: str, name: str, *, known: bool) -> str:
    lines = [
        "Житель просит подтвердить лицевой счёт.",
        f"Адрес: {place}" if place else "",
        f"Кем себя называет: {ROLES[role]}",
        f"Житель: {name}" if name else "",
        "Сверьте документы или позвоните; номер и суммы сюда не присылайте."
        if known
        else "Номера, который назвал житель, в загруженных счетах нет. Спросите его прямо здесь.",
    ]
    return "\n".join(filter(None, lines))


def doubted(role: str, place: str, name: str) -> str:
    lines = [
        f"К счёту подключился человек ({ROLES[role]}), которого прежний держатель не узнаёт. "
        "Пока вы не решите, суммы новому человеку не видны.",
        f"Адрес: {place}" if place else "",
        f"Пишет прежний держатель: {name}" if name else "",
    ]
    return "\n".join(filter(None, lines))


def locked(tries: int, hours: int, place: str, name: str, *, known: bool) -> str:
    lines = [
        f"Лицевой счёт не подтвердился {tries} раз подряд, поэтому {hours} ч ничего не принимаем.",
        "" if known else "Такого номера в загруженных счетах нет.",
        f"Адрес: {place}" if place else "",
        f"Пробовал житель: {name}" if name else "",
        "Если это просто ошибка, снимите блокировку.",
    ]
    return "\n".join(filter(None, lines))


def decided(yes: bool, member: str) -> str:
    return f"{'Подтверждено' if yes else 'Отказано'} — {member}."


def undone(member: str) -> str:
    return f"Отключили от счёта — {member}. Жителю об этом сказали."


# ── To the resident ──────────────────────────────────────────────────────────

CONFIRMED = "Сотрудники подтвердили: счёт подключён."
REFUSED = (
    "Подтвердить лицевой счёт не смогли. Проверьте номер или спросите диспетчера, что нужно "
    "показать."
)
UNLOCKED_FOR_YOU = "Можно снова попробовать подключить лицевой счёт."
OPEN_AGAIN = "Сотрудники всё проверили: суммы по счёту вам снова видны."
ENDED_AFTER_DOUBT = "Сотрудники проверили и отключили вам лицевой счёт."
DOUBT_UNFOUNDED = "Сотрудники проверили: этот человек подключён к вашему счёту по праву."
DOUBT_FOUNDED = "Сотрудники проверили и отключили этого человека от вашего счёта."
DOUBT_FOUNDED_PROVE_AGAIN = (
    "Сотрудники проверили и отключили этого человека от счёта. Подключите счёт заново: нажмите "
    "«Лицевой счёт»."
)
DOUBT_OVER = "Человек, о котором вы писали, отключился от счёта сам."

# ── Commands of the accountant ───────────────────────────────────────────────

HOW_CODE = "Напишите номер лицевого счёта: /code 0012345."
HOW_RELEASE = "Напишите номер лицевого счёта: /release 0012345."
ONLY_PRIVATE = "Номера счетов не для группы. Напишите мне это в личном чате."
FOR_MANAGERS = "Коды дают и от счёта отключают управляющие и администраторы."
NO_SUCH_ACCOUNT = "Такого лицевого счёта в загруженных данных нет."
NOBODY = "К этому счёту и так никто не подключён."


def code(given: str, days: int) -> str:
    return (
        f"Код для этого счёта: {given[:4]} {given[4:]}\n\nПокажем его один раз. Сработает тоже "
        f"один раз, в ближайшие {days} дн.; прежний неиспользованный код больше не действует."
    )


def released(count: int) -> str:
    people = wording.plural(count, "человека", "человек", "человек")
    return (
        f"Отключили {count} {people} и сказали им об этом. Тот, кто подключится следующим, прошлых "
        "месяцев не увидит."
    )
