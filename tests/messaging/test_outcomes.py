"""What becomes of a row, whatever the messenger answers."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from services.db import Database
from services.messaging.outbox import About
from services.messaging.port import (
    Ambiguous,
    Blocked,
    Gone,
    Moved,
    NoTopics,
    NotSent,
    Rejected,
    Throttled,
)
from services.messaging.rows import Settled
from services.messaging.types import Address, Attachment, Kind, Limits, Outbound
from services.tables import Contact, Room, Topic
from services.work import Work
from tests.messaging.fakes import (
    FAST,
    NAME,
    ROOM,
    FakeChannel,
    MovedClock,
    Place,
    Rig,
    make_place,
    until,
)


async def post(
    rig: Rig, place: Place, words: str, kind: Kind = Kind.RELAY, message: int | None = None
) -> int:
    """Under the place's thread."""
    async with rig.db.work() as work:
        row = await work.outbox.post(
            place.room,
            Outbound(text=words),
            kind,
            About(message_id=message),
            thread_id=place.thread_id,
        )
    assert row is not None
    return row


async def topics(db: Database) -> list[str]:
    async with db.session() as session:
        return list(await session.scalars(text("SELECT external_id FROM topics")))


async def test_what_comes_back_does_not_go_to_somebody_elses_messenger(rig: Rig) -> None:
    """The two were parted while the row was in flight."""
    place = await make_place(rig.db)
    rig.channel.fail("7001", Throttled(0.1))
    about = About(contact_id=place.contact_id, thread_id=place.thread_id)
    (row,) = await rig.say("7001", "ответ", kind=Kind.RELAY, about=about)
    release = rig.channel.hold("7001")
    async with rig.delivering():
        await until(lambda: rig.channel.begun)
        async with rig.db.session() as session:
            other = await session.scalar(
                text("INSERT INTO residents (created_at) VALUES (now()) RETURNING id")
            )
            await session.execute(text("UPDATE contacts SET resident_id = :r"), {"r": other})
        release()
        await rig.until_settled()
    assert await rig.states([row]) == ["refused"]
    assert [(each.state, each.reason) for each in rig.settled] == [("refused", "blocked")]


# ── It arrives ───────────────────────────────────────────────────────────────


async def test_the_ids_of_what_arrived_lead_to_our_message_and_back(rig: Rig) -> None:
    place = await make_place(rig.db)
    (message,) = place.messages
    (row,) = await rig.say("7001", "ответ", about=About(message_id=message))
    async with rig.delivering():
        await rig.until_settled()
        async with rig.db.work() as work:
            (ident,) = (await rig.row(row)).external_ids or []
            assert await work.copies.find_message(NAME, "7001", ident) == message
            assert await work.copies.find_external(NAME, "7001", message) == ident
        await rig.say("7001", "цитата", about=About(reply_to_message=message))
        await rig.until_settled()
    assert rig.channel.arrived[-1].message.reply_to == ident
    assert [each.state for each in rig.settled] == ["sent", "sent"]


async def test_a_reaction_is_a_mark_not_a_message(rig: Rig) -> None:
    place = await make_place(rig.db)
    (message,) = place.messages
    await rig.say("7001", "ответ", about=About(message_id=message))
    about = About(reaction="👍", reply_to_message=message)
    async with rig.db.work() as work:
        address = Address(channel=NAME, chat="7001")
        await work.outbox.say(address, Outbound(), Kind.REPLY, about)
    async with rig.delivering():
        await rig.until_settled()
    assert rig.channel.reactions == [("1", "👍")]
    assert rig.channel.texts() == ["ответ"]


# ── It does not ──────────────────────────────────────────────────────────────


async def test_a_blocked_person_gets_nothing_more_and_is_marked(rig: Rig) -> None:
    place = await make_place(rig.db)
    about = About(contact_id=place.contact_id)
    rig.channel.fail("7001", Blocked("bot was blocked by the user"))
    ids = await rig.say("7001", "раз", "два", about=about)
    ids += await rig.say("7001", "новость", kind=Kind.NOTICE, about=about)
    async with rig.delivering():
        await rig.until_settled()
    assert await rig.states(ids) == ["refused"] * 3
    assert len(rig.channel.begun) == 1
    assert {(each.state, each.reason) for each in rig.settled} == {("refused", "blocked")}
    assert len(rig.settled) == 3
    async with rig.db.session() as session:
        contact = await session.get(Contact, place.contact_id)
    assert contact is not None
    assert contact.unreachable_why == "bot was blocked by the user"


