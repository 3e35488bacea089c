"""What the file's entries and fields are called in Russian, and what people write for them."""

from __future__ import annotations

from typing import NamedTuple

from services.company.declaration import (
    Article,
    CannedAnswer,
    Category,
    Company,
    Complex,
    Consent,
    Declaration,
    Entrance,
    Entry,
    FlatException,
    Hours,
    House,
    Member,
    Organisation,
    OtherPlaces,
    Room,
    SpecialDay,
    Step,
    Vocabulary,
)
from services.company.rules import Keeping, OutageRules, PermittedHours, PermittedHoursAMonth


class Noun(NamedTuple):
    name: str
    of: str
    """«у чего», in «у дома нет адреса»"""
    named_by: str
    """The field that tells one from another; empty: none does."""


NOUNS: dict[type[Entry], Noun] = {
    Declaration: Noun("файл", "в начале файла", ""),
    Company: Noun("компания", "в разделе company", "name"),
    Hours: Noun("часы работы", "у часов работы", ""),
    Consent: Noun("согласие", "у согласия", ""),
    Room: Noun("группа сотрудников", "у группы сотрудников", "title"),
    Complex: Noun("ЖК", "у ЖК", "name"),
    House: Noun("дом", "у дома", "address"),
    Entrance: Noun("подъезд", "у подъезда", "number"),
    FlatException: Noun("исключение", "у исключения", "number"),
    OtherPlaces: Noun("места", "у записи places", "numbers"),
    Category: Noun("категория", "у категории", "title"),
    Step: Noun("вопрос формы", "у вопроса формы", "ask"),
    Article: Noun("готовый ответ", "у готового ответа", "question"),
    Vocabulary: Noun("словарь", "в разделе vocabulary", ""),
    CannedAnswer: Noun("заготовка ответа", "у заготовки ответа", "title"),
    Organisation: Noun("организация", "у организации", "title"),
    SpecialDay: Noun("особый день", "у особого дня", "date"),
    Member: Noun("сотрудник", "у сотрудника", "name"),
    OutageRules: Noun("отключения", "в разделе outages", ""),
    Keeping: Noun("сроки хранения", "в разделе keeping", ""),
    PermittedHours: Noun("допустимые часы", "в разделе permitted_hours", ""),
    PermittedHoursAMonth: Noun("допустимые часы за месяц", "в разделе permitted_hours_a_month", ""),
}

# (entry, field) or field → «нет чего», and how to write it
NEEDED: dict[tuple[type[Entry], str] | str, tuple[str, str]] = {
    "code": ("кода", "Напишите code: dom-5"),
    (Category, "code"): ("кода", "Напишите code: plumbing"),
    (Complex, "code"): ("кода", "Напишите code: sosnovy"),
    (Room, "code"): ("кода", "Напишите code: main"),
    (Member, "code"): ("кода", "Напишите code: anna"),
    "name": ("имени", 'Напишите name: "Анна Соколова"'),
    (Company, "name"): ("названия", 'Напишите name: "Уютный дом"'),
    (Complex, "name"): ("названия", 'Напишите name: "Сосновый бор"'),
    (Organisation, "code"): ("кода", "Напишите code: lift"),
    (Organisation, "title"): ("названия", 'Напишите title: "ООО «Лифтсервис»"'),
    (CannedAnswer, "title"): ("названия", 'Напишите title: "Нет горячей воды"'),
    (CannedAnswer, "text"): ("текста", 'Напишите text: "Здравствуйте, {name}! …"'),
    "date": ("даты", 'Напишите date: "31.12.2026"'),
    "title": ("названия", 'Напишите title: "Сантехника"'),
    (Room, "title"): ("названия", 'Напишите title: "Диспетчерская"'),
    "greeting": ("приветствия", 'Напишите greeting: "Здравствуйте! Чем помочь?"'),
    "phone": ("телефона", 'Напишите phone: "+7 495 000-00-01"'),
    "emergency_phone": (
        "телефона аварийной службы",
        'Напишите emergency_phone: "+7 495 000-00-02"',
    ),
    "hours": (
        "часов работы",
        'Напишите hours: и под ним - {days: [mon, tue], opens: "09:00", closes: "18:00"}',
    ),
    "days": ("дней недели", "Напишите days: [mon, tue, wed, thu, fri]"),
    "opens": ("времени открытия", 'Напишите opens: "09:00"'),
    "closes": ("времени закрытия", 'Напишите closes: "18:00"'),
    "consent": (
        "согласия",
        "Добавьте consent: с version: и text:, образец — examples/minimal.yaml",
    ),
    "version": ("версии текста", 'Напишите version: "1"'),
    "text": ("текста", 'Напишите text: "Мы храним…"'),
    "number": ("номера", 'Напишите number: "1"'),
    "numbers": ("номеров", 'Напишите numbers: "1-40"'),
    "address": ("адреса", 'Напишите address: "ул. Садовая, 5"'),
    "houses": ("домов", "Добавьте houses: и под ним хотя бы один дом"),
    "key": ("ключа", "Напишите key: where"),
    "ask": ("самого вопроса", 'Напишите ask: "Где это случилось?"'),
    "kind": ("вида", "Напишите kind: choice"),
    (OtherPlaces, "kind"): ("вида", "Напишите kind: parking"),
    "id": ("кода", "Напишите id: readings"),
    "question": ("вопроса", 'Напишите question: "Когда передавать показания?"'),
    "answer": ("текста ответа", 'Напишите answer: "С 20 по 25 число."'),
    "role": ("роли", "Напишите role: dispatcher"),
    "company": ("раздела company", "Добавьте его, образец — examples/minimal.yaml"),
    "complexes": ("раздела complexes", "Добавьте его и в нём хотя бы один ЖК с домом"),
    "categories": ("раздела categories", "Добавьте его и в нём хотя бы одну категорию"),
}

