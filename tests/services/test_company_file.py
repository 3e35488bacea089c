"""The company's file: every mistake a person can make, with its line and what to write instead."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from services.company.declaration import Declaration, Entrance, FlatException, House, OtherPlaces
from services.company.flats import FlatPlace, NumbersWrong, list_flats, normalize_number
from services.company.reading import CompanyFileWrong, Mistake, read_declaration

EXAMPLES = Path(__file__).parents[2] / "examples"

GOOD = """\
company:
  name: Уютный дом
  greeting: Здравствуйте!
  timezone: Europe/Moscow
  phone: "+7 495 000-00-01"
  emergency_phone: "+7 495 000-00-02"
  hours:
    - {days: [mon, tue], opens: "09:00", closes: "13:00"}
    - {days: [mon, tue], opens: "14:00", closes: "18:00"}
  holidays: [2026-01-01]
  first_answer_minutes: 20
  consent:
    version: "1"
    text: Согласны?
rooms:
  - code: main
    title: Диспетчерская
    telegram: -1001
complexes:
  - code: bor
    name: Лесной
    room: main
    features: [barrier]
    houses:
      - code: dom-5
        address: ул. Садовая, 5
        entrances:
          - number: 1
            floors: 1-9
            flats: 1-36
          - number: 2
            floors: 1-9
            flats: 37-72
        exceptions:
          - {number: 12а, entrance: 1, floor: 3}
        places:
          - {kind: parking, numbers: 1-40}
categories:
  - code: plumbing
    title: Сантехника
    term_hours: 72
    form:
      - key: where
        ask: Где?
        kind: choice
        options: [Кухня, Ванная]
      - {key: photos, ask: Фото, kind: photos, optional: true}
  - code: security
    title: Шлагбаум
    needs: barrier
    complexes: [bor]
articles:
  - id: pay
    question: Как платить?
    answer: До 15 числа.
    complexes: [bor]
  - id: keys
    question: Где ключ?
    answer: В офисе.
members:
  - {code: anna, name: Анна, role: dispatcher, telegram: 111}
  - {code: igor, name: Игорь, role: executor, vk: 222, desk: false}
