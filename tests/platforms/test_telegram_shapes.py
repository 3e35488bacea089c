"""Parsing and rendering where the wire adds nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram.types import (
    InlineKeyboardMarkup,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)

from bot.platforms.telegram.files import fit, name_of
from bot.platforms.telegram.parse import parse, plainly
from bot.platforms.telegram.render import (
    HEADER_LIMIT,
    cut,
    dress,
    group,
    render,
    render_keyboard,
    split,
    units,
)
from services.messaging.types import (
    Attachment,
    Button,
    Happening,
    Inbound,
    Keyboard,
    Limits,
    Outbound,
)

BOT = 42
LIMITS = Limits()
MARIA = {"id": 7, "is_bot": False, "first_name": "Мария", "last_name": "К.", "language_code": "ru"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Мария"}
FORUM = {"id": -1005, "type": "supergroup", "title": "Диспетчерская", "is_forum": True}


def message(chat: dict[str, Any] = PRIVATE, **more: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1_700_000_000, "chat": chat, "from": MARIA, **more}


def read(kind: str = "message", **payload: Any) -> Inbound | None:
    return parse(Update.model_validate({"update_id": 9, kind: payload}), BOT)


def heard(kind: str = "message", **payload: Any) -> Inbound:
    found = read(kind, **payload)
    assert found is not None
    return found


# ── Parsing ──────────────────────────────────────────────────────────────────


def test_words_in_private() -> None:
    one = heard(**message(text="Привет"))
    assert one.key == "m7:5"
    assert (one.address.chat, one.address.topic, one.private) == ("7", None, True)
    assert (one.sender.id, one.sender.name, one.sender.language) == ("7", "Мария К.", "ru")
    assert one.sent_at == datetime.fromtimestamp(1_700_000_000, UTC)


@pytest.mark.parametrize(
    ("text", "payload"),
    [("/start dom-5", "dom-5"), ("/start", ""), ("/starting dom-5", ""), ("слова", "")],
)
def test_what_a_deep_link_carries(text: str, payload: str) -> None:
    assert heard(**message(text=text)).payload == payload


def test_a_topic_is_told_by_the_flag_alone() -> None:
    topic = message(FORUM, text="Ответ", message_thread_id=3, is_topic_message=True)
    assert heard(**topic).address.topic == "3"
    assert heard(**message(FORUM, text="Ответ", message_thread_id=3)).address.topic is None


def test_the_message_that_made_the_topic_is_no_quote() -> None:
    created = message(FORUM, forum_topic_created={"name": "Т", "icon_color": 1})
    one = heard(**message(FORUM, text="Ответ", reply_to_message=created))
    assert one.reply_to is None
    quoted = {**message(FORUM, text="Вопрос"), "message_id": 4}
    assert heard(**message(FORUM, text="Ответ", reply_to_message=quoted)).reply_to == "4"


def test_who_hides_behind_the_group() -> None:
    one = heard(**message(FORUM, text="Ответ", sender_chat=FORUM))
    assert one.sender.anonymous
    nobody = {k: v for k, v in message(FORUM, text="Ответ").items() if k != "from"}
    assert heard(**nobody).sender.anonymous


@pytest.mark.parametrize(
    ("what", "happening"),
    [
        ({"forum_topic_closed": {}}, Happening.TOPIC_CLOSED),
        ({"forum_topic_reopened": {}}, Happening.TOPIC_REOPENED),
        ({"migrate_to_chat_id": -1009}, Happening.MIGRATED),
    ],
)
def test_what_happened_to_the_group(what: dict[str, Any], happening: Happening) -> None:
    one = heard(**message(FORUM, **what))
    assert one.happening is happening
    assert one.text == ("-1009" if happening is Happening.MIGRATED else "")


@pytest.mark.parametrize(
    "what",
    [
        {"new_chat_members": [MARIA]},
        {"left_chat_member": MARIA},
        {"new_chat_title": "Другая"},
        {"delete_chat_photo": True},
        {"migrate_from_chat_id": -5},
        {"forum_topic_created": {"name": "Т", "icon_color": 1}},
        {"forum_topic_edited": {"name": "Т"}},
        {"pinned_message": message(FORUM, text="Важное")},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    ],
)
def test_what_concerns_nobody(what: dict[str, Any]) -> None:
    assert read(**message(FORUM, **what)) is None


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0,
                   "is_closed": False, "is_anonymous": True, "type": "regular",
                   "allows_multiple_answers": False, "allows_revoting": False,
                   "members_only": False}}, "poll"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "other"),
        ({"story": {"chat": PRIVATE, "id": 1}}, "other"),
        ({"kind_of_next_year": {"id": 1}}, "other"),
    ],
)  # fmt: skip
def test_what_we_cannot_read_is_not_passed_over_in_silence(what: dict[str, Any], why: str) -> None:
    one = heard(**message(**what))
    assert (one.unreadable, one.attachments, one.text) == (why, (), "")


@pytest.mark.parametrize(
    ("more", "text", "why"),
    [
        ({"text": "Слова", "reply_markup": "чепуха"}, "Слова", ""),
        ({"caption": "Подпись", "photo": [{"нет": "id"}]}, "Подпись", "other"),
        ({"poll": {"id": "1"}}, "", "other"),
    ],
)
def test_a_message_half_unreadable_is_heard_by_the_rest(
    more: dict[str, Any], text: str, why: str
) -> None:
    raw = {"update_id": 9, "message": message(**more)}
    with pytest.raises(ValueError):
        Update.model_validate(raw)
    one = parse(Update.model_validate(plainly(raw)), BOT)
    assert one is not None
    assert (one.text, one.unreadable, one.key) == (text, why, "m7:5")
    assert plainly({"update_id": 9, "message": "чепуха"}) == {"update_id": 9}


def test_a_place_with_a_name_is_a_place() -> None:
    where = {"latitude": 55.5, "longitude": 37.5}
    one = heard(
        **message(location=where, venue={"location": where, "title": "Двор", "address": "-"})
    )
    assert (one.attachments[0].kind, one.attachments[0].latitude) == ("location", 55.5)


def test_an_animation_is_a_file_with_its_name() -> None:
    file = {"file_id": "A", "file_unique_id": "a", "mime_type": "video/mp4", "file_name": "к.mp4"}
    film = {**file, "width": 1, "height": 1, "duration": 1}
    [one] = heard(**message(animation=film, document=file)).attachments
    assert (one.kind, one.handle, one.title, one.mime) == ("document", "A", "к.mp4", "video/mp4")


def test_a_press_under_a_message_too_old_to_show() -> None:
    one = heard(
        "callback_query", id="1", chat_instance="x", data="ticket/show/5",
        message={"chat": PRIVATE, "message_id": 3, "date": 0}, **{"from": MARIA},
    )  # fmt: skip
    assert (one.happening, one.pressed, one.external_id) == (Happening.PRESS, "ticket/show/5", "3")
    nothing: dict[str, Any] = {"id": "1", "chat_instance": "x", "from": MARIA}
    assert read("callback_query", **nothing) is None


def test_edits_within_a_second_are_two() -> None:
    edited = message(text="Раз", edit_date=1_700_000_001)
    first = parse(Update.model_validate({"update_id": 1, "edited_message": edited}), BOT)
    again = parse(Update.model_validate({"update_id": 1, "edited_message": edited}), BOT)
    second = parse(Update.model_validate({"update_id": 2, "edited_message": edited}), BOT)
    assert first is not None
    assert again is not None
    assert second is not None
    assert first.key == again.key != second.key


@pytest.mark.parametrize(
    ("chat", "status", "happening"),
    [
        (PRIVATE, "kicked", Happening.BLOCKED),
        (PRIVATE, "member", Happening.UNBLOCKED),
        (FORUM, "member", Happening.DEMOTED),
        (FORUM, "left", Happening.REMOVED),
    ],
)
def test_our_own_standing(chat: dict[str, Any], status: str, happening: Happening) -> None:
    us = {"id": BOT, "is_bot": True, "first_name": "Домовой"}
    now: dict[str, Any] = {"user": us, "status": status}
    if status == "kicked":
        now["until_date"] = 0
    one = heard(
        "my_chat_member", chat=chat, date=1, **{"from": MARIA},
        old_chat_member={"user": us, "status": "member"}, new_chat_member=now,
    )  # fmt: skip
    assert one.happening is happening
    assert one.private is (chat is PRIVATE)


# ── Rendering ────────────────────────────────────────────────────────────────


def test_length_is_counted_in_utf_16() -> None:
    assert units("дом🏠") == 5
    assert cut("дом🏠", 5) == "дом🏠"
    assert cut("дом🏠🏠", 6) == "дом🏠…"
    assert cut("дом🏠", 4) == "дом…"


def test_nothing_is_lost_or_torn_however_it_is_cut() -> None:
    chance = random.Random(7)
    letters = ["слово", "🏠", "👨‍👩‍👧", "👍🏽", "é", "\n", "\n\n", " ", "  ", "ы" * 30, "️"]
    for _ in range(300):
        text = "".join(chance.choice(letters) for _ in range(chance.randint(0, 120))).strip()
        most = chance.randint(20, 60)
        chunks = split(text, most)
        assert all(0 < units(chunk) <= most for chunk in chunks)
        assert "".join("".join(chunks).split()) == "".join(text.split())


def test_a_family_stays_together() -> None:
    family = "👨‍👩‍👧‍👦"
    for shift in range(12):
        chunks = split("ы" * (40 - shift) + family + "я" * 20, 45)
        assert sum(family in chunk for chunk in chunks) == 1


def test_cuts_prefer_paragraphs_to_lines_to_words() -> None:
    assert split("а" * 30 + "\n\n" + "б" * 10 + " " + "в" * 10, 45) == [
        "а" * 30, "б" * 10 + " " + "в" * 10,
    ]  # fmt: skip
    assert split("а" * 30 + "\n" + "б" * 10 + " в" * 10, 45)[0] == "а" * 30
    assert split("а" * 100, 45) == ["а" * 45, "а" * 45, "а" * 10]
    assert split("", 45) == []


def test_no_post_is_longer_than_telegram_takes() -> None:
    photo = Attachment(kind="photo", channel="web", handle="x", mime="image/jpeg")
    for length in (0, 1, 1000, 1018, 1019, 1024, 1025, 4090, 4096, 4097, 10_000):
        for header in ("", "Заглавие", "🙂" * 300):
            for files in ((), (photo,), (photo, photo)):
                outbound = Outbound(header=header, text="ы" * length, attachments=files)
                posts = render(outbound, LIMITS)
                for post in posts:
                    limit = LIMITS.caption if post.attachments else LIMITS.text
                    assert units(post.repeated().text) <= limit
                    assert post.text.strip() or post.attachments
                said = "".join(post.text for post in posts)
                assert said.count("ы") == length
                assert units(header) > HEADER_LIMIT or said.startswith(header)


def test_everything_people_say_is_escaped() -> None:
    marked, bare = dress("<i>Кто</i>", 'a < b && "c" </b>')
    assert marked == '<b>&lt;i&gt;Кто&lt;/i&gt;</b>\na &lt; b &amp;&amp; "c" &lt;/b&gt;'
    assert bare == '<i>Кто</i>\na < b && "c" </b>'


def test_white_space_alone_is_nothing() -> None:
    assert render(Outbound(text=" \n\t "), LIMITS) == []


def test_what_stands_as_one_album() -> None:
    def file(kind: Any) -> Attachment:
        return Attachment(kind=kind, channel="telegram", handle=kind)

    kinds = ("photo", "video", "document", "document", "audio", "photo", "voice", "voice")
    groups = group([file(kind) for kind in kinds], 10)
    assert [[each.kind for each in files] for files in groups] == [
        ["photo", "video"], ["document", "document"], ["audio"], ["photo"], ["voice"], ["voice"],
    ]  # fmt: skip
    assert [len(files) for files in group([file("photo")] * 23, 10)] == [10, 10, 3]


def test_keyboards() -> None:
    inline = Keyboard(
        rows=((Button(label="Да", action="yes"), Button(label="Сайт", url="https://x.ru")),)
    )
    shown = render_keyboard(inline)
    assert isinstance(shown, InlineKeyboardMarkup)
    assert [(b.callback_data, b.url) for b in shown.inline_keyboard[0]] == [
        ("yes", None), (None, "https://x.ru"),
    ]  # fmt: skip
    standing = render_keyboard(inline.model_copy(update={"standing": True}))
    assert isinstance(standing, ReplyKeyboardMarkup)
    assert standing.is_persistent
    asking = render_keyboard(
        Keyboard(rows=((Button(label="Место", asks="location"),), (), (Button(label="Нет"),)))
    )
    assert isinstance(asking, ReplyKeyboardMarkup)
    assert asking.one_time_keyboard
    assert [[b.request_location for b in row] for row in asking.keyboard] == [[True], [None]]
    assert render_keyboard(None) is None
    assert render_keyboard(Keyboard()) is None
    assert isinstance(render_keyboard(Keyboard(standing=True)), ReplyKeyboardRemove)


def test_files_of_telegram_itself_are_left_as_they_are() -> None:
    own = Attachment(kind="voice", channel="telegram", handle="x", mime="audio/webm")
    assert fit(own) is own
    sticker = Attachment(kind="sticker", channel="vk", handle="x")
    assert fit(sticker).kind == "photo"
    note = Attachment(kind="video_note", channel="vk", handle="x")
    assert fit(note).kind == "video"
    place = Attachment(kind="location", latitude=1, longitude=2)
    assert fit(place).kind == "location"


def test_names_of_files() -> None:
    def name(kind: Any, title: str, mime: str = "") -> str:
        return name_of(Attachment(kind=kind, title=title, mime=mime))

    assert name("photo", "") == "photo.jpg"
    assert name("voice", "", "audio/mp4") == "voice.m4a"
    assert name("document", "без точки") == "без точки"
    assert name("document", '"\r\n') == "_"
    assert name("document", "../../etc/passwd") == ".._.._etc_passwd"
