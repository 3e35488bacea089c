"""Categories and their forms: what they refer to, their buttons, and how many presses they take."""

from __future__ import annotations

from services.company.declaration import Category, Declaration, Step
from services.company.reading.source import Loc, Source
from services.company.reading.words import guess, shown

MOST_PRESSES = 6
MOST_CHOICES = 2
LONGEST_LABEL = 60
OWN_BUTTONS = ("назад", "отмена", "пропустить", "отправить")


def check_categories(it: Declaration, source: Source) -> None:
    complexes = [complex_.code for complex_ in it.complexes]
    features = sorted({f for complex_ in it.complexes for f in complex_.features if f})
    keys: list[tuple[Loc, str]] = []
    for i, category in enumerate(it.categories):
        at: Loc = ("categories", i)
        for j, code in enumerate(category.complexes):
            source.say_unknown((*at, "complexes", j), code, complexes, "ЖК с кодом")
        if category.needs and complexes and category.needs not in features:
            meant = guess(category.needs, features, {})
            source.say(
                (*at, "needs"),
                f"ни у одного ЖК нет особенности «{category.needs}»",
                f"Напишите {meant}"
                if meant
                else f"Добавьте её нужному ЖК: features: [{category.needs}]",
            )
        _check_label(category.title, (*at, "title"), source)
        _check_form(category, (*at, "form"), source)
        said = (*at, "key") in source.lines
        keys.append(((*at, "key" if said else "code"), category.key))
    source.say_repeated(
        keys,
        "категория с ключом «{value}» уже есть в строке {line}",
        "Добавьте этой свой ключ: key: {value}-2",
    )
    _check_same_buttons(it, source)


def _check_same_buttons(it: Declaration, source: Source) -> None:
    """Two buttons of one name, and nothing to tell which of the two is meant."""
    seen: dict[tuple[str, str, int], list[tuple[int, Category]]] = {}
    for i, category in enumerate(it.categories):
        if not category.title:
            continue
        alike = (category.title.casefold(), category.needs, category.particularity)
        peers = seen.setdefault(alike, [])
        for j, other in peers:
            if category.complexes and not set(category.complexes) & set(other.complexes):
                continue
            source.say(
                ("categories", i, "title"),
                f"категория «{category.title}» уже есть в строке "
                f"{source.line(('categories', j, 'title'))}: кнопки будут одинаковые",
                "Назовите её иначе или укажите, для какого она ЖК: complexes: [код]",
            )
            break
        peers.append((i, category))


def _check_label(label: str, loc: Loc, source: Source) -> None:
    if len(label) > LONGEST_LABEL:
        source.say(
            loc,
            f"на кнопке помещается {LONGEST_LABEL} знаков, а здесь {len(label)}",
            f"Напишите короче: {shown(label)}",
        )


def _check_form(category: Category, at: Loc, source: Source) -> None:
    presses = 3  # «Новая заявка», the category, «Отправить»
    choices = 0
    for i, step in enumerate(category.form):
        if step.kind in ("choice", "when"):
            choices += 1
            presses += 1
            if choices == MOST_CHOICES + 1:
                source.say(
                    (*at, i),
                    "в форме больше двух вопросов с выбором",
                    "Оставьте два: житель должен дойти до номера заявки в шесть нажатий",
                )
        elif step.optional:
            presses += 1
        _check_options(step, (*at, i), source)
    if presses > MOST_PRESSES and choices <= MOST_CHOICES:
        source.say(
            at,
            f"до номера заявки {presses} нажатий, а можно не больше {MOST_PRESSES}",
            "Уберите необязательный вопрос: «Пропустить» — это тоже нажатие",
        )
    source.say_repeated(
        (((*at, i, "key"), step.key) for i, step in enumerate(category.form)),
        "вопрос с ключом «{value}» в этой форме уже есть, строка {line}",
        "Дайте этому другой ключ: key: {value}-2",
    )


def _check_options(step: Step, here: Loc, source: Source) -> None:
    at: Loc = (*here, "options")
    if step.kind == "choice" and not step.options:
        if at not in source.lines:
            source.say(here, "у вопроса с выбором нет вариантов", 'Напишите options: ["Да", "Нет"]')
        elif at not in source.written:  # what was written there instead is told of already
            source.say(at, "список вариантов пуст", 'Напишите options: ["Да", "Нет"]')
    elif step.kind and step.kind != "choice" and step.options:
        source.say(
            at,
            f"варианты бывают только у вопроса с выбором, а здесь kind: {step.kind}",
            "Уберите options или напишите kind: choice",
        )
    for i, option in enumerate(step.options):
        _check_label(option, (*at, i), source)
        if option.casefold() in OWN_BUTTONS:
            source.say(
                (*at, i),
                f"«{option}» — служебная кнопка, она и так есть",
                "Уберите этот вариант или назовите иначе",
            )
    source.say_repeated(
        (((*at, i), option.casefold()) for i, option in enumerate(step.options)),
        "вариант «{value}» уже есть в строке {line}",
        "Уберите повтор",
    )
