"""What every messenger must do, in the same words for each, over real HTTP."""

from __future__ import annotations

import pytest

from services.messaging.port import Blocked
from services.messaging.types import Attachment, Button, Happening, Keyboard, Outbound
from tests.platforms.driver import Driver
from tests.support.pictures import BLUE, GREEN, RED

JPEG = b"\xff\xd8\xff\xe0 a photo"
AWKWARD = (
    "просто слова",
    "3 < 5 && 7 > 2 <b>не тег</b> &lt; &amp;",
    "</b><a href='x'>",
    "🏠👨‍👩‍👧‍👦🇷🇺 ёЁ",
    "עברית ‏ וגם العربية и русский ‮задом‬",
    "*звёздочки* _подчёркивания_ `код` [ссылка](x)",
    "строка\n\n  с отступом\tи табуляцией",
)


def rows(*labels: tuple[str, ...], standing: bool = False) -> Keyboard:
    return Keyboard(
        rows=tuple(
            tuple(Button(label=label, action=f"do/{label}") for label in row) for row in labels
        ),
        standing=standing,
    )


def untold(driver: Driver, kind: str) -> bool:
    """VK tells the size of documents alone."""
    return "sizes" in driver.lacks and kind in ("photo", "voice")


needs = pytest.mark.needs

# ── Words ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", AWKWARD)
async def test_words_come_and_go_as_they_are(driver: Driver, text: str) -> None:
    maria = await driver.person()
    said = await maria.says(text)
    [heard] = await driver.hears()
    assert heard.text == text
    assert heard.address == maria.address
    assert (heard.happening, heard.private) == (Happening.MESSAGE, True)
    assert heard.external_id == said
    ids = await driver.send(maria, Outbound(header=text.splitlines()[0], text=text))
    [shown] = await maria.sees()
    assert shown.ids == ids
    assert shown.text == f"{text.splitlines()[0]}\n{text}"
    assert shown.header == text.splitlines()[0]


async def test_a_long_text_arrives_whole_and_in_order(driver: Driver) -> None:
    maria = await driver.person()
    words = " ".join(f"слово{number}🙂" for number in range(1500))
    ids = await driver.send(maria, Outbound(header="Начало", text=words, keyboard=rows(("Да",))))
    shown = await maria.sees()
    assert [i for one in shown for i in one.ids] == ids
    assert " ".join(one.text for one in shown).split() == ["Начало", *words.split()]
    assert [one.buttons for one in shown] == [[]] * (len(shown) - 1) + [[["Да"]]]


async def test_quotes_both_ways(driver: Driver) -> None:
    maria = await driver.person()
    asked = await maria.says("Когда починят лифт?")
    [answer] = await driver.send(maria, Outbound(text="Завтра", reply_to=asked))
    assert (await maria.sees())[-1].reply_to == asked
    await maria.says("Спасибо", reply_to=answer)
    _, heard = await driver.hears(2)
    assert heard.reply_to == answer


async def test_a_quote_of_what_is_gone_is_left_out(driver: Driver) -> None:
    maria = await driver.person()
    await driver.send(maria, Outbound(text="Завтра", reply_to="987654"))
    assert (await maria.sees())[-1].text == "Завтра"


async def test_an_edit_of_ours(driver: Driver) -> None:
    maria = await driver.person()
    [ident] = await driver.send(maria, Outbound(text="Придём в 10", keyboard=rows(("Ладно",))))
    for _ in range(2):  # the second changes nothing, and is no trouble
        await driver.send(maria, Outbound(header="Важно", text="Придём в 11 <", replaces=ident))
    [shown] = await maria.sees()
    assert (shown.ids, shown.text, shown.edited) == ([ident], "Важно\nПридём в 11 <", True)
    assert shown.buttons == []


async def test_an_edit_of_words_under_a_photo(driver: Driver) -> None:
    maria = await driver.person()
    photo = await driver.stored("photo", JPEG, mime="image/jpeg")
    [ident] = await driver.send(maria, Outbound(text="Вот", attachments=(photo,)))
    for _ in range(2):
        await driver.send(maria, Outbound(text="Вот так", replaces=ident))
    [shown] = await maria.sees()
    assert (shown.text, shown.files) == ("Вот так", [("photo", JPEG)])


