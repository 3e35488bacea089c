"""`/answer`: a draft for staff. Nothing of it goes to a resident by itself."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.staff.canned_texts import fill
from tests.support.people import Member, Resident
from tests.support.world import World

FILE = """
canned_answers:
  - id: hello
    title: Приветствие
    text: >-
      Здравствуйте, {name}! Заявка №{number}, {house}. Сделаем до {term}. {phone},
      {emergency_phone}. {member}
  - id: master
    title: Мастер выехал
    text: Мастер выехал, будет через полчаса.
  - id: forest
    title: Только для бора
    text: Бор
    complexes: [bor]
"""


@pytest.fixture
async def file(world: World) -> None:
    await world.changes_company(lambda text: text + FILE)


async def filed(resident: Resident, member: Member) -> Any:
    await resident.settles_in()
    await resident.files()
    topic = await member.finds("№1001")
    await resident.forgets()
    return topic


def test_what_is_not_known_goes_with_its_comma() -> None:
    nobody = {"name": "", "number": "", "house": "", "term": ""}
    for text, read in {
        "Здравствуйте, {name}!": "Здравствуйте!",
        "{name}, добрый день! Ждём.": "Добрый день! Ждём.",
        "Добрый день. {name}, ждём.": "Добрый день. Ждём.",
        "Заявка №{number} в работе.": "Заявка в работе.",
        "Мастер придёт до {term}.": "Мастер придёт.",
        "Работаем по адресу {house}, сделаем к {term}.": "Работаем, сделаем.",
    }.items():
        assert fill(text, nobody) == read
    assert fill("{name} и {other}", {"name": "Мария"}) == "Мария и {other}"


async def test_the_list_is_of_this_complex(resident: Resident, member: Member, file: None) -> None:
    topic = await filed(resident, member)
    await member.says("/answer", topic)
    line = await member.sees(topic, "Заготовки:")
    assert "1. Приветствие — hello" in line.text
    assert "2. Мастер выехал — master" in line.text
    assert "бора" not in line.text
    await resident.hears_nothing()


@pytest.mark.parametrize("typed", ["1", "hello", "Hello", "приветств", "здравств"])
@pytest.mark.only("web")
async def test_a_draft_by_number_key_or_word(
    resident: Resident, member: Member, file: None, typed: str
) -> None:
    topic = await filed(resident, member)
    await member.says(f"/answer {typed}", topic)
    line = await member.sees(topic, "Черновик «Приветствие», жителю не ушёл.")
    assert line.text.endswith(
        "Здравствуйте, Мария! Заявка №1001, ул. Садовая, 5. Сделаем до завтра в 11:00. "
        "+7 495 000-00-01, +7 495 000-00-02. Анна Соколова"
    )
    await resident.hears_nothing()


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_one_press_copies_it(
    resident: Resident, member: Member, file: None, world: World
) -> None:
    topic = await filed(resident, member)
    await member.says("/answer master", topic)
    line = await member.sees(topic, "Черновик «Мастер выехал»")
    assert line.raw.reply_markup["inline_keyboard"] == [
        [{"text": "Скопировать", "copy_text": {"text": "Мастер выехал, будет через полчаса."}}]
    ]


async def test_words_that_fit_none_or_several(
    resident: Resident, member: Member, file: None
) -> None:
    topic = await filed(resident, member)
    await member.says("/answer лампочка", topic)
    await member.sees(topic, "Заготовки «лампочка» нет. Все: /answer.")
    await member.says("/answer 9", topic)
    await member.sees(topic, "Заготовки «9» нет.")
    await member.says("/answer е", topic)
    line = await member.sees(topic, "их несколько")
    assert "Приветствие — /answer hello" in line.text
    assert "Мастер выехал — /answer master" in line.text


async def test_added_changed_and_removed_in_the_chat(
    resident: Resident, member: Member, file: None, world: World
) -> None:
    topic = await filed(resident, member)
    await member.says("/answer + voda Нет воды\nВодоканал чинит трубу.", topic)
    await member.sees(topic, "Заготовка добавлена: Нет воды — voda.")
    await member.says("/answer + master Мастер в пути\nЕдет, {name}.", topic)
    await member.sees(topic, "Заготовка изменена: Мастер в пути — master.")
    await member.says("/answer - hello", topic)
    await member.sees(topic, "Заготовки hello больше нет.")
    await member.says("/answer - hello", topic)
    await member.sees(topic, "Заготовки «hello» нет.")
    await world.settled()
    await world.changes_company(lambda text: text + FILE)  # the same file once more
    await member.says("/answer", topic)
    line = await member.sees(topic, "Заготовки:")
    assert line.text.splitlines()[1:3] == ["1. Мастер в пути — master", "2. Нет воды — voda"]
    await member.says("/answer master", topic)
    await member.sees(topic, "Едет, Мария.")
    changes = [note.what for note in await world.audit("canned answer changed")]
    assert changes == ["canned answer changed"]
    await resident.hears_nothing()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/answer + вода Нет воды\nЧиним.", "Ключ заготовки — латинские буквы"),
        ("/answer + voda Нет воды", "У заготовки должны быть название и текст"),
        ("/answer + voda\nЧиним.", "У заготовки должны быть название и текст"),
        ("/answer + voda Нет воды\n" + "а" * 3001, "Слишком длинно"),
    ],
)
@pytest.mark.only("web")
async def test_what_cannot_be_one(
    resident: Resident, member: Member, typed: str, told: str
) -> None:
    topic = await filed(resident, member)
    await member.says(typed, topic)
    await member.sees(topic, told)
    await member.says("/answer", topic)
    await member.sees(topic, "Заготовок пока нет.")


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_executors_change_none(
    resident: Resident, member: Member, file: None, world: World
) -> None:
    topic = await filed(resident, member)
    assert world.group is not None
    petr = world.sits_in(world.group, "Пётр", 503)
    await petr.says("/answer - master", topic)
    await petr.sees(topic, "Менять заготовки могут диспетчер, управляющий и администратор.")
    assert [note.about for note in await world.audit("refused")] == ["/answer"]
    await petr.says("/answer master", topic)
    await petr.sees(topic, "Мастер выехал, будет через полчаса.")


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_in_general_a_list_and_no_draft(member: Member, file: None, world: World) -> None:
    assert world.group is not None
    user = member.driver.user  # type: ignore[attr-defined]
    await user.says("/answer", chat=world.group)
    await world.settled()
    assert "3. Только для бора — forest" in world.group.general.heard()[-1].text
    await user.says("/answer hello", chat=world.group)
    await world.settled()
    assert "непонятно, о какой заявке речь" in world.group.general.heard()[-1].text