KEYS_IN_RUSSIAN = {
    "компания": "company", "группы": "rooms", "комплексы": "complexes", "жк": "complexes",
    "категории": "categories", "ответы": "articles", "quick_answers": "articles",
    "заготовки": "canned_answers",
    "организации": "organisations", "стажер": "trainee", "стажёр": "trainee",
    "дата": "date", "faq": "articles",
    "словарь": "vocabulary", "слова": "vocabulary", "синонимы": "synonyms",
    "сокращения": "short", "картинка": "picture", "тема": "topic", "фразы": "phrases",
    "сотрудники": "members", "staff": "members", "код": "code", "имя": "name",
    "адрес": "address", "телефон": "phone", "дома": "houses", "подъезды": "entrances",
    "квартиры": "flats", "этажи": "floors", "номер": "number", "номера": "numbers",
    "название": "title", "вопрос": "question", "ответ": "answer", "роль": "role",
    "мастера": "executors", "исполнители": "executors",
    "часы": "hours", "праздники": "holidays", "форма": "form", "варианты": "options",
    "срок": "term_hours", "term": "term_hours", "город": "timezone", "label": "title",
    "text": "ask", "type": "kind", "open": "opens", "close": "closes",
}  # fmt: skip

VALUES_IN_RUSSIAN = {
    "пн": "mon", "вт": "tue", "ср": "wed", "чт": "thu", "пт": "fri", "сб": "sat", "вс": "sun",
    "monday": "mon", "tuesday": "tue", "wednesday": "wed", "thursday": "thu", "friday": "fri",
    "saturday": "sat", "sunday": "sun",
    "диспетчер": "dispatcher", "исполнитель": "executor", "мастер": "executor",
    "инженер": "executor", "engineer": "executor", "worker": "executor",
    "руководитель": "manager", "управляющий": "manager", "director": "manager",
    "администратор": "admin", "админ": "admin", "administrator": "admin",
    "выбор": "choice", "select": "choice", "текст": "text", "когда": "when", "date": "when",
    "фото": "photos", "photo": "photos",
    "квартира": "flat", "паркинг": "parking", "кладовка": "storeroom", "storage": "storeroom",
    "офис": "office",
    "сантехника": "plumbing", "отопление": "heating", "электрика": "electricity",
    "electric": "electricity", "лифт": "elevator", "lift": "elevator", "уборка": "cleaning",
    "мусор": "garbage", "trash": "garbage", "домофон": "intercom", "крыша": "roof",
    "двор": "yard", "шум": "noise", "парковка": "parking", "квитанция": "billing",
    "вредители": "pests", "охрана": "security", "barrier": "security", "другое": "other",
    "water": "cold_water", "gas": "other",
}  # fmt: skip

CITIES = {
    "москва": "Europe/Moscow", "мск": "Europe/Moscow", "msk": "Europe/Moscow",
    "санкт-петербург": "Europe/Moscow", "калининград": "Europe/Kaliningrad",
    "самара": "Europe/Samara", "екатеринбург": "Asia/Yekaterinburg", "омск": "Asia/Omsk",
    "новосибирск": "Asia/Novosibirsk", "красноярск": "Asia/Krasnoyarsk",
    "иркутск": "Asia/Irkutsk", "якутск": "Asia/Yakutsk", "владивосток": "Asia/Vladivostok",
}  # fmt: skip