async def test_an_edit_that_outgrows_its_place_loses_nothing(driver: Driver) -> None:
    maria = await driver.person()
    photo = await driver.stored("photo", JPEG, mime="image/jpeg")
    for message in (Outbound(text="Мало"), Outbound(text="Мало", attachments=(photo,))):
        [ident] = await driver.send(maria, message)
        words = " ".join(f"слово{number}" for number in range(900))
        await driver.send(maria, Outbound(text=words, replaces=ident))
        shown = await maria.sees()
        at = next(index for index, one in enumerate(shown) if ident in one.ids)
        assert " ".join(one.text for one in shown[at:]).split() == words.split()


@needs("edits")
async def test_an_edit_of_theirs(driver: Driver) -> None:
    maria = await driver.person()
    said = await maria.says("этаж 5")
    await maria.edits(said, "этаж 6")
    await maria.edits(said, "этаж 7")  # within the same second
    before, first, second = await driver.hears(3)
    assert before.text == "этаж 5"
    assert [(e.happening, e.edits, e.text) for e in (first, second)] == [
        (Happening.EDIT, said, "этаж 6"),
        (Happening.EDIT, said, "этаж 7"),
    ]


@needs("silence")
async def test_without_a_sound(driver: Driver) -> None:
    maria = await driver.person()
    await driver.send(maria, Outbound(text="тихо", silent=True))
    await driver.send(maria, Outbound(text="громко"))
    assert [one.silent for one in await maria.sees()] == [True, False]


@needs("unsure")
async def test_what_may_stand_there_already_is_marked(driver: Driver) -> None:
    maria = await driver.person()
    photo = await driver.stored("photo", JPEG, mime="image/jpeg")
    await driver.send(maria, Outbound(text="Слова", repeated=True))
    await driver.send(maria, Outbound(header="Заглавие", text="Слова", repeated=True))
    await driver.send(maria, Outbound(attachments=(photo,), repeated=True))
    assert [one.text for one in await maria.sees()] == ["↻ Слова", "↻ Заглавие\nСлова", "↻"]


# ── Files ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "name", "mime"),
    [
        ("photo", "двор.jpg", "image/jpeg"),
        ("document", "акт приёмки.pdf", "application/pdf"),
        ("voice", "голос", "audio/ogg"),
        ("video", "кран.mp4", "video/mp4"),
    ],
)
async def test_a_file_comes_and_goes_back(driver: Driver, kind: str, name: str, mime: str) -> None:
    maria, pavel = await driver.person(), await driver.person("Павел")
    data = JPEG if kind == "photo" else b"the bytes of " + kind.encode()
    caption = "" if kind == "voice" else "Подпись <"
    await maria.sends(kind, data, caption=caption, name=name, mime=mime)  # type: ignore[arg-type]
    [heard] = await driver.hears(files=1)
    [attachment] = heard.attachments
    assert (attachment.kind, attachment.mime, heard.text) == (kind, mime, caption)
    assert attachment.size == (None if untold(driver, kind) else len(data))
    if kind == "document":
        assert attachment.title == name
    assert await driver.bytes_of(attachment) == data
    await driver.send(pavel, Outbound(text=caption, attachments=heard.attachments))
    [shown] = await pavel.sees()
    assert (shown.text, shown.files) == (caption, [(kind, data)])


async def test_an_album_is_one_message_both_ways(driver: Driver) -> None:
    maria = await driver.person()
    pictures = [JPEG + bytes([number]) for number in range(4)]
    await maria.sends("photo", *pictures, caption="Вот что видно")
    [heard] = await driver.hears(files=4)
    assert heard.text == "Вот что видно"
    assert [await driver.bytes_of(each) for each in heard.attachments] == pictures
    ids = await driver.send(
        maria, Outbound(header="Ваши", text="фото", attachments=heard.attachments)
    )
    [shown] = await maria.sees()
    assert shown.text == "Ваши\nфото"
    assert shown.files == [("photo", picture) for picture in pictures]
    assert shown.ids == ids


@needs("place")
async def test_a_place_comes(driver: Driver) -> None:
    maria = await driver.person()
    await maria.sends_place(55.75, 37.61)
    [heard] = await driver.hears()
    [place] = heard.attachments
    assert (place.kind, place.latitude, place.longitude) == ("location", 55.75, 37.61)


