"""What admins are told of the program's own troubles: what is wrong, what becomes of people's
messages meanwhile, what to do."""

from __future__ import annotations

from datetime import datetime

from handlers.staff_texts import MESSENGERS
from handlers.wording import name_moment, plural
from services.troubles import Trouble

REACH = {
    "telegram": "Проверьте интернет на сервере; если закрыт сам Telegram, помогут настройки "
    "TELEGRAM_PROXY и TELEGRAM_API_URL.",
    "vk": "Проверьте интернет на сервере и, если менялась, настройку VK_API_URL.",
}
TOKENS = {
    "telegram": "Возьмите новый ключ у @BotFather, впишите его в TELEGRAM_TOKEN и перезапустите "
    "бота.",
}


def begun(trouble: Trouble, now: datetime) -> str:
    since = ""
    if trouble.since is not None:
        since = name_moment(trouble.since.astimezone(now.tzinfo), now)
    return {
        "aside": aside, "inbox": inbox, "queue": queue, "channel": channel, "disk": disk,
        "erasing": erasing,
    }[trouble.kind](trouble, since)  # fmt: skip


def aside(trouble: Trouble, since: str) -> str:
    count = plural(trouble.count, "сообщение", "сообщения", "сообщений")
    number = f" Последний сбой — № {trouble.number}." if trouble.number else ""
    return (
        f"⚠️ Отложено {trouble.count} {count}: бот пробовал пять раз и не справился.{number} Тому, "
        "кто писал, бот назвал номер сбоя и телефон. Что делать: передайте номер тому, кто "
        "обслуживает бота. Все отложенные покажет команда python -m bot doctor, причина — в "
        "журнале под этим номером."
    )


def inbox(trouble: Trouble, since: str) -> str:
    count = plural(trouble.count, "сообщение ждёт", "сообщения ждут", "сообщений ждут")
    return (
        f"⚠️ Бот не успевает читать: {trouble.count} {count}, самое раннее — {since}. Ничего не "
        "потеряно. Что делать: посмотрите, не перегружен ли сервер и отвечает ли база; если "
        "непонятно — перезапустите бота, он продолжит с того же места."
    )


def queue(trouble: Trouble, since: str) -> str:
    count = plural(trouble.count, "сообщение ждёт", "сообщения ждут", "сообщений ждут")
    return (
        f"⚠️ {name(trouble.about)}: отправка задерживается, {trouble.count} {count}, самое раннее — "
        f"{since}. Ничего не потеряно, всё уйдёт по порядку. Что делать: откройте страницу "
        "/health на адресе бота, она назовёт причину. Срочное передайте жителям по телефону."
    )


def channel(trouble: Trouble, since: str) -> str:
    messenger = name(trouble.about)
    if trouble.refused:
        todo = TOKENS.get(trouble.about) or f"{trouble.why[:200]}."
        what = f"{messenger} не пускает бота"
    else:
        todo = REACH.get(trouble.about, "Проверьте интернет на сервере.")
        what = f"{messenger}: нет связи"
    return (
        f"⚠️ {what}, началось {since}. Сообщения оттуда не приходят, ответы туда ждут и уйдут сами; "
        f"остальное работает. Что делать. {todo[:1].upper()}{todo[1:]}"
    )


def disk(trouble: Trouble, since: str) -> str:
    return (
        f"⚠️ На диске бота мало места: {megabytes(trouble.free)} МБ (папка {trouble.folder}). "
        "Когда место кончится, бот остановится. Что делать: удалите старые резервные копии и "
        "журналы или увеличьте диск."
    )


def erasing(trouble: Trouble, since: str) -> str:
    count = plural(trouble.count, "житель попросил", "жителя попросили", "жителей попросили")
    return (
        f"⚠️ {trouble.count} {count} удалить свои данные, и срок вот-вот кончится: {since}. Бот "
        "удаляет их сам. Что делать: если через час это сообщение не сменилось другим, передайте "
        "тому, кто обслуживает бота: в журнале программы есть номер сбоя. Список — /erasures в "
        "личном чате с ботом."
    )


def over(key: str) -> str:
    kind, _, about = key.partition(" ")
    return {
        "aside": "✅ Отложенных сообщений больше нет.",
        "inbox": "✅ Бот снова читает всё без задержки.",
        "queue": f"✅ {name(about)}: отправка снова без задержки.",
        "channel": f"✅ {name(about)}: связь есть. Что ждало, уходит.",
        "disk": "✅ Место на диске снова есть.",
        "erasing": "✅ Данные всех, кто просил их удалить, удалены в срок или просьба отозвана.",
    }[kind]


def name(channel: str) -> str:
    return {**MESSENGERS, "web": "Чат на сайте", "desk": "Диспетчерская"}.get(channel, channel)


def megabytes(size: int) -> int:
    return size // 2**20
