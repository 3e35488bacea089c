"""The words of reminders that residents read: three tones for each kind, buttons, answers. None of
them names a sum by itself, and nothing is called a debt before its day."""

from __future__ import annotations

from collections.abc import Sequence

from services.accounts.holdings import Held
from services.accounts.marks import MarkKind
from services.messaging.types import Button
from services.reminder_draft import ReminderKind, Tone

HEADERS: dict[ReminderKind, str] = {
    "payment": "💡 Пора оплатить квитанцию",
    "debt": "💡 Напоминание об оплате",
}
TONES: dict[tuple[ReminderKind, Tone], str] = {
    ("payment", "kind"): (
        "Здравствуйте, {name}! Напоминаем: квитанцию по адресу {address} можно оплатить до {date}. "
        "Сколько и как — в «Лицевом счёте», по кнопке ниже. Если уже оплатили, спасибо!"
    ),
    ("payment", "plain"): (
        "Здравствуйте, {name}! Квитанцию по адресу {address} нужно оплатить до {date}. "
        "Сумму и способы оплаты покажет «Лицевой счёт»."
    ),
    ("payment", "formal"): (
        "Здравствуйте, {name}! Срок оплаты жилищно-коммунальных услуг по адресу {address} — "
        "до {date}. Сумма и реквизиты — в «Лицевом счёте»."
    ),
    ("debt", "kind"): (
        "Здравствуйте, {name}! По адресу {address} остались неоплаченные квитанции — бывает, "
        "забывается. Посмотрите, пожалуйста, «Лицевой счёт»: там видно, за что и как оплатить. "
        "Если платить сразу трудно, напишите нам — договоримся."
    ),
    ("debt", "plain"): (
        "Здравствуйте, {name}! По адресу {address} есть просроченная оплата. "
        "Подробности и способы оплатить — в «Лицевом счёте». Если что-то не так, нажмите кнопку "
        "ниже."
    ),
    ("debt", "formal"): (
        "Здравствуйте, {name}! По адресу {address} числится просроченная задолженность за "
        "жилищно-коммунальные услуги. Просим её погасить: сумма и реквизиты — в «Лицевом счёте». "
        "Если вы не согласны или нужна рассрочка, сообщите нам кнопкой ниже."
    ),
}
OPEN = "Лицевой счёт"
PAID = "Уже оплачено"
PARTS = "Нужна рассрочка"
DISAGREE = "Не согласен"
NO_MORE = "Не присылать напоминания"


def buttons(reminder_id: int, *, sample: bool = False) -> list[list[Button]]:
    """`sample`: for staff, where they change nothing."""

    def one(label: str, action: str) -> Button:
        return Button(label=label, action="staff/debtsample/0" if sample else action)

    return [
        [one(OPEN, f"owe/account/{reminder_id}")],
        [one(PAID, f"owe/settled/{reminder_id}"), one(PARTS, f"owe/parts/{reminder_id}")],
        [one(DISAGREE, f"owe/disagree/{reminder_id}"), one(NO_MORE, "wish/noreminders")],
    ]


# ── Answers ──────────────────────────────────────────────────────────────────

WHICH = "По какому адресу?"
SAID: dict[MarkKind, str] = {  # what staff read as the resident's words
    "paid": "Уже оплачено.",
    "instalment": "Нужна рассрочка.",
    "dispute": "Не согласен с суммой.",
}
HEARD: dict[MarkKind, str] = {
    "paid": (
        "Спасибо! Пока об этом не напоминаем. Банк передаёт платёж до трёх рабочих дней — "
        "в «Лицевом счёте» он появится со следующими данными. Если хотите, пришлите сюда чек или "
        "фото: бухгалтер посмотрит."
    ),
    "instalment": (
        "Поняли вас, напоминать пока не будем. Напишите сюда, за сколько месяцев вам удобно "
        "заплатить, — сотрудник ответит здесь же и договорится с вами о рассрочке."
    ),
    "dispute": (
        "Поняли вас. Пока разбираемся, напоминать не будем. Напишите сюда, что не так: сумма, "
        "показания, перерасчёт, — можно с фото. Бухгалтер проверит и ответит здесь же."
    ),
}
KNOWN: dict[MarkKind, str] = {
    "paid": "Это мы уже знаем и не напоминаем. Если есть чек, пришлите его сюда.",
    "instalment": "О рассрочке мы уже знаем и не напоминаем. Если хотите что-то добавить, пишите.",
    "dispute": "Мы уже разбираемся и не напоминаем. Если хотите что-то добавить, пишите сюда.",
}


def label(held: Held, all_held: Sequence[Held]) -> str:
    """Of several accounts of one address, which is told by its last figures, to its holder."""
    alike = [each for each in all_held if each.place == held.place]
    return held.place if len(alike) == 1 else f"{held.place} (…{held.number[-3:]})"


# ── What staff read in the thread ────────────────────────────────────────────

MARKED: dict[MarkKind, str] = {
    "paid": (
        "💡 Житель пишет, что счёт оплачен. Напоминания по нему остановлены до новых данных из "
        "бухгалтерии."
    ),
    "instalment": (
        "💡 Житель просит рассрочку. Напоминания остановлены. Договоритесь и отметьте, до какого "
        "числа: кнопкой или /instalment 31.12"
    ),
    "dispute": (
        "💡 Житель не согласен с суммой. Напоминания остановлены, пока вы не нажмёте «Разобрались» "
        "или не напишете /dispute нет"
    ),
}


def marked(kind: MarkKind, where: str) -> str:
    """`where`: the account's address, of whoever gave no other."""
    return MARKED[kind] + (f"\nАдрес по счёту: {where}" if where else "")
