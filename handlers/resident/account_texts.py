"""Words about an account and its money. Nothing is called overdue before its day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers import wording
from services.accounts.holdings import Held
from services.accounts.money import MonthOf, Owed
from services.company.declaration import Company

ACCOUNT = "Лицевой счёт"
READINGS = "Показания"
PAY = "Оплатить"
PAY_ON_SITE = "Оплатить на сайте"
MONTHS = "По месяцам"
BILL = "Квитанция"
PEOPLE = "Кто видит счёт"
DISPUTE = "Не согласен с суммой"
OPEN_PAGE = "Открыть страницу"
ANOTHER = "Подключить ещё счёт"
SAID = (
    "баланс", "мой баланс", "мой счет", "мой долг", "сколько я должен", "сколько я должна",
    "сколько платить", "моя квитанция", "оплатить квартплату",
)  # fmt: skip
MONTH_NAMES = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip

NOTHING_HELD = "Здесь будет видно, сколько и до какого числа платить, и увидите это только вы."
WHICH = "У вас несколько счетов. Какой показать?"
NO_MONEY_RIGHTS = (
    "Счёт подключён, а суммы по нему видит только владелец. Попросите его открыть их вам: "
    f"«{ACCOUNT}» → «{PEOPLE}»."
)
NOTHING_KNOWN = (
    "По этому счёту пока нет данных из бухгалтерии. Они появятся со следующей квитанцией — "
    "загляните позже."
)
NOTHING_TO_PAY = "Платить сейчас ничего не нужно."
MAY_BE_PAID = (
    "Если вы уже оплатили, ничего делать не нужно. Если нет — уточните сумму в управляющей "
    "компании."
)
LEFT_OUT = f"В последних данных бухгалтерии этого счёта нет. {MAY_BE_PAID}"
NO_BILL = "Квитанции за последний месяц здесь пока нет."
NO_MONTHS = "По месяцам показать пока нечего."
OVER_A_MONTH = "Начислено — сколько насчитали за месяц, оплачено — сколько дошло до нас."
AHEAD = "Платить сейчас ничего не нужно, спасибо!"
LINK = (
    "Суммы по счёту показываем на нашей странице: так их увидите только вы. Ссылка откроется один "
    "раз в течение 15 минут, пересылать её не нужно."
)


def hidden(company: Company) -> str:
    return (
        "В этом мессенджере суммы не показываем. "
        f"Их назовут в управляющей компании: {company.phone}."
    )


def label(held: Held, *, numbered: bool) -> str:
    """Of a button in the list."""
    place = name_account(held)
    return f"№ {held.number}, {place}" if numbered and held.number else place


def name_account(of: Held | Owed) -> str:
    """«ул. Садовая, 5, кв. 4, капремонт»: a flat may have several."""
    return ", ".join(part for part in (of.place, of.kind) if part) or ACCOUNT


def balance(owed: Owed) -> str:
    """What stands on the screen, in the order of what matters."""
    lines = [f"{ACCOUNT} №\u00a0{owed.number}", ""]
    lines += to_pay(owed)
    if owed.penalties:
        lines.append(f"Пени: {wording.name_sum(owed.penalties)}.")
    return "\n".join([*lines, "", as_of(owed)])


def to_pay(owed: Owed) -> list[str]:
    name = wording.name_sum
    if owed.left_out is not None:
        return [
            f"За {name_month(owed.month)} было к оплате {name(owed.debt)}.",
            f"В данных за {name_month(owed.left_out)} этого счёта нет. {MAY_BE_PAID}",
        ]
    if owed.debt < 0:
        return [f"Переплата {name(-owed.debt)}. {AHEAD}"]
    if owed.debt == 0:
        return ["Всё оплачено, спасибо!"]
    until = wording.name_date(owed.pay_by, owed.today)
    if not owed.overdue:
        return [f"К оплате {name(owed.debt)} до {until}."]
    if not owed.on_time:
        late = owed.today > owed.pay_by
        return [
            f"К оплате {name(owed.debt)}.",
            f"Срок оплаты прошёл {until}." if late else "Срок оплаты уже прошёл.",
        ]
    return [
        f"К оплате {name(owed.debt)}:",
        f"— {name(owed.on_time)} до {until},",
        f"— {name(owed.overdue)} за прошлые месяцы: срок оплаты уже прошёл.",
    ]


def as_of(owed: Owed) -> str:
    taken = wording.name_date(owed.as_of.date(), owed.today)
    return (
        f"Данные бухгалтерии за {name_month(owed.month)}, получены {taken}. "
        "Более поздние платежи появятся при следующем обновлении."
    )


def name_month(month: date) -> str:
    """«октябрь 2026»"""
    return f"{MONTH_NAMES[month.month - 1]} {month.year}"


def by_month(months: Sequence[MonthOf]) -> str:
    """The newest first, as figures."""
    lines = [MONTHS, ""]
    for each in reversed(months):
        sums = [
            f"{word} {wording.name_sum(kopecks)}"
            for word, kopecks in (("начислено", each.billed), ("оплачено", each.paid))
            if kopecks is not None
        ]
        if sums:
            lines.append(f"{name_month(each.month).capitalize()}: {', '.join(sums)}")
    return "\n".join([*lines, "", OVER_A_MONTH])


def how_to_pay(sum_of: int | None, *, page: bool) -> str:
    """`sum_of` None: the sum may not stand here."""
    named = "" if sum_of is None else f" {wording.name_sum(sum_of)}"
    lines = [
        f"К оплате{named}. В QR-коде уже есть счёт и сумма:" if named
        else "В QR-коде уже есть счёт и сумма:",
        "1. Сохраните картинку.",
        "2. Откройте приложение банка, найдите «Оплата по QR-коду».",
        "3. Выберите картинку из галереи. С другого экрана или с бумаги — наведите камеру.",
    ]  # fmt: skip
    if page:
        lines.append(f"Или нажмите «{PAY_ON_SITE}».")
    return "\n".join([*lines, "Платёж дойдёт за один-три рабочих дня."])


def pay_elsewhere(company: Company) -> str:
    return (
        "Оплатить можно в приложении банка по реквизитам из квитанции. "
        f"Подскажем и по телефону: {company.phone}."
    )


def bill_of(month: date) -> str:
    return f"{BILL} за {name_month(month)}"


def bill_file(month: date) -> str:
    return f"{bill_of(month)}.pdf"


MONTHS_FILE = "По месяцам.png"
CODE_FILE = "QR-код для оплаты.png"
