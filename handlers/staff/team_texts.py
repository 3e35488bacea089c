"""Words about the team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers import wording
from services.tables import Member

WORDS = {  # what may stand after a name
    "диспетчер": "dispatcher",
    "мастер": "executor",
    "исполнитель": "executor",
    "управляющий": "manager",
    "управляющая": "manager",
    "администратор": "admin",
    "админ": "admin",
    "стажер": "trainee",
    "стажерка": "trainee",
    "не стажер": "trained",
    "обучен": "trained",
    "обучена": "trained",
    "уволен": "dismiss",
    "уволена": "dismiss",
    "уволить": "dismiss",
    "вернуть": "back",
}
HOW = (
    "Поменять: /team Анна диспетчер. Вместо «диспетчер» можно: мастер, управляющий, администратор, "
    "стажёр, не стажёр, уволен, вернуть."
)
NOT_ALLOWED = "Командой распоряжаются управляющий и администратор."
ABOVE_YOU = "Так нельзя: эта должность или этот человек выше вашей."
LAST_ADMIN = "Это последний администратор. Сначала назначьте другого."
BY_SETTINGS = (
    "Этот администратор записан в настройках (ADMINS). Уберите его оттуда и перезапустите бота."
)
NOT_YOURSELF = "Себя уволить нельзя: попросите другого администратора."
ALREADY = "Так и есть, ничего не поменялось."


def listing(members: Sequence[Member], rooms: Mapping[str, str]) -> str:
    lines = [line(member, rooms) for member in members]
    return "\n".join([f"👥 В команде {len(lines)}:", *lines, "", HOW])


def line(member: Member, rooms: Mapping[str, str]) -> str:
    role = wording.ROLES["admin" if member.granted else member.role]
    marks = [role, *(["стажёр"] if member.trainee else [])]
    where = ", ".join(rooms.get(code, code) for code in member.rooms) or "все комнаты"
    return f"{member.name} — {', '.join(marks)} · {where}"


def which(members: Sequence[Member]) -> str:
    known = ", ".join(f"{m.name} ({m.code or wording.ROLES[m.role]})" for m in members[:15])
    return f"Таких несколько: {known}. Напишите имя целиком или код."


def nobody(words: str) -> str:
    return f"Не нашлось, кто «{words[:40]}». Весь список: /team."


def given(member: Member) -> str:
    return f"{member.name} — теперь {wording.ROLES[member.role]}."


def trainee(member: Member) -> str:
    if member.trainee:
        return f"{member.name} — теперь стажёр: ответы ждут проверки коллеги."
    return f"{member.name} — больше не стажёр: ответы уходят сразу."


def dismissed(member: Member, threads: int) -> str:
    many = wording.plural(threads, "обращение", "обращения", "обращений")
    back = f" В общую очередь вернулось: {threads} {many}." if threads else ""
    return (
        f"{member.name} здесь больше не работает: входы в диспетчерскую закрыты.{back} "
        "Не забудьте убрать этого человека и из группы."
    )


def left_room(member: Member, threads: int) -> str:
    many = wording.plural(threads, "обращение", "обращения", "обращений")
    return f"{member.name} больше не с нами. Снова в общей очереди: {threads} {many}."


def back(member: Member) -> str:
    return f"{member.name} снова в команде: {wording.ROLES[member.role]}."


def you_are(member: Member) -> str:
    return f"Ваша должность теперь: {wording.ROLES[member.role]}."


def you_train(member: Member) -> str:
    if member.trainee:
        return "Вы стажёр: ваши ответы сначала посмотрит коллега."
    return "Вы больше не стажёр: ваши ответы уходят сразу."
