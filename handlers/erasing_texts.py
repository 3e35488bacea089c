"""The words of erasing: «Удалить мои данные», the last word, the act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handlers.wording import MONTHS, name_moment, plural
from services.company.declaration import Company
from services.tables import Ticket

ERASE = "Удалить мои данные"
YES_ERASE = "Да, удалить"
KEEP = "Не удалять"
STAY = "Оставить как есть"

GONE = "[удалено по просьбе жителя]"
TALK = "Разговор с жителем, данные удалены"


def warning(company: Company, open_ones: Sequence[Ticket]) -> str:
    hours, days = company.erasing.think_hours, company.erasing.working_days
    lines = [
        "Удалим имя, телефон, адреса, ваши сообщения и фото, ответы на них, оценки, настройки и "
        "привязку лицевых счетов — во всех мессенджерах, которые вы связали. Вернуть это будет "
        "нельзя: если напишете снова, познакомимся заново.",
        "Останется то, что обязаны хранить по закону, но без вас: номера и даты заявок, дом, что "
        "случилось и чем кончилось; показания счётчиков и начисления по лицевому счёту ведёт "
        "бухгалтерия.",
        "Переписка у вас в мессенджере останется: её удаляете вы сами.",
    ]
    if open_ones:
        numbers = ", ".join(f"№{ticket.number}" for ticket in open_ones)
        lines.append(
            f"Ещё не закончены заявки: {numbers}. Сначала постараемся их закончить; если не успеем "
            "к концу срока, по квартире закроем, а по дому доделаем без вашего имени."
        )
    wait = ""
    if hours:
        wait = (
            f"Начнём через {hours} {plural(hours, 'час', 'часа', 'часов')}: до этого можно "
            "передумать. "
        )
    lines.append(
        f"{wait}Закончим не позже чем через {days} "
        f"{plural(days, 'рабочий день', 'рабочих дня', 'рабочих дней')}. Удалить?"
    )
    return "\n\n".join(lines)


def asked(begins: datetime, ends: datetime, now: datetime) -> str:
    return (
        f"Приняли. Удалим ваши данные не раньше, чем {name_moment(begins, now)}, и не позже, чем "
        f"{name_date(ends)}. Перед этим напишем. Передумаете — нажмите «{KEEP}»."
    )


def asked_already(ends: datetime) -> str:
    return f"Уже приняли: удалим не позже, чем {name_date(ends)}. Передумали? Нажмите «{KEEP}»."


def asked_elsewhere(messenger: str, ends: datetime) -> str:
    return (
        f"Из мессенджера «{messenger}» попросили удалить все ваши данные. Удалим не позже, чем "
        f"{name_date(ends)}. Это не вы или передумали? Нажмите «{KEEP}»."
    )


def goes_with_consent(begins: datetime, ends: datetime, now: datetime) -> str:
    """After «Согласие отозвано»."""
    return (
        f"Остальное — переписку, фото, ваши учётные записи в мессенджерах — удалим не раньше, чем "
        f"{name_moment(begins, now)}, и не позже, чем {name_date(ends)}. Передумаете — нажмите "
        "«Согласен», и ничего больше не удалим."
    )


KEPT = "Хорошо, ничего не удаляем. Всё осталось как было."
KEPT_WITH_CONSENT = "Спасибо! Больше ничего не удаляем."
KEPT_ALREADY = "Просьбы удалить данные сейчас нет: ничего не удаляем."
CONSENT_NEEDED = "Вы отозвали согласие. Чтобы мы ничего не удаляли, его нужно дать снова."


def goodbye(company: Company) -> str:
    return (
        "Удаляем ваши данные, как вы просили. Это последнее сообщение: после него мы вас здесь не "
        "помним. Переписку в мессенджере удалите сами. Понадобимся — напишите, познакомимся "
        f"заново, или звоните: {company.phone}."
    )


def subject(ticket: Ticket | None) -> str:
    return f"№{ticket.number} {ticket.what} · {ticket.place}" if ticket else TALK


def told_staff(ends: datetime) -> str:
    return (
        "Житель попросил удалить свои данные. Закончите, пожалуйста, до "
        f"{name_date(ends)}: потом здесь не останется ни имени, ни квартиры, ни переписки."
    )


KEPT_STAFF = "Житель передумал: данные не удаляем."
ERASED_STAFF = (
    "По просьбе жителя его данные удалены: имя, телефон, квартира и переписка. Заявка по дому "
    "остаётся в работе, отвечать по ней некому."
)
NOBODY = (
    "Житель попросил удалить свои данные, и писать ему больше некуда. Ваши слова остались только "
    "здесь."
)


def name_date(moment: datetime) -> str:
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


# ── The act ──────────────────────────────────────────────────────────────────

ACTS = "Акты об удалении персональных данных"
NO_ACTS = "Никто ещё не просил удалить свои данные."
ONLY_ADMINS = "Акты об удалении видят администраторы."
IN_PRIVATE = "Акты приходят только в личный чат с ботом. Напишите там /erasures."
NO_SUCH_ACT = "Такого акта нет. Список — /erasures."


def not_yet(number: int, ends: datetime) -> str:
    return f"Акт № {number} появится, когда удалим данные: не позже, чем {name_date(ends)}."


WHY = {
    "asked": "просьба субъекта («Удалить мои данные»)",
    "consent": "отзыв согласия на обработку персональных данных",
    "again": "повтор после восстановления из резервной копии",
}
ERASED = {
    "people": "карточки жителя (имя, телефон, настройки)",
    "contacts": "учётные записи в мессенджерах",
    "messages": "тексты сообщений в обращениях",
    "tickets": "описания и квартиры в заявках",
    "files": "файлы: фото, голос, документы и распечатки, где могла быть квартира",
    "heard": "записи входящей очереди",
    "said": "записи исходящей очереди",
    "pages": "записи чата на сайте и диспетчерской",
    "dialogues": "незаконченные диалоги",
    "drafts": "черновики",
    "questions": "вопросы к справочнику",
    "comments": "слова к оценкам",
    "homes": "адреса",
    "elders": "отметки «старший по дому»",
    "bans": "блокировки",
    "wishes": "пожелания о рассылках",
    "proofs": "попытки подтвердить лицевой счёт",
    "reminders": "отметки о напоминаниях",
    "readings": "подписи под показаниями счётчиков",
}
STAYS = {
    "tickets": (
        "заявки в журнале: номер, время, дом, вид, срок, исполнитель и итог (п. 13–17 Правил, утв. "
        "постановлением Правительства РФ от 15.05.2013 № 416)"
    ),
    "consents": (
        "записи о согласиях: версия текста, моменты дачи и отзыва, номер карточки (ст. 9 ч. 3 "
        "Закона № 152-ФЗ: доказать согласие обязан оператор)"
    ),
    "holdings": "записи о том, что номер карточки был связан с лицевым счётом, без имени",
    "readings": "показания счётчиков — за лицевым счётом (ст. 157 ЖК РФ)",
    "members": "учётная запись сотрудника компании: человек у нас работает",
}
ALWAYS = (
    "Имена и телефоны владельцев лицевых счетов в данных бухгалтерии не затронуты: они "
    "обрабатываются для начисления платы (ст. 155, 162 ЖК РФ), а не по согласию в боте.",
    "Резервные копии, сделанные раньше, стираются в свой срок; если такую копию восстановят, "
    "удаление повторяют командой python -m bot erase с номерами карточек из акта.",
    "Сообщения в группе сотрудников и в мессенджере жителя бот удалить не может.",
)


def list_acts(acts: Sequence[tuple[int, str, datetime, datetime | None]]) -> str:
    """`acts`: number, state, the end of the term, when it was done."""
    lines = [f"{ACTS}:"]
    for number, state, ends, done in acts:
        if state == "done" and done is not None:
            lines.append(f"№{number} — выполнен {name_date(done)}")
        else:
            lines.append(f"№{number} — попросили, срок до {name_date(ends)}")
    lines.append("\nАкт файлом: /erasures и номер, например /erasures 3.")
    return "\n".join(lines)


def act_title(number: int) -> str:
    return f"Акт № {number} об уничтожении персональных данных"


def act_lines(
    company: Company, act: dict[str, Any], asked_at: datetime, ends: datetime, done: datetime
) -> list[str]:
    """Paragraphs."""
    whom = ", ".join(f"№ {each}" for each in act.get("residents", ()))
    lines = [
        f"Оператор: {company.name}.",
        f"Субъект: житель, карточка {whom} (других сведений о нём не осталось).",
        f"Причина: {WHY.get(str(act.get('why')), WHY['asked'])}.",
        f"Попросили: {stamp(asked_at)}. Срок: до {name_date(ends)}. Уничтожено: {stamp(done)}.",
        "Способ: удаление записей и файлов в информационной системе «Домовой» и замена текста; "
        "выполнено программой автоматически, без участия сотрудника.",
        "Уничтожено:",
    ]
    lines += [
        f"• {ERASED.get(what, what)} — {count}" for what, count in act.get("erased", {}).items()
    ]
    lines.append("Осталось, без указания на человека:")
    lines += [f"• {STAYS.get(what, what)} — {count}" for what, count in act.get("kept", {}).items()]
    return [*lines, *ALWAYS, *topic_lines(act.get("topics", ()), act.get("talks", 0))]


def topic_lines(numbers: Sequence[int], talks: int) -> list[str]:
    """What is left to an admin of the staff group; nothing where it shows no topics."""
    named = [f"заявки {', '.join(f'№{number}' for number in numbers)}"] if numbers else []
    named += [f"«{TALK}» — {talks}"] if talks else []
    return [f"Темы, которые удаляет администратор группы: {'; '.join(named)}."] if named else []


def stamp(moment: datetime) -> str:
    return f"{name_date(moment)}, {moment:%H:%M}"


def act_name(number: int) -> str:
    return f"Акт об удалении {number}.pdf"