@needs("phone")
async def test_a_phone_comes(driver: Driver) -> None:
    maria = await driver.person()
    await maria.shares_phone("+79991112233")
    [heard] = await driver.hears()
    [card] = heard.attachments
    assert (card.kind, card.phone) == ("contact", "+79991112233")


async def test_a_place_and_a_phone_go(driver: Driver) -> None:
    maria = await driver.person()
    place = Attachment(kind="location", latitude=55.75, longitude=37.61)
    card = Attachment(kind="contact", title="Слесарь Пётр", phone="+79991112233")
    await driver.send(maria, Outbound(text="Вот", attachments=(place, card)))
    shown = await maria.sees()
    assert "\n".join(one.text for one in shown if one.text) == "Вот"
    assert [each for one in shown for each in one.places] == [(55.75, 37.61)]
    assert [each for one in shown for each in one.phones] == ["+79991112233"]


async def test_all_at_once(driver: Driver) -> None:
    """Two photos, a film, a document and a voice message with words and buttons."""
    maria = await driver.person()
    files = (
        await driver.stored("photo", RED, mime="image/png"),
        await driver.stored("photo", GREEN, mime="image/png"),
        await driver.stored("video", b"film", title="кран.mp4", mime="video/mp4"),
        await driver.stored("document", b"paper", title="акт.pdf", mime="application/pdf"),
        await driver.stored("voice", b"OggS voice", mime="audio/ogg"),
    )
    message = Outbound(
        header="Заявка", text="Слова", attachments=files, keyboard=rows(("Да", "Нет"))
    )
    ids = await driver.send(maria, message)
    shown = await maria.sees()
    assert [one.text for one in shown if one.text] == ["Заявка\nСлова"]
    assert [one.buttons for one in shown if one.buttons] == [[["Да", "Нет"]]]
    assert [file for one in shown for file in one.files] == [
        ("photo", RED), ("photo", GREEN), ("video", b"film"), ("document", b"paper"),
        ("voice", b"OggS voice"),
    ]  # fmt: skip
    assert [i for one in shown for i in one.ids] == ids
    await maria.presses("Нет")
    assert (await driver.hears())[0].pressed == "do/Нет"


async def test_files_and_buttons_without_words(driver: Driver) -> None:
    maria = await driver.person()
    files = (
        await driver.stored("photo", RED, mime="image/png"),
        await driver.stored("photo", BLUE, mime="image/png"),
    )
    await driver.send(maria, Outbound(attachments=files[:1], keyboard=rows(("Да",))))
    await driver.send(maria, Outbound(attachments=files, keyboard=rows(("Нет",))))
    for label in ("Да", "Нет"):
        await maria.presses(label)
    assert [each.pressed for each in await driver.hears(2)] == ["do/Да", "do/Нет"]


async def test_many_files_are_several_albums(driver: Driver) -> None:
    maria = await driver.person()
    files = [await driver.stored("photo", JPEG + bytes([n]), mime="image/jpeg") for n in range(12)]
    ids = await driver.send(maria, Outbound(text="Все", attachments=tuple(files)))
    shown = await maria.sees()
    assert [data for one in shown for _, data in one.files] == [
        JPEG + bytes([n]) for n in range(12)
    ]
    assert [i for one in shown for i in one.ids] == ids


async def test_a_photo_with_more_words_than_a_caption_holds(driver: Driver) -> None:
    maria = await driver.person()
    photo = await driver.stored("photo", JPEG, mime="image/jpeg")
    words = "Длинная подпись. " * 100
    await driver.send(maria, Outbound(text=words, attachments=(photo,)))
    shown = await maria.sees()
    assert " ".join(one.text for one in shown).split() == words.split()
    assert [file for one in shown for file in one.files] == [("photo", JPEG)]


# ── Buttons ──────────────────────────────────────────────────────────────────


async def test_a_button_is_pressed_and_stops_spinning(driver: Driver) -> None:
    maria = await driver.person()
    action = "form/abc123/" + "x" * 52
    assert len(action.encode()) == 64
    keyboard = Keyboard(
        rows=(
            (Button(label="Длинное", action=action), Button(label="Нет", action="no")),
            (Button(label="Сайт", url="https://uyut.example/a?b=1&c=2"),),
        )
    )
    [ident] = await driver.send(maria, Outbound(text="Выберите", keyboard=keyboard))
    assert (await maria.sees())[-1].buttons == [["Длинное", "Нет"], ["Сайт"]]
    await maria.presses("Длинное")
    [heard] = await driver.hears()
    assert (heard.happening, heard.pressed) == (Happening.PRESS, action)
    assert (heard.address, heard.private) == (maria.address, True)
    assert heard.external_id in (ident, "")