async def test_a_rejected_message_does_not_hold_the_next(rig: Rig) -> None:
    rig.channel.fail("1", Rejected("message is too long\x00"))
    ids = await rig.say("1", "плохое", "хорошее")
    async with rig.delivering():
        await rig.until_settled()
    assert await rig.states(ids) == ["refused", "sent"]
    assert (await rig.row(ids[0])).why == "message is too long"


async def test_what_did_not_leave_is_retried_freely(rig: Rig) -> None:
    rig.channel.fail("1", *(NotSent("out of reach") for _ in range(2)))
    (notice,) = await rig.say("1", "новость", kind=Kind.NOTICE)
    async with rig.delivering():
        await rig.until_settled()
    row = await rig.row(notice)
    assert (row.state, row.attempts, row.unsure) == ("sent", 1, 0)
    assert len(rig.channel.begun) == 3


async def test_an_outage_of_the_messenger_lets_all_wait_and_loses_none(rig: Rig) -> None:
    for chat in range(10):
        rig.channel.fail(str(chat), NotSent("out of reach"))
        await rig.say(str(chat), "раз")
    async with rig.delivering() as delivery:
        await until(lambda: len(rig.channel.begun) >= 10 and not rig.channel.at_once_now())
        await until(lambda: delivery._out_of_reach)
        assert delivery._out_of_reach == 1, "one growing pause, not one for each row"
        await rig.until_settled()
        assert delivery._out_of_reach == 0
    assert len(rig.channel.arrived) == 10


@pytest.mark.parametrize("kind", [Kind.ALARM, Kind.REPLY, Kind.RELAY])
async def test_an_unknown_outcome_is_tried_once_more(rig: Rig, kind: Kind) -> None:
    rig.channel.fail("1", Ambiguous("no answer"))
    (row,) = await rig.say("1", "важное", kind=kind)
    async with rig.delivering():
        await rig.until_settled()
    assert (await rig.row(row)).state == "sent"
    assert [each.message.repeated for each in rig.channel.begun] == [False, kind is not Kind.REPLY]


@pytest.mark.parametrize("kind", list(Kind))
async def test_an_outcome_that_stays_unknown_is_shown_so(rig: Rig, kind: Kind) -> None:
    rig.channel.fail("1", *(Ambiguous("no answer") for _ in range(9)))
    (row,) = await rig.say("1", "важное", kind=kind)
    async with rig.delivering():
        await rig.until_settled()
    assert (await rig.row(row)).state == "unknown"
    assert len(rig.channel.begun) == (2 if kind.repeats else 1)
    assert [(each.state, each.reason) for each in rig.settled] == [("unknown", "unknown")]


async def test_other_failures_do_not_use_up_the_one_repeat(rig: Rig) -> None:
    rig.channel.fail("1", NotSent("x"), Ambiguous("no answer"))
    (row,) = await rig.say("1", "важное", kind=Kind.RELAY)
    async with rig.delivering():
        await rig.until_settled()
    assert (await rig.row(row)).state == "sent"
    assert [each.message.repeated for each in rig.channel.begun] == [False, False, True]


async def test_the_mark_of_a_repeat_outlives_other_failures(rig: Rig) -> None:
    rig.channel.fail("1", Ambiguous("no answer"), NotSent("x"), Ambiguous("no answer"))
    (row,) = await rig.say("1", "важное", kind=Kind.RELAY)
    async with rig.delivering():
        await rig.until_settled()
    assert (await rig.row(row)).state == "unknown", "the second unknown is the last"
    assert [each.message.repeated for each in rig.channel.begun] == [False, True, True]


