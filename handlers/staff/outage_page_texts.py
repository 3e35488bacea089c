"""The words of the desk's page of outages, where they are not those of the chat."""

from __future__ import annotations

from handlers import mailing_staff_texts as mailing_words
from handlers import outage_staff_texts as words
from handlers.wording import plural

# The same mistakes, said beside a field.
BESIDE = {
    words.WHICH: "Выберите: авария или плановые работы.",
    words.WHAT: "Выберите, что отключается.",
    words.HOW_CALLED: "Напишите, как назвать: так и прочтут жители.",
    words.CHOOSE_HOUSE: "Выберите хотя бы один дом.",
    words.NO_BEGINNING: "Когда начнутся работы? Выберите день и час.",
    words.IN_PAST: "Это время уже прошло. Выберите другое.",
    words.ENDS_FIRST: "Конец раньше начала. Поправьте, пожалуйста.",
    words.AHEAD: "Начало ещё впереди — для этого выберите «Плановые работы».",
    words.NOT_LATER: "Это время уже прошло. Выберите, до скольки продлить.",
}
NO_END = "До скольки? Если не знаете — отметьте «Пока не знаем»."
NO_HOUR = "Выберите день и час."
WHEN_TO_SEND = "Выберите, когда отправить."
BAD_FLOORS = "Не понял этажи. Напишите, например: 5–9 или 3, 7."
BAD_FLATS = "Не понял квартиры. Напишите, например: 12, 14–20."
ONLY_PLANNED = "Об аварии сообщают сразу: отложить можно только плановые работы."

MAILING_BESIDE = {
    mailing_words.TO_WHOM: "Выберите, кому рассылка.",
    mailing_words.WHICH_KIND: "Выберите, что это.",
    mailing_words.WHICH_ROLES: "Выберите, каким сотрудникам.",
    mailing_words.NEED_TEXT: "Напишите хотя бы несколько слов.",
    mailing_words.IN_PAST: "Это время уже прошло. Выберите другое.",
    mailing_words.TOO_FAR: "Это дальше чем через три месяца. Выберите время поближе.",
    mailing_words.ONLY_PHOTOS: "К рассылке можно приложить фото, видео и документы.",
}


def beside(why: str) -> str:
    return BESIDE.get(why) or MAILING_BESIDE.get(why, why)


def too_long(length: int) -> str:
    return (
        f"Получилось {length} {plural(length, 'знак', 'знака', 'знаков')}, а помещается "
        f"{mailing_words.LONGEST}: длиннее читать не станут. Сократите, пожалуйста."
    )


def too_many(count: int) -> str:
    return f"Файлов получилось {count}, а помещается {mailing_words.MOST_FILES}. Уберите лишние."


SENT = "📨 Рассылка пошла."
NOBODY = "Получать некому, поэтому ничего не отправлено. Измените, кому рассылка."
KEPT_MAILING = "Черновик для остальных готов. Проверьте и отправьте."
STATES = {
    "running": "▶️ Рассылка идёт дальше.", "paused": "⏸ Рассылка на паузе.",
    "stopped": "⏹ Рассылка остановлена.", "dropped": "❎ Рассылка снята, никто ничего не получит.",
}  # fmt: skip