async def test_standing_buttons_stay_until_others_come(driver: Driver) -> None:
    maria = await driver.person()
    menu = rows(("Новая заявка", "Мои заявки"), ("Настройки",), standing=True)
    await driver.send(maria, Outbound(text="Меню", keyboard=menu))
    await driver.send(maria, Outbound(text="Слова", keyboard=rows(("Под словами",))))
    await maria.sees()
    assert maria.standing() == [["Новая заявка", "Мои заявки"], ["Настройки"]]
    await maria.presses_standing("Мои заявки")
    [heard] = await driver.hears()
    assert "Мои заявки" in (heard.text, heard.pressed.removeprefix("do/"))
    await driver.send(maria, Outbound(text="Другое", keyboard=rows(("Одна",), standing=True)))
    await maria.sees()
    assert maria.standing() == [["Одна"]]
    await driver.send(maria, Outbound(text="Пусто", keyboard=Keyboard(standing=True)))
    await maria.sees()
    assert maria.standing() == []


async def test_a_button_that_asks_for_a_phone_shows_only_where_there_is_one(driver: Driver) -> None:
    """The question behind it takes a typed number as well."""
    maria = await driver.person()
    keyboard = Keyboard(
        rows=(
            (Button(label="Поделиться номером", asks="contact"),),
            (Button(label="Пропустить", action="skip"),),
        )
    )
    await driver.send(maria, Outbound(text="Ваш телефон?", keyboard=keyboard))
    [shown] = await maria.sees()
    if "phone" in driver.lacks:
        assert shown.buttons == [["Пропустить"]]
    else:
        assert maria.standing() == [["Поделиться номером"], ["Пропустить"]]
        await maria.presses_standing("Поделиться номером")
        assert (await driver.hears())[0].attachments[0].phone


# ── Hearing ──────────────────────────────────────────────────────────────────


async def test_the_same_thing_handed_over_again_is_heard_once(driver: Driver) -> None:
    maria = await driver.person()
    await maria.says("раз")
    await driver.hears()
    await maria.says_again()
    await maria.says("два")
    assert [each.text for each in await driver.hears(2)] == ["раз", "два"]
    assert [i.text for i in await driver.inbox() if not i.text.startswith("/start")] == [
        "раз",
        "два",
    ]


async def test_what_could_not_be_kept_is_handed_over_again(driver: Driver) -> None:
    """Nothing is acknowledged before `hear` has returned."""
    maria = await driver.person()
    driver.deaf = 2
    await maria.keeps_saying("очень важно")
    [heard] = await driver.hears()
    assert heard.text == "очень важно"
    assert driver.deaf == 0
    assert len([i for i in await driver.inbox() if i.text == "очень важно"]) == 1


async def test_nonsense_does_not_stop_the_hearing(driver: Driver) -> None:
    maria = await driver.person()
    await maria.says_nonsense()
    await maria.says("а я ещё здесь")
    [heard] = await driver.hears()
    assert heard.text == "а я ещё здесь"


async def test_nul_and_half_a_surrogate_harm_nothing(driver: Driver) -> None:
    maria = await driver.person()
    await maria.says("до\x00после")
    [heard] = await driver.hears()
    assert heard.text == "допосле"


@needs("blocks")
async def test_who_stopped_the_bot_gets_nothing(driver: Driver) -> None:
    maria = await driver.person()
    await maria.blocks()
    [heard] = await driver.hears()
    assert (heard.happening, heard.address) == (Happening.BLOCKED, maria.address)
    with pytest.raises(Blocked):
        await driver.send(maria, Outbound(text="Вы тут?"))


async def test_the_same_key_is_one_message_where_there_are_keys(driver: Driver) -> None:
    maria = await driver.person()
    if not driver.channel.limits.key_lives:
        pytest.skip("this messenger takes no key")
    once = await driver.send(maria, Outbound(text="Раз"), nonce=77)
    assert await driver.send(maria, Outbound(text="Раз"), nonce=77) == once
    assert [one.text for one in await maria.sees()] == ["Раз"]