async def test_with_a_key_a_repeat_is_harmless(db: Database, clock: MovedClock) -> None:
    rig = Rig(db, FakeChannel(FAST.model_copy(update={"key_lives": 3600})))
    rig.channel.fail("1", *(Ambiguous("no answer") for _ in range(4)))
    (row,) = await rig.say("1", "новость", kind=Kind.BULK)
    async with rig.delivering():
        for tries in range(1, 5):
            await until(lambda: len(rig.channel.begun) >= tries)  # noqa: B023
            await asyncio.sleep(0.05)
            await rig.hurry()
        await rig.until_settled()
    assert (await rig.row(row)).state == "sent"
    assert len({each.nonce for each in rig.channel.begun}) == 1
    assert not any(each.message.repeated for each in rig.channel.begun)


async def test_our_own_bug_is_tried_five_times_and_refused_with_a_fault(rig: Rig) -> None:
    rig.channel.fail("1", *(KeyError("ours") for _ in range(9)))
    first, second = await rig.say("1", "сломано", "целое")
    async with rig.delivering():
        for _ in range(40):
            await rig.hurry()
            await asyncio.sleep(0.03)
            if (await rig.row(first)).state == "refused":
                break
        rig.channel._failures.clear()
        await rig.until_settled()
    row = await rig.row(first)
    assert (row.state, row.attempts) == ("refused", 5)
    assert (row.why or "").startswith("fault ")
    assert rig.settled[0].reason == "fault"
    assert (await rig.row(second)).state in ("sent", "refused")


async def test_breaking_over_the_news_keeps_the_outcome(rig: Rig) -> None:
    """Whoever is told of an outcome may break; the row is settled and the chat goes on."""
    place = await make_place(rig.db)

    async def breaks(work: Work, settled: Settled) -> None:
        await work.session.execute(text("SELECT 1/0"))

    rig.on_settled = breaks
    first, second = await rig.say("1", "раз", "два", about=About(message_id=place.messages[0]))
    async with rig.delivering():
        await rig.until_settled()
    assert await rig.states([first, second]) == ["sent", "sent"]
    assert rig.channel.texts() == ["раз", "два"]
    async with rig.db.work() as work:
        assert await work.copies.find_external(NAME, "1", place.messages[0])


# ── Topics ───────────────────────────────────────────────────────────────────


async def test_a_thread_gets_one_topic_before_its_first_row(rig: Rig) -> None:
    place = await make_place(rig.db)
    for number in range(5):
        await post(rig, place, str(number))
    async with rig.delivering():
        await rig.until_settled()
    assert rig.channel.topics == [(ROOM, "Протечка")]
    assert {each.to.topic for each in rig.channel.arrived} == {"501"}
    assert rig.channel.texts() == ["0", "1", "2", "3", "4"]


async def test_a_deleted_topic_is_made_anew_once_and_nothing_is_lost(rig: Rig) -> None:
    place = await make_place(rig.db)
    async with rig.delivering():
        await post(rig, place, "раз")
        await rig.until_settled()
        rig.channel.fail(ROOM, Gone("message thread not found"))
        await post(rig, place, "два")
        await post(rig, place, "три")
        await rig.until_settled()
    assert len(rig.channel.topics) == 2
    assert [(each.text, each.to.topic) for each in rig.channel.arrived] == [
        ("раз", "501"), ("раньше было: …\nдва", "502"), ("три", "502"),
    ]  # fmt: skip
    assert await topics(rig.db) == ["502"]


async def test_a_topic_that_is_gone_every_time_is_given_up(rig: Rig) -> None:
    place = await make_place(rig.db)
    rig.channel.fail(ROOM, *(Gone("TOPIC_DELETED") for _ in range(9)))
    row = await post(rig, place, "раз")
    async with rig.delivering():
        await rig.until_settled()
    assert (await rig.row(row)).state == "refused"
    assert len(rig.channel.topics) <= 5


async def test_a_room_without_topics_is_written_to_all_the_same(rig: Rig) -> None:
    place = await make_place(rig.db)
    rig.channel.has_topics = False
    row = await post(rig, place, "раз")
    async with rig.delivering():
        await rig.until_settled()
    assert (await rig.row(row)).state == "sent"
    assert rig.channel.arrived[0].to.topic is None
    async with rig.db.session() as session:
        room = await session.get(Room, place.room.id)
    assert room is not None
    assert not room.has_topics