"""

Case = tuple[str, str, int, str]  # what stood there, what is there now, the line, the sentence

YAML: list[Case] = [
    (
        "address: ул. Садовая, 5",
        "address: ул: Садовая",
        26,
        'два двоеточия в одной строке. Возьмите текст в кавычки: address: "ул: Садовая"',
    ),
    (
        "address: ул. Садовая, 5",
        "address: @Садовая",
        26,
        'текст не может начинаться со знака «@». Возьмите его в кавычки: "@Садовая"',
    ),
    (
        "address: ул. Садовая, 5",
        'address: "Садовая" 5',
        26,
        "после закрытой кавычки стоит ещё текст. Возьмите в кавычки весь текст; кавычки "
        "внутри него напишите ёлочками: «…»",
    ),
    (
        "address: ул. Садовая, 5",
        'address: "Садовая\\5"',
        26,
        "обратная черта внутри двойных кавычек. Возьмите текст в одинарные кавычки: '…'",
    ),
    (
        "address: ул. Садовая, 5",
        "\taddress: ул. Садовая, 5",
        26,
        "в отступе табуляция. Замените её пробелами: по два на каждый уровень",
    ),
    (
        "address: ул. Садовая, 5",
        " address: ул. Садовая, 5",
        26,
        "сбился отступ, или строкой выше нет двоеточия. Поставьте слово ровно под "
        "соседними, а после слова — двоеточие и пробел",
    ),
    (
        "address: ул. Садовая, 5",
        "address ул. Садовая, 5",
        26,
        "после слова нет двоеточия. Поставьте двоеточие и пробел: слово: значение",
    ),
    (
        "address: ул. Садовая, 5",
        "address: *Садовая",
        26,
        'текст не может начинаться со знака «*». Возьмите его в кавычки: "*Садовая"',
    ),
    (
        'phone: "+7 495 000-00-01"',
        'phone: "+7 495 000-00-01',
        5,
        "кавычка открыта и не закрыта. Закройте её в конце текста",
    ),
    (
        '- {days: [mon, tue], opens: "14:00"',
        '- {days: [mon, tue, opens: "14:00"',
        9,
        "скобка открыта и не закрыта. Закройте её: ]",
    ),
    (
        "    answer: В офисе.\n",
        "    answer: В офисе.\n   topic: x\n",
        60,
        "сбился отступ. Поставьте строку ровно под соседними: вложенное — на два пробела правее",
    ),
    (
        "    telegram: -1001\n",
        "    telegram: -1001\n---\n",
        19,
        "здесь начинается второй документ («---»). Уберите «---»: всё описание — один документ",
    ),
    (
        "greeting: Здравствуйте!",
        "greeting: &Привет",
        3,
        'текст не может начинаться со знака «&». Возьмите его в кавычки: "&Привет"',
    ),
    (
        "greeting: Здравствуйте!",
        "greeting: {Здравствуйте",
        3,
        "скобка открыта и не закрыта. Закройте её: }",
    ),
    (
        "greeting: Здравствуйте!",
        "greeting: |\n    Раз\n   два",
        5,
        "сбился отступ. Поставьте строку ровно под соседними: вложенное — на два пробела правее",
    ),
    (
        "members:\n",
        "members:\n  -\n",
        61,
        "пустая строка в списке. Допишите её или уберите",
    ),
]

COMPANY: list[Case] = [
    (
        "timezone: Europe/Moscow",
        "timezone: Europe/Moscow\n  telegram_channel: https://t.me/dom_news",
        5,
        'telegram_channel: «https://t.me/dom_news» — это не имя канала. Напишите "@dom_news" или '
        "номер канала, -100…",
    ),
    (
        "timezone: Europe/Moscow",
        "timezone: Europe/Moskow",
        4,
        "часового пояса «Europe/Moskow» нет. Напишите timezone: Europe/Moscow",
    ),
    (
        "timezone: Europe/Moscow",
        "timezone: МСК",
        4,
        "часового пояса «МСК» нет. Напишите timezone: Europe/Moscow",
    ),
    (
        "timezone: Europe/Moscow",
        "timezone: Europe",
        4,
        "часового пояса «Europe» нет. Напишите timezone: Europe/Moscow",
    ),
    (
        "timezone: Europe/Moscow",
        "timezone: ../../etc/passwd",
        4,
        "часового пояса «../../etc/passwd» нет. Напишите timezone: Europe/Moscow",
    ),
    (
        'emergency_phone: "+7 495 000-00-02"',
        "emergency_phone: есть",
        6,
        'emergency_phone: «есть» — это не телефон. Напишите emergency_phone: "+7 495 000-00-02"',
    ),
    (
        '  emergency_phone: "+7 495 000-00-02"\n',
        "",
        1,
        'в разделе company нет телефона аварийной службы. Напишите emergency_phone: "+7 '
        '495 000-00-02"',
    ),
    (
        'opens: "14:00", closes: "18:00"',
        'opens: "18:00", closes: "14:00"',
        9,
        "закрываемся в 14:00, а открываемся в 18:00. Время closes должно быть позже "
        'opens; ночь разделите на две записи, до "24:00" и с "00:00"',
    ),
    (
        "    telegram: -1001",
        '    telegram: -1001\n    hours: [{days: [mon], opens: "09:00", closes: "08:00"}]',
        19,
        "закрываемся в 08:00, а открываемся в 09:00. Время closes должно быть позже "
        'opens; ночь разделите на две записи, до "24:00" и с "00:00"',
    ),
    (
        "  holidays: [2026-01-01]",
        '  special_days: [{date: 2026-02-20, opens: "09:00", closes: "09:00"}]',
        10,
        "закрываемся в 09:00, а открываемся в 09:00. Время closes должно быть позже "
        'opens; ночь разделите на две записи, до "24:00" и с "00:00"',
    ),
    (
        "  holidays: [2026-01-01]",
        "  special_days:\n"
        '    - {date: 2026-02-20, opens: "09:00", closes: "13:00"}\n'
        '    - {date: 2026-02-20, opens: "12:00", closes: "15:00"}',
        12,
        "20.02.2026: 12:00–15:00 накладывается на 09:00–13:00 (строка 11). Разведите часы: "
        "для обеда нужны две записи, до него и после",
    ),
    (
        "term_hours: 72",
        "term_minutes: полчаса",
        41,
        "term_minutes: нужно целое число, а написано «полчаса». Напишите цифрами, например "
        "term_minutes: 30",
    ),
    (
        'opens: "14:00", closes: "18:00"',
        'opens: "12:00", closes: "18:00"',
        9,
        "mon, tue: 12:00–18:00 накладывается на 09:00–13:00 (строка 8). Разведите часы: "
        "для обеда нужны две записи, до него и после",
    ),
    (
        'opens: "14:00", closes: "18:00"',
        'opens: 9:00, closes: "18:00"',
        9,
        'opens: время «9:00» написано не так. Напишите opens: "09:00"',
    ),
    (
        '- {days: [mon, tue], opens: "14:00"',
        '- {days: mon-fri, opens: "14:00"',
        9,
        "после days: нужен список. Возьмите в квадратные скобки: days: [mon, tue, wed, thu, fri]",
    ),
    (
        '- {days: [mon, tue], opens: "14:00"',
        '- {days: [mon-fri], opens: "14:00"',
        9,
        "days: «mon-fri» не подходит. Перечислите дни: mon, tue, wed, thu, fri",
    ),
    (
        '- {days: [mon, tue], opens: "14:00"',
        '- {days: [пн, tue], opens: "14:00"',
        9,
        "days: «пн» не подходит. Напишите mon",
    ),
    (
        '- {days: [mon, tue], opens: "14:00"',
        '- {days: [], opens: "14:00"',
        9,
        "у часов работы нет дней недели. Напишите days: [mon, tue, wed, thu, fri]",
    ),
    (
        "holidays: [2026-01-01]",
        "holidays: [2026-02-30]",
        10,
        "нет такой даты: «2026-02-30». Напишите год-месяц-день: 2026-01-01",
    ),
    (
        "holidays: [2026-01-01]",
        "holidays: [1 января]",
        10,
        "нет такой даты: «1 января». Напишите год-месяц-день: 2026-01-01",
    ),
    (
        "holidays: [2026-01-01]",
        "holidays: 2026-01-01",
        10,
        "после holidays: нужен список. Возьмите в квадратные скобки: holidays: [2026-01-01]",
    ),
    (
        "first_answer_minutes: 20",
        "first_answer_minutes: скоро",
        11,
        "first_answer_minutes: нужно целое число, а написано «скоро». Напишите цифрами, "
        "например first_answer_minutes: 20",
    ),
    (
        "first_answer_minutes: 20",
        "site_origins: [uyut.example/chat]",
        11,
        "site_origins: «uyut.example/chat» — это не адрес сайта без страницы. Напишите "
        '"https://uyut.example"',
    ),
    (
        '    version: "1"\n    text: Согласны?\n',
        '    version: "1"\n',
        12,
        'у согласия нет текста. Напишите text: "Мы храним…"',
    ),
    (
        '  consent:\n    version: "1"\n    text: Согласны?\n',
        "",
        1,
        "в разделе company нет согласия. Добавьте consent: с version: и text:, образец — "
        "examples/minimal.yaml",
    ),
    (
        '  consent:\n    version: "1"\n    text: Согласны?\n',
        "  consent: да\n",
        12,
        "consent: здесь нужна запись из нескольких строк. Напишите строки: version: …, "
        "text: …, policy_url: …",
    ),
    (
        "    telegram: -1001\n",
        "    telegram: 1001\n",
        18,
        "telegram: 1001 — это не группа: номер группы начинается с -100. Напишите telegram: -1001",
    ),
    (
        "    telegram: -1001\n",
        '    telegram: "@dom"\n',
        18,
        "telegram: нужно целое число, а написано «@dom». Напишите цифрами, например "
        "telegram: -1001234567890",
    ),
    (
        "    telegram: -1001\n",
        "    telegram: -1001\n  - {code: two, title: Вторая, telegram: -1001}\n",
        19,
        "эта группа Telegram уже названа в строке 18. Оставьте её у одной группы сотрудников",
    ),
    (
        "holidays: [2026-01-01]",
        "holidays:\n    day: 2026-01-01",
        10,
        "после holidays: нужен список. Перед каждой строкой списка поставьте «- »",
    ),
    (
        "company:",
        "компания:",
        1,
        "незнакомое слово «компания». Напишите company",
    ),
]

PLACES: list[Case] = [
    (
        "        address: ул. Садовая, 5\n",
        "",
        25,
        'у дома нет адреса. Напишите address: "ул. Садовая, 5"',
    ),
    (
        "address: ул. Садовая, 5",
        "address:",
        26,
        'у дома нет адреса. Напишите address: "ул. Садовая, 5"',
    ),
    (
        "address: ул. Садовая, 5",
        'address: ""',
        26,
        'у дома нет адреса. Напишите address: "ул. Садовая, 5"',
    ),
    (
        "address: ул. Садовая, 5",
        "adress: ул. Садовая, 5",
        26,
        "незнакомое слово «adress». Напишите address",
    ),
    (
        "address: ул. Садовая, 5",
        "адрес: ул. Садовая, 5",
        26,
        "незнакомое слово «адрес». Напишите address",
    ),
    (
        "address: ул. Садовая, 5",
        "address: ул. Садовая, 5\n        address: ул. Садовая, 7",
        27,
        "«address» уже есть в строке 26. Оставьте одну из двух строк",
    ),
    (
        "address: ул. Садовая, 5",
        "address: ул. Садовая, 5\n        flats: 1-36",
        27,
        "слова «flats» у дома нет. Оно бывает у подъезда: проверьте, куда вставлена "
        "строка и её отступ",
    ),
    (
        "address: ул. Садовая, 5",
        "address: ул. Садовая, 5\n        balcony: 3",
        27,
        "слова «balcony» у дома нет. Выберите из этих: code, address, timezone, "
        "entrances, exceptions, places",
    ),
    (
        "address: ул. Садовая, 5",
        "address: [ул. Садовая]",
        26,
        'address: нужен текст, а здесь список. Напишите одной строкой: address: "…"',
    ),
    (
        "address: ул. Садовая, 5",
        "address: {ул. Садовая}",
        26,
        "address: нужен текст, а двоеточие или скобки превратили его в запись. Возьмите "
        "весь текст в кавычки",
    ),
    (
        "address: ул. Садовая, 5",
        "address: !!int 5",
        26,
        "метка «!!int» здесь не действует. Уберите её или возьмите весь текст в кавычки",
    ),
    (
        "code: dom-5",
        "code: Садовая 5",
        25,
        "code: «Садовая 5» не подходит: нужны маленькие латинские буквы, цифры, «-» и "
        "«_», до 32 знаков. Напишите code: sadovaya-5",
    ),
    (
        "code: dom-5",
        "code: bor",
        25,
        "код «bor» уже занят в строке 20: у групп, ЖК, домов и подъездов коды разные. "
        "Напишите другой, например code: bor-2",
    ),
    (
        "number: 2",
        "number: 1",
        31,
        "подъезд «1» у этого дома уже есть, строка 28. Исправьте number или уберите повтор",
    ),
    (
        "flats: 37-72",
        "flats: 36-71",
        33,
        "номера повторяются: 36 уже есть (подъезд 1, строка 30). Исправьте одно из двух: "
        "у дома каждый номер один",
    ),
    (
        "flats: 37-72",
        "flats: 37-100",
        33,
        "в подъезде 2 квартир 64, а помещается 36: этажей 9, по 4 на каждом. Исправьте "
        "flats или floors, или напишите per_floor: 8",
    ),
    (
        "flats: 37-72",
        "flats: 72-37",
        33,
        'отрезок «72-37» идёт задом наперёд. Напишите "37-72"',
    ),
    (
        "flats: 37-72",
        "flats: с 37 по 72",
        33,
        "номера «с 37 по 72» не разобрать. Напишите отрезок через дефис или номера через "
        'запятую: "1-36" или "1-36, 40, 42а"',
    ),
    (
        "flats: 37-72",
        "flats: [37-72]",
        33,
        'flats: нужен текст, а здесь список. Напишите одной строкой: flats: "…"',
    ),
    (
        "flats: 37-72",
        "flats: 37-7200000",
        33,
        "номера «37-7200000» не разобрать. Напишите отрезок через дефис или номера через "
        'запятую: "1-36" или "1-36, 40, 42а"',
    ),
    (
        "flats: 37-72",
        "flats: 37-999999",
        33,
        "в «37-999999» слишком много номеров: 999963. Проверьте, нет ли лишней цифры",
    ),
    (
        "flats: 37-72",
        "flats: 37, 38, 37",
        33,
        "номера повторяются: 37 уже есть (здесь же). Исправьте одно из двух: у дома "
        "каждый номер один",
    ),
    (
        "flats: 37-72",
        "flats: А1-Б9",
        33,
        'отрезок «А1-Б9» начинается с «А1», а кончается на «Б». Разделите его запятой: "А1, Б9"',
    ),
    (
        "floors: 1-9\n            flats: 1-36",
        "floors: девять\n            flats: 1-36",
        29,
        'этажи «девять» не разобрать. Напишите первый и последний через дефис: "1-9"',
    ),
    (
        "floors: 1-9\n            flats: 1-36",
        "floors: 9-1\n            flats: 1-36",
        29,
        'этажи «9-1» идут сверху вниз. Напишите снизу вверх: "1-9"',
    ),
    (
        "floors: 1-9\n            flats: 1-36",
        "floors: 0\n            flats: 1-36",
        29,
        'этажа «0» не бывает. Напишите первый и последний через дефис: "1-9"',
    ),
    (
        "floors: 1-9\n            flats: 1-36",
        "floors: 1-9\n            per_floor: четыре\n            flats: 1-36",
        30,
        "per_floor: нужно целое число, а написано «четыре». Напишите цифрами, например "
        "per_floor: 4",
    ),
    (
        "floors: 1-9\n            flats: 1-36",
        "floors: 1-9\n            per_floor: 0\n            flats: 1-36",
        30,
        "per_floor: 0 — слишком мало. Напишите число от 1",
    ),
    (
        "floors: 1-9\n            flats: 1-36",
        "floors: 1-9\n            per_floor: 61\n            flats: 1-36",
        30,
        "per_floor: 61 — слишком много. Напишите число до 60",
    ),
    (
        "entrance: 1, floor",
        "entrance: 3, floor",
        35,
        "подъезда «3» у дома нет. Есть подъезды: 1, 2",
    ),
    (
        "{number: 12а, entrance: 1, floor: 3}",
        "{number: 12а, floor: 3}",
        35,
        "квартиры «12а» у дома нет. Исправьте номер, а если квартира особая, добавьте "
        'подъезд: entrance: "1"',
    ),
    (
        "{number: 12а, entrance: 1, floor: 3}",
        "{number: 99, exists: false}",
        35,
        "квартиры «99» у дома и так нет. Уберите это исключение или исправьте номер",
    ),
    (
        "{number: 12а, entrance: 1, floor: 3}",
        "{number: 12, exists: может}",
        35,
        "exists: нужно да или нет, а написано «может». Напишите true или false",
    ),
    (
        "{number: 12а, entrance: 1, floor: 3}",
        "{number: 12, floor: третий}",
        35,
        "floor: нужно целое число, а написано «третий». Напишите цифрами, например floor: 1",
    ),
    (
        "{number: 12а, entrance: 1, floor: 3}",
        "{number: 12, floor: 3}\n          - {number: кв. 12, floor: 4}",
        36,
        "исключение для «12» уже есть в строке 35. Сложите два исключения в одно",
    ),
    (
        "kind: parking",
        "kind: паркинг",
        37,
        "kind: «паркинг» не подходит. Напишите parking",
    ),
    (
        "kind: parking, ",
        "",
        37,
        "у записи places нет вида. Напишите kind: parking",
    ),
    (
        "numbers: 1-40",
        "numbers: 40-1",
        37,
        'отрезок «40-1» идёт задом наперёд. Напишите "1-40"',
    ),
    (
        "room: main",
        "room: mian",
        22,
        "группы с кодом «mian» в файле нет. Напишите main",
    ),
    (
        "room: main",
        "room: second",
        22,
        "группы с кодом «second» в файле нет. Выберите из этих: main",
    ),
    (
        "room: main",
        "executors: masters",
        22,
        "группы с кодом «masters» в файле нет. Выберите из этих: main",
    ),
    (
        "room: main",
        "executors: Мастера",
        22,
        "executors: «Мастера» — это не код. Напишите код, а не название",
    ),
    (
        "room: main",
        "мастера:",
        22,
        "незнакомое слово «мастера». Напишите executors",
    ),
    (
        "room: main",
        "executors: main",
        22,
        "executors: «main» — это группа диспетчеров этого же ЖК. Назовите другую группу из rooms "
        "или уберите строку: тогда заявки останутся у диспетчеров",
    ),
    (
        "features: [barrier]",
        "features: barrier",
        23,
        "после features: нужен список. Возьмите в квадратные скобки: features: [barrier]",
    ),
    (
        "features: [barrier]",
        "features: [chute]",
        50,
        "ни у одного ЖК нет особенности «barrier». Добавьте её нужному ЖК: features: [barrier]",
    ),
    (
        "categories:",
        "category:",
        38,
        "незнакомое слово «category». Напишите categories",
    ),
    (
        "    houses:\n      - code: dom-5\n        address: ул. Садовая, 5\n        entrances:",
        "    houses:\n        code: dom-5\n        address: ул. Садовая, 5\n        entrances:",
        25,
        "после houses: нужен список, а здесь одна запись без дефиса. Поставьте «- » перед"
        " её первой строкой, остальные сдвиньте на два пробела",
    ),
    (
        "name: Лесной",
        "name: Лесной\n    rooms: main",
        22,
        "слова «rooms» у ЖК нет. Оно бывает в начале файла и у сотрудника: проверьте, "
        "куда вставлена строка и её отступ",
    ),
    (
        "floors: 1-9\n            flats: 1-36",
        "floors: 1-900\n            flats: 1-36",
        29,
        "этажей «1-900» не бывает. Проверьте, нет ли лишней цифры",
    ),
    (
        "numbers: 1-40}",
        "numbers: 1-40}\n          - {kind: storeroom, numbers: 7 штук}",
        38,
        "номера «7 штук» не разобрать. Напишите отрезок через дефис или номера через "
        'запятую: "1-36" или "1-36, 40, 42а"',
    ),
]

CATEGORIES: list[Case] = [
    (
        "needs: barrier",
        "needs: barier",
        50,
        "ни у одного ЖК нет особенности «barier». Напишите barrier",
    ),
    (
        "complexes: [bor]\narticles",
        "complexes: [bar]\narticles",
        51,
        "ЖК с кодом «bar» в файле нет. Выберите из этих: bor",
    ),
    (
        "complexes: [bor]\narticles",
        "complexes: Лесной\narticles",
        51,
        "после complexes: нужен список. Возьмите в квадратные скобки: complexes: [Лесной]",
    ),
    (
        "complexes: [bor]\narticles",
        "complexes: [Лесной]\narticles",
        51,
        "complexes: «Лесной» — это не код. Напишите bor",
    ),
    (
        "code: plumbing",
        "code: santehnika",
        39,
        "code: «santehnika» не подходит. Напишите plumbing",
    ),
    (
        "code: plumbing",
        "code: сантехника",
        39,
        "code: «сантехника» не подходит. Напишите plumbing",
    ),
    (
        "code: plumbing",
        "code: plumbimg",
        39,
        "code: «plumbimg» не подходит. Напишите plumbing",
    ),
    (
        "code: security",
        "code: plumbing",
        48,
        "категория с ключом «plumbing» уже есть в строке 39. Добавьте этой свой ключ: "
        "key: plumbing-2",
    ),
    (
        "title: Шлагбаум\n    needs: barrier\n    complexes: [bor]",
        "title: Сантехника",
        49,
        "категория «Сантехника» уже есть в строке 40: кнопки будут одинаковые. Назовите "
        "её иначе или укажите, для какого она ЖК: complexes: [код]",
    ),
    (
        "term_hours: 72",
        "term_hours: 3 дня",
        41,
        "term_hours: нужно целое число, а написано «3 дня». Напишите цифрами, например "
        "term_hours: 72",
    ),
    (
        "term_hours: 72",
        "term_hours: 0",
        41,
        "term_hours: 0 — слишком мало. Напишите число от 1",
    ),
    (
        "term_hours: 72",
        "term: 72",
        41,
        "незнакомое слово «term». Напишите term_hours",
    ),
    (
        "term_hours: 72",
        "emergency: наверное",
        41,
        "emergency: нужно да или нет, а написано «наверное». Напишите true или false",
    ),
    (
        "        options: [Кухня, Ванная]\n",
        "",
        43,
        'у вопроса с выбором нет вариантов. Напишите options: ["Да", "Нет"]',
    ),
    (
        "options: [Кухня, Ванная]",
        "options: []",
        46,
        'список вариантов пуст. Напишите options: ["Да", "Нет"]',
    ),
    (
        "options: [Кухня, Ванная]",
        "options:",
        46,
        'список вариантов пуст. Напишите options: ["Да", "Нет"]',
    ),
    (
        "options: [Кухня, Ванная]",
        "options: Кухня, Ванная",
        46,
        "после options: нужен список. Возьмите в квадратные скобки: options: [Кухня, Ванная]",
    ),
    (
        "options: [Кухня, Ванная]",
        "options: [Кухня, кухня]",
        46,
        "вариант «кухня» уже есть в строке 46. Уберите повтор",
    ),
    (
        "options: [Кухня, Ванная]",
        "options: [Кухня, Отмена]",
        46,
        "«Отмена» — служебная кнопка, она и так есть. Уберите этот вариант или назовите иначе",
    ),
    (
        "options: [Кухня, Ванная]",
        "options: [Кухня, ааааааааааааааааааааааааааааааааааааааааааааааааааааааааааааа]",
        46,
        "на кнопке помещается 60 знаков, а здесь 61. Напишите короче: "
        "ааааааааааааааааааааааааааааааааааааааааааааааааааааааааа…",
    ),
    (
        "options: [Кухня, Ванная]",
        "options:\n          - Кухня: кран\n          - Ванная",
        47,
        "options: нужен текст, а двоеточие или скобки превратили его в запись. Возьмите "
        "весь текст в кавычки",
    ),
    (
        "options: [Кухня, Ванная]",
        "options:\n          -\n          - Ванная",
        47,
        "пустая строка в списке. Допишите её или уберите",
    ),
    (
        "kind: choice",
        "kind: text",
        46,
        "варианты бывают только у вопроса с выбором, а здесь kind: text. Уберите options "
        "или напишите kind: choice",
    ),
    (
        "kind: choice",
        "kind: выбор",
        45,
        "kind: «выбор» не подходит. Напишите choice",
    ),
    (
        "{key: photos, ask: Фото, kind: photos, optional: true}",
        "{key: where, ask: Фото, kind: photos, optional: true}",
        47,
        "вопрос с ключом «where» в этой форме уже есть, строка 43. Дайте этому другой "
        "ключ: key: where-2",
    ),
    (
        "{key: photos, ask: Фото, kind: photos, optional: true}",
        "{key: a, ask: Когда, kind: when}\n      - {key: b, ask: Ещё, kind: when}",
        48,
        "в форме больше двух вопросов с выбором. Оставьте два: житель должен дойти до "
        "номера заявки в шесть нажатий",
    ),
    (
        "{key: photos, ask: Фото, kind: photos, optional: true}",
        "{key: a, ask: Когда, kind: when}\n      - {key: b, ask: Ещё, kind: text, "
        "optional: true}\n      - {key: c, ask: Фото, kind: photos, optional: true}",
        42,
        "до номера заявки 7 нажатий, а можно не больше 6. Уберите необязательный вопрос: "
        "«Пропустить» — это тоже нажатие",
    ),
    (
        "{key: photos, ask: Фото, kind: photos, optional: true}",
        "{key: photos, ask: Фото, если можно, kind: photos}",
        47,
        "текст оборвался перед «если можно»: запятая внутри скобок делит его. Возьмите "
        "весь текст в кавычки",
    ),
    (
        "        options: [Кухня, Ванная]\n",
        "        options: [Кухня, Ванная]\n        options_text: да\n",
        47,
        "слова «options_text» у вопроса формы нет. Выберите из этих: key, ask, kind, "
        "options, optional",
    ),
    (
        "term_hours: 72",
        "term_hours: 72\n    own_flat: 1e3",
        42,
        "own_flat: нужно да или нет, а написано «1e3». Напишите true или false",
    ),
    (
        "title: Сантехника",
        "title: Сантехника Сантехника Сантехника Сантехника Сантехника Сантехника ",
        40,
        "на кнопке помещается 60 знаков, а здесь 65. Напишите короче: Сантехника "
        "Сантехника Сантехника Сантехника Сантехника Са…",
    ),
    (
        "articles:",
        "quick-answers:",
        52,
        "незнакомое слово «quick-answers». Напишите articles",
    ),
    (
        "{key: photos, ask: Фото, kind: photos, optional: true}",
        "просто фото",
        47,
        "form: здесь нужна запись из нескольких строк. Напишите строки: key: …, ask: …, kind: …",
    ),
    (
        "{key: photos, ask: Фото, kind: photos, optional: true}",
        "{key: Фото, ask: Фото, kind: photos}",
        47,
        "key: «Фото» не подходит: нужны маленькие латинские буквы, цифры, «-» и «_», до "
        "32 знаков. Напишите key: foto",
    ),
]

PEOPLE: list[Case] = [
    (
        "answer: До 15 числа.\n    complexes: [bor]",
        "answer: До 15 числа.\n    complexes: [sad]",
        56,
        "ЖК с кодом «sad» в файле нет. Выберите из этих: bor",
    ),
    (
        "role: dispatcher",
        "role: диспетчер",
        61,
        "role: «диспетчер» не подходит. Напишите dispatcher",
    ),
    (
        "role: dispatcher",
        "role: king",
        61,
        "role: «king» не подходит. Выберите из этих: dispatcher, executor, manager, admin",
    ),
    (
        "vk: 222",
        "telegram: 111",
        62,
        "telegram: 111 уже записан за другим сотрудником, строка 61. Проверьте номер: у "
        "каждого сотрудника он свой",
    ),
    (
        "vk: 222",
        "vk: -5",
        62,
        "vk: -5 — это не человек: его номер больше нуля. Напишите номер самого "
        "сотрудника, например vk: 123456789",
    ),
    (
        "vk: 222",
        "rooms: [secret]",
        62,
        "группы с кодом «secret» в файле нет. Выберите из этих: main",
    ),
    (
        "code: igor",
        "code: anna",
        62,
        "сотрудник с кодом «anna» уже есть в строке 61. Напишите другой: code: anna-2",
    ),
    (
        "id: keys",
        "id: pay",
        57,
        "ответ с id «pay» уже есть в строке 53. Дайте этому другой: id: pay-2",
    ),
    (
        "members:",
        "members: []\nmembers:",
        61,
        "«members» уже есть в строке 60. Оставьте одну из двух строк",
    ),
    (
        "    question: Где ключ?\n",
        "",
        57,
        'у готового ответа нет вопроса. Напишите question: "Когда передавать показания?"',
    ),
]


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "company.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(folder: Path, text: str | bytes) -> Declaration:
    return read_declaration(write(folder, text))


def mistakes(folder: Path, text: str | bytes) -> list[Mistake]:
    with pytest.raises(CompanyFileWrong) as refused:
        read(folder, text)
    return refused.value.mistakes


def broken(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"), YAML + COMPANY + PLACES + CATEGORIES + PEOPLE
)
def test_a_mistake_names_its_line_and_the_remedy(
    tmp_path: Path, old: str, new: str, line: int, sentence: str
) -> None:
    assert [str(mistake) for mistake in mistakes(tmp_path, broken(old, new))] == [
        f"строка {line}: {sentence}"
    ]


@pytest.mark.parametrize(("old", "new", "line", "sentence"), YAML)
def test_the_slow_parser_is_understood_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, line: int, sentence: str
) -> None:
    monkeypatch.setattr(yaml, "CBaseLoader", yaml.BaseLoader)
    assert str(mistakes(tmp_path, broken(old, new))[0]) == f"строка {line}: {sentence}"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD
    for old, new in [
        ("greeting: Здравствуйте!", "greting: Здравствуйте!"),
        ('opens: "09:00"', "opens: 9:00"),
        ("        address: ул. Садовая, 5\n", ""),
        ("flats: 37-72", "flats: 36-71"),
        ("needs: barrier", "needs: chute"),
        ("role: executor", "role: инженер"),
    ]:
        assert old in text
        text = text.replace(old, new, 1)
    found = mistakes(tmp_path, text)
    assert [(mistake.line, mistake.where) for mistake in found] == [
        (3, "компания «Уютный дом»"),
        (8, "компания «Уютный дом» → часы работы"),
        (25, "ЖК «Лесной» → дом"),
        (32, "ЖК «Лесной» → дом → подъезд «2»"),
        (49, "категория «Шлагбаум»"),
        (61, "сотрудник «Игорь»"),
    ]
    assert str(CompanyFileWrong(found)) == (
        "строка 3: незнакомое слово «greting». Напишите greeting (и ещё 5 ошибок)"
    )


def test_overlap_and_overflow_are_both_told(tmp_path: Path) -> None:
    found = mistakes(tmp_path, broken("flats: 37-72", "flats: 30-72"))
    assert [mistake.what for mistake in found] == [
        "номера повторяются: 30…36 уже есть (подъезд 1, строка 30)",
        "в подъезде 2 квартир 43, а помещается 36: этажей 9, по 4 на каждом",
    ]


def test_every_tab_is_named(tmp_path: Path) -> None:
    text = broken("    title: Диспетчерская", "\ttitle: Диспетчерская").replace(
        "        ask: Где?", "\t\task: Где?"
    )
    assert [mistake.line for mistake in mistakes(tmp_path, text)] == [17, 44]


def test_keys_of_no_use(tmp_path: Path) -> None:
    merged = mistakes(tmp_path, broken("address: ул. Садовая, 5", "<<: {address: ул. Садовая}"))
    assert "строка 26: «<<» здесь не действует. Напишите строки полностью" in map(str, merged)
    odd = mistakes(tmp_path, broken("greeting: Здравствуйте!", "? [a, b]\n  : 1"))
    assert "здесь нужно слово с двоеточием" in [mistake.what for mistake in odd]


def test_an_unknown_section_does_not_hide_the_missing_one(tmp_path: Path) -> None:
    found = mistakes(tmp_path, broken("categories:", "mycats:"))
    assert [str(mistake) for mistake in found] == [
        "строка 1: в файле нет раздела categories. Добавьте его и в нём хотя бы одну категорию",
        "строка 38: раздела «mycats» не бывает. Выберите из этих: company, rooms, complexes, "
        "categories, articles, vocabulary, canned_answers, organisations, members",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "файл пустой. Возьмите за образец examples/minimal.yaml и замените своим"),
        ("# слова\n", "файл пустой. Возьмите за образец examples/minimal.yaml и замените своим"),
        (
            "- company\n",
            "строка 1: файл должен начинаться с разделов company:, complexes:, categories:. "
            "Возьмите за образец examples/minimal.yaml",
        ),
        (
            "\nпросто текст\n",
            "строка 2: файл должен начинаться с разделов company:, complexes:, categories:. "
            "Возьмите за образец examples/minimal.yaml",
        ),
        ("[" * 100_000, "строка 1: слишком глубокая вложенность. Проверьте скобки и отступы"),
        (
            GOOD.encode("cp1251"),
            "строка 2: файл сохранён не в UTF-8 (похоже на Windows-1251). "
            "Сохраните его в кодировке UTF-8",
        ),
        (
            GOOD.encode("utf-16"),
            "строка 1: файл сохранён в UTF-16. Сохраните его в кодировке UTF-8",
        ),
        (
            GOOD + "\x01",
            "строка 63: здесь непечатаемый знак. Удалите его и наберите заново",
        ),
        (
            "company: &a [*a]",
            "строка 1: ссылка «*a» ни на что не указывает. "
            "Если это просто текст со звёздочкой, возьмите его в кавычки",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_no_company_file(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    assert [str(mistake) for mistake in mistakes(tmp_path, text)] == [sentence]


def test_no_file_a_folder_and_a_giant(tmp_path: Path) -> None:
    with pytest.raises(CompanyFileWrong, match=r"файла .*nowhere\.yaml нет\. Проверьте имя"):
        read_declaration(tmp_path / "nowhere.yaml")
    with pytest.raises(CompanyFileWrong, match="это папка"):
        read_declaration(tmp_path)
    giant = tmp_path / "giant.yaml"
    with giant.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    with pytest.raises(CompanyFileWrong, match="больше 20 МБ"):
        read_declaration(giant)


def test_repeats_by_alias_are_allowed_and_bombs_are_not(tmp_path: Path) -> None:
    text = broken("    form:\n", "    form: &form\n").replace(
        "articles:", "  - {code: other, title: Другое, form: *form}\narticles:"
    )
    categories = read(tmp_path, text).categories
    assert categories[2].form == categories[0].form
    steps = ",".join(["{key: a}"] * 300)
    bomb = f"categories:\n  - &c\n    form: [{steps}]\n" + "  - *c\n" * 3000
    assert [mistake.what for mistake in mistakes(tmp_path, bomb)] == [
        "ссылки «*…» разворачиваются в слишком большой файл"
    ]


@pytest.mark.parametrize("text", ["\ufeff" + GOOD, GOOD.replace("\n", "\r\n")])
def test_editors_of_windows_do_no_harm(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == read(tmp_path, GOOD)


def test_what_yaml_would_guess_stays_as_written(tmp_path: Path) -> None:
    text = GOOD
    for old, new in [
        ('opens: "09:00"', "opens: 09:00"),
        ('"+7 495 000-00-01"', "+74950000001"),
        ('version: "1"', "version: 2026-01-01"),
        ("options: [Кухня, Ванная]", "options: [yes, no, on, 1e3, 0x1F, 08, 12:30, ~x]"),
        ("number: 12а", "number: 08"),
        ("floor: 3}", "floor: 08}"),
        ("title: Шлагбаум", "title: null-модем"),
        ("holidays: [2026-01-01]", "holidays: [2026-01-01, 09.05.2026]"),
        ("desk: false", "desk: нет"),
        ("name: Игорь", 'name: "null"'),
    ]:
        assert old in text
        text = text.replace(old, new, 1)
    it = read(tmp_path, text)
    assert it.company.hours[0].opens == "09:00"
    assert it.company.phone == "+74950000001"
    assert it.company.consent.version == "2026-01-01"
    assert it.company.holidays == (date(2026, 1, 1), date(2026, 5, 9))
    options = ("yes", "no", "on", "1e3", "0x1F", "08", "12:30", "~x")
    assert it.categories[0].form[0].options == options
    assert it.complexes[0].houses[0].exceptions[0].number == "08"
    assert it.complexes[0].houses[0].exceptions[0].floor == 8
    assert it.members[1].desk is False
    assert it.members[1].name == "null"


def test_what_may_be_left_out_is_filled_in(tmp_path: Path) -> None:
    it = read(tmp_path, GOOD)
    assert [e.code for e in it.complexes[0].houses[0].entrances] == ["dom-5-1", "dom-5-2"]
    assert [category.key for category in it.categories] == ["plumbing", "security"]
    text = broken("  - code: main\n    title: Диспетчерская\n    telegram: -1001\n", "")
    text = text.replace("number: 2", "number: Б")
    it = read(tmp_path, text)
    assert [(room.code, room.telegram) for room in it.rooms] == [("main", None)]
    assert it.complexes[0].houses[0].entrances[1].code == "dom-5-b"


def test_a_complex_sees_its_own_form_instead_of_the_general_one(tmp_path: Path) -> None:
    own = (
        "  - {code: plumbing, key: own, title: Сантехника, complexes: [bor]}\n"
        "  - {code: plumbing, key: flood, title: Потоп, emergency: true}\n"
        "articles:"
    )
    it = read(tmp_path, broken("articles:", own))
    assert [category.key for category in it.categories_in("bor")] == ["own", "security", "flood"]
    assert [category.key for category in it.categories_in("other")] == ["plumbing", "flood"]


# ── the samples ──────────────────────────────────────────────────────────────────────────────


def test_the_smallest_file() -> None:
    it = read_declaration(EXAMPLES / "minimal.yaml")
    assert len(list_flats(it.complexes[0].houses[0])) == 36


def test_the_sample_company() -> None:
    it = read_declaration(EXAMPLES / "company.yaml")
    assert [complex_.code for complex_ in it.complexes] == ["sosnovy-bor", "zavodskoy", "sadovy"]
    assert {c.code: [len(list_flats(h)) for h in c.houses] for c in it.complexes} == {
        "sosnovy-bor": [442, 472],
        "zavodskoy": [145, 97],
        "sadovy": [18, 30],
    }
    assert len({category.code for category in it.categories}) == 17
    assert len(it.articles) >= 12
    assert {member.role for member in it.members} == {"admin", "dispatcher", "executor", "manager"}
    keys = {c.code: {category.key for category in it.categories_in(c.code)} for c in it.complexes}
    assert {"barrier", "concierge", "underground", "stuck"} <= keys["sosnovy-bor"]
    assert "chute" in keys["zavodskoy"]
    assert "garbage" not in keys["zavodskoy"]
    assert not {"barrier", "concierge", "chute", "elevator"} & keys["sadovy"]
    assert all({"flood", "gas"} <= seen for seen in keys.values())


def test_the_sample_names_nobody_real() -> None:
    """Made-up account ids would let in whoever happens to own them."""
    it = read_declaration(EXAMPLES / "company.yaml")
    assert all(member.telegram is None and member.vk is None for member in it.members)
    assert all(room.telegram is None for room in it.rooms)
    for phone in (it.company.phone, it.company.emergency_phone):
        assert phone.startswith("+7 495 000-00-")


# ── flats ────────────────────────────────────────────────────────────────────────────────────


def house(
    *entrances: Entrance, **rest: tuple[FlatException, ...] | tuple[OtherPlaces, ...]
) -> House:
    return House.model_validate(
        {"code": "dom-5", "address": "ул. Садовая, 5", "entrances": entrances, **rest}
    )


def test_flats_fill_the_floors_from_the_bottom() -> None:
    places = list_flats(house(Entrance(number="1", floors="2-4", flats="1-7", per_floor=3)))
    assert [(place.number, place.floor, place.riser) for place in places] == [
        ("1", 2, "1"), ("2", 2, "2"), ("3", 2, "3"),
        ("4", 3, "1"), ("5", 3, "2"), ("6", 3, "3"),
        ("7", 4, "1"),
    ]  # fmt: skip
    assert {(place.kind, place.entrance) for place in places} == {("flat", "1")}


def test_one_number_of_floors_and_a_list_of_flats() -> None:
    places = list_flats(house(Entrance(number="1", floors="2", flats="1-3, 5; 7а", per_floor=3)))
    assert [(place.number, place.floor) for place in places] == [
        ("1", 1), ("2", 1), ("3", 1), ("5", 2), ("7а", 2),
    ]  # fmt: skip


def test_there_is_no_floor_zero() -> None:
    places = list_flats(house(Entrance(number="1", floors="-1-2", flats="1-3", per_floor=1)))
    assert [place.floor for place in places] == [-1, 1, 2]


def test_without_floors_the_floor_is_unknown() -> None:
    assert list_flats(house(Entrance(number="1", flats="1-2"))) == [
        FlatPlace("1", "flat", "1", None, None),
        FlatPlace("2", "flat", "1", None, None),
    ]


def test_exceptions_change_add_and_remove_without_moving_the_rest() -> None:
    places = list_flats(
        house(
            Entrance(number="1", floors="1-2", flats="1-4", per_floor=2),
            exceptions=(
                FlatException(number="кв. 2", floor=2, riser="7"),
                FlatException(number="3", exists=False),
                FlatException(number="4-А", entrance="1", floor=2),
            ),
        )
    )
    assert places == [
        FlatPlace("1", "flat", "1", 1, "1"),
        FlatPlace("2", "flat", "1", 2, "7"),
        FlatPlace("4", "flat", "1", 2, "2"),
        FlatPlace("4-А", "flat", "1", 2, None),
    ]


@pytest.mark.parametrize(
    ("other", "numbers"),
    [
        (OtherPlaces(kind="parking", numbers="1-2"), ["м/м 1", "м/м 2"]),
        (OtherPlaces(kind="parking", numbers="А1-А2"), ["м/м А1", "м/м А2"]),
        (OtherPlaces(kind="parking", numbers="1", prefix="Б-"), ["м/м Б-1"]),
        (OtherPlaces(kind="parking", numbers="1", prefix="Гараж"), ["Гараж 1"]),
        (OtherPlaces(kind="storeroom", numbers="7"), ["кладовка 7"]),
        (OtherPlaces(kind="office", numbers="1Н", prefix="пом."), ["пом. 1Н"]),
        (OtherPlaces(kind="flat", numbers="1-2"), ["1", "2"]),
    ],
)
def test_other_places_say_what_they_are(other: OtherPlaces, numbers: list[str]) -> None:
    places = list_flats(house(places=(other,)))
    assert [place.number for place in places] == numbers
    assert {place.kind for place in places} == {other.kind}


def test_numbers_that_cannot_be_read() -> None:
    with pytest.raises(NumbersWrong) as wrong:
        list_flats(house(Entrance(number="1", flats="9-1")))
    assert (wrong.value.what, wrong.value.fix) == (
        "отрезок «9-1» идёт задом наперёд",
        'Напишите "1-9"',
    )


def test_a_hundred_thousand_flats() -> None:
    big = house(
        Entrance(number="1", floors="1-200", flats="1-100000", per_floor=60),
        exceptions=(FlatException(number="5", floor=7),),
    )
    assert len(list_flats(big)) == 100_000


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("12", ["12", "012", " 12 ", "кв 12", "кв.12", "КВ. № 12", "квартира 12", "кв-ра 12",
                "12 кв", "kv 12", "подъезд 2, кв. 12", "#12"]),
        ("12а", ["кв. 12 А", "12-а", "№12а", "12 a", "12A", "12а", "Квартира №12-А"]),
        ("12/1", ["12/1", "12-1", "12.1", "12 1"]),
        ("5в", ["5В", "5b", "5-B"]),
        ("мм15", ["м/м 15", "М/М15", "мм 15", "машиноместо 15", "машино-место № 15", "паркинг 15",
                  "парковочное место 15", "место 15", "паркинг, место 15"]),
        ("мма15", ["м/м А15", "м/м A-15", "место а 15"]),
        ("кл7", ["кладовка 7", "кл. 7", "Кладовая №07", "кладовка7"]),
        ("оф3н", ["офис 3Н", "пом. 3-Н", "помещение 3н", "нежилое помещение 3Н"]),
        ("", ["", "кв", "!", "  "]),
    ],
)  # fmt: skip
def test_one_key_for_every_way_to_write_a_number(key: str, said: list[str]) -> None:
    assert {text: normalize_number(text) for text in said} == dict.fromkeys(said, key)