async def test_the_call_that_makes_a_topic_counts(db: Database) -> None:
    """Twenty calls a minute in all: opening a topic takes one, the card another."""
    limits = Limits(per_second=1000, group_calls=3, group_window=600)
    rig = Rig(db, FakeChannel(limits))
    first = await make_place(db)
    second = await make_place(db, chat="7002")
    rows = [await post(rig, first, "раз"), await post(rig, second, "два")]
    async with rig.delivering():
        await rig.until_settled(rows[0])
        await asyncio.sleep(0.3)
    assert await rig.states(rows) == ["sent", "waiting"]
    assert len(rig.channel.topics) + len(rig.channel.begun) == 2


@pytest.mark.parametrize("what", ["an edit", "an album of two"])
async def test_edits_and_each_part_of_an_album_count(db: Database, what: str) -> None:
    """As posts do, among the calls of a group's minute."""
    rig = Rig(db, FakeChannel(Limits(per_second=1000, group_calls=4, group_window=600)))
    place = await make_place(db)
    edit = what == "an edit"
    photo = Attachment(kind="photo", channel=NAME, handle="p")
    message = Outbound(text=what, attachments=() if edit else (photo, photo))
    about = About(replaces_message=place.messages[0] if edit else None)
    words = ("раз", "два", "три")[0 if edit else 1 :]
    async with db.work() as work:
        say = partial(work.outbox.post, place.room, topic="7")
        first = await say(message, about=about)
        rows = [first, *[await say(Outbound(text=each)) for each in words]]
    known = [row for row in rows if row is not None]
    async with rig.delivering():
        await rig.until_settled(*known[:-1])
        await asyncio.sleep(0.3)
    assert (await rig.states(known))[-1] == "waiting"


async def test_a_topic_is_made_once_though_its_post_must_wait(db: Database) -> None:
    """The topic took the last call of the group's window."""
    rig = Rig(db, FakeChannel(Limits(per_second=1000, group_calls=2, group_window=0.3)))
    place = await make_place(db)
    for words in ("раз", "два"):
        await post(rig, place, words)
    async with rig.delivering():
        await rig.until_settled()
    assert rig.channel.topics == [(ROOM, "Протечка")]
    assert rig.channel.texts() == ["раз", "два"]


async def test_a_group_that_moved_is_followed(rig: Rig) -> None:
    place = await make_place(rig.db)
    rig.channel.fail(ROOM, Moved("-200"))
    rows = [await post(rig, place, "раз"), await post(rig, place, "два")]
    async with rig.delivering():
        await rig.until_settled()
    assert await rig.states(rows) == ["sent", "sent"]
    assert rig.channel.texts("-200") == ["раз", "два"]
    async with rig.db.session() as session:
        room = await session.get(Room, place.room.id)
        topic = await session.get(Topic, (place.thread_id, NAME, "-200"))
    assert room is not None
    assert room.chat == "-200"
    assert topic is not None


async def test_a_room_s_own_refusal_of_topics_comes_from_the_send_too(rig: Rig) -> None:
    place = await make_place(rig.db)
    rig.channel.fail(ROOM, NoTopics("the chat is not a forum"))
    row = await post(rig, place, "раз")
    async with rig.delivering():
        await rig.until_settled()
    assert (await rig.row(row)).state == "sent"


def test_the_policy_is_that_of_the_table() -> None:
    repeats: dict[str, Any] = {kind.value: kind.repeats for kind in Kind}
    assert repeats == {"alarm": True, "reply": True, "relay": True, "notice": False, "bulk": False}


async def test_a_topic_is_renamed_when_its_group_has_calls_to_spare(db: Database) -> None:
    """A name is worth less than the words of a resident: it waits for a quiet moment."""
    rig = Rig(db, FakeChannel(Limits(per_second=1000, group_calls=20, group_window=5)))
    place = await make_place(db)
    async with rig.delivering():
        for number in range(6):
            await post(rig, place, str(number))
        await rig.until_settled()
        async with db.work() as work:
            about = About(renames=True)
            await work.outbox.post(
                place.room, Outbound(), Kind.NOTICE, about, thread_id=place.thread_id
            )
        await asyncio.sleep(0.3)
        assert rig.channel.renamed == []
        await post(rig, place, "ещё")
        await until(lambda: len(rig.channel.arrived) == 7)
        assert rig.channel.renamed == [], "words go first"
        await rig.until_settled()
    assert len(rig.channel.renamed) == 1
