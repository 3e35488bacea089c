"""Mailings on a real database: whom they reach, nothing twice, pause and stop, «Новости»."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from handlers import mailings as telling
from handlers import outages
from services import mailing_audience, told
from services.access import AsMember
from services.db import Database
from services.errors import AlreadySo, NobodyToTell, NotYours, SameMailing
from services.mailing_audience import Audience
from services.mailing_draft import MailingDraft
from services.messaging.types import Outbound
from services.tables import (
    Account,
    Elder,
    Entrance,
    Flat,
    Home,
    House,
    Mailing,
    Member,
    MemberAccount,
    Notice,
    Outgoing,
    Wish,
)
from services.work import Work
from tests.services.test_outages import draft as outage_draft
from tests.services.test_outages import flats_of, houses, live
from tests.support.clock import MovingClock

TELEGRAM = [("telegram", True)]


async def add_member(work: Work, role: str = "admin", code: str = "olga-m") -> AsMember:
    member = Member(
        name="Ольга", role=role, title="", desk=True, source="file", rooms=[], code=code
    )
    work.session.add(member)
    await work.session.flush()
    return AsMember(member.id, role)


async def draft(
    work: Work, viewer: AsMember, places: Sequence[dict[str, Any]], *, kind: str = "news",
    text: str = "Новая площадка", photos: Sequence[dict[str, Any]] = (), **audience: Any,
) -> Mailing:  # fmt: skip
    room = (await work.rooms.every())[0]
    whom = Audience(places=tuple(places), **audience)
    new = MailingDraft(kind, text, tuple(photos), whom, {})  # type: ignore[arg-type]
    return await work.mailings.keep(viewer, room, "desk", new)


async def start(work: Work, mailing: Mailing) -> None:
    await work.mailings.start(mailing, telling.compose(mailing), mailing.member_id)


async def told_in(work: Work, mailing: Mailing) -> list[str]:
    rows = await work.session.scalars(
        select(Outgoing.chat)
        .join(Notice, Notice.id == Outgoing.notice_id)
        .where(Notice.mailing_id == mailing.id)
        .order_by(Outgoing.chat)
    )
    return list(rows)


def at(house: House, **part: Any) -> dict[str, Any]:
    return {"house_id": house.id, **part}


# ── Whom it is for ───────────────────────────────────────────────────────────


async def test_one_message_a_person_where_they_are_reached(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house, other, third, *_ = await houses(work)
        one, two, three = await flats_of(work, house, "1", "2", "3")
        (far,) = await flats_of(work, other, "1")
        (elsewhere,) = await flats_of(work, third, "1")
        await live(work, "много квартир", [one, two, far], contacts=[("vk", True), ("web", True)])
        await live(work, "остановил", [three], contacts=[("telegram", False)])
        await live(work, "звонит", [three], contacts=[("phone", True)])
        await live(work, "не там", [elsewhere], contacts=TELEGRAM)
        mailing = await draft(work, viewer, [at(house), at(other)])
        reach = await work.mailings.measure(mailing)
        assert reach.people == {"web": 1}
        assert reach.missed == reach.flats - 3
        await start(work, mailing)
        assert await told_in(work, mailing) == ["много квартир1"]
        notice = await work.session.scalar(select(Notice))
        assert notice is not None
        assert (notice.guard, notice.quiet, notice.urgent) == ("news", True, False)
        assert notice.people == {"web": 1}


@pytest.mark.parametrize(
    ("audience", "told_to"),
    [
        ({"who": "listed"}, {"в списке", "старший"}),
        ({"who": "unlisted"}, {"не в списке"}),
        ({"who": "elders"}, {"старший"}),
        ({"who": "verified"}, {"в списке", "старший"}),
        ({"who": "unverified"}, {"не в списке"}),
        ({"who": "owners"}, {"старший"}),
        ({"who": "tenants"}, {"в списке"}),
        ({"messengers": ("vk",)}, {"не в списке"}),
        ({"part": "entrance"}, {"в списке", "не в списке"}),
        ({"part": "flat"}, {"старший"}),
    ],
)
async def test_some_of_a_house(db: Database, audience: dict[str, Any], told_to: set[str]) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        entrances = list(
            await work.session.scalars(
                select(Entrance).where(Entrance.house_id == house.id).order_by(Entrance.id)
            )
        )
        flats = {
            entrance.id: await work.session.scalar(
                select(Flat).where(Flat.entrance_id == entrance.id, Flat.kind == "flat").limit(1)
            )
            for entrance in entrances[:2]
        }
        first, second = (flats[entrance.id] for entrance in entrances[:2])
        assert first is not None
        assert second is not None
        tenant = await live(work, "в списке", [first], contacts=TELEGRAM)
        elder = await live(work, "старший", [second], contacts=TELEGRAM)
        unlisted = await live(work, "не в списке", [], contacts=[("vk", True)])
        work.session.add(
            Home(
                resident_id=unlisted.resident_id, house_id=house.id, unlisted="999",
                since=work.now,
            )
        )  # fmt: skip
        work.session.add(
            Elder(
                resident_id=elder.resident_id, house_id=house.id, member_id=viewer.member_id,
                since=work.now,
            )
        )  # fmt: skip
        for holder, flat, role in ((tenant, first, "tenant"), (elder, second, "owner")):
            account = Account(
                number=f"00{flat.id}", house_id=house.id, flat_id=flat.id, place="", kind="",
                holder="", added_at=work.now, brought_by=0,
            )  # fmt: skip
            work.session.add(account)
            await work.session.flush()
            await work.holdings.begin(holder.resident_id, account.id, role, "code")
        neighbour = await work.holdings.begin(unlisted.resident_id, account.id, "family", "member")
        await work.holdings.end(neighbour, "self", "system")
        narrowed = {
            "entrance": {"entrance_id": entrances[0].id}, "flat": {"flat_id": second.id},
        }.get(audience.pop("part", ""), {})  # fmt: skip
        mailing = await draft(work, viewer, [at(house, **narrowed)], **audience)
        await start(work, mailing)
        assert {chat[:-1] for chat in await told_in(work, mailing)} == told_to


async def test_staff_by_role(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        master = await add_member(work, "executor", "master")
        person = await live(work, "мастер", [], contacts=TELEGRAM)
        boss = await live(work, "управляющая", [], contacts=TELEGRAM)
        for member, name in ((master, "мастер0"), (viewer, "управляющая0")):
            account = MemberAccount(channel="telegram", user_id=name, member_id=member.member_id)
            work.session.add(account)
        await work.wishes.say(person, "news", wanted=False)  # work is no news
        assert boss.resident_id
        mailing = await draft(work, viewer, [], who="staff", roles=("executor",), kind="important")
        await start(work, mailing)
        assert await told_in(work, mailing) == ["мастер0"]
        assert telling.compose(mailing).keyboard is None


async def test_wishes(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        flats = await flats_of(work, house, "1", "2", "3")
        one = await live(work, "без новостей", flats[:1], contacts=TELEGRAM)
        two = await live(work, "с предложениями", flats[1:2], contacts=TELEGRAM)
        await live(work, "молчит", flats[2:], contacts=TELEGRAM)
        assert await work.wishes.of(one) == {"news": True, "reminders": True, "offers": False}
        await work.wishes.say(one, "news", wanted=False)
        await work.wishes.say(two, "offers", wanted=True)
        told_to = {}
        for kind in ("news", "important", "offer"):
            mailing = await draft(work, viewer, [at(house)], kind=kind)
            reach = await work.mailings.measure(mailing)
            assert reach.unwilling == {"news": 1, "important": 0, "offer": 2}[kind]
            await start(work, mailing)
            told_to[kind] = {chat[:-1] for chat in await told_in(work, mailing)}
        assert told_to == {
            "news": {"с предложениями", "молчит"},
            "important": {"без новостей", "с предложениями", "молчит"},
            "offer": {"с предложениями"},
        }
        # What has not left yet leaves no more.
        await work.wishes.say(two, "news", wanted=False)
        left = await work.session.execute(
            select(Outgoing.state, Mailing.kind)
            .join(Notice, Notice.id == Outgoing.notice_id)
            .join(Mailing, Mailing.id == Notice.mailing_id)
            .where(Outgoing.chat == "с предложениями0")
            .order_by(Mailing.id)
        )
        assert [tuple(row) for row in left] == [
            ("dropped", "news"), ("parked", "important"), ("parked", "offer"),
        ]  # fmt: skip
        assert (await work.wishes.of(two))["news"] is False


async def test_reminders_may_be_unwanted_and_announcements_not(db: Database) -> None:
    async with db.work() as work:
        viewer = AsMember((await add_member(work)).member_id, "dispatcher")
        house = (await houses(work))[0]
        flats = await flats_of(work, house, "1", "2")
        one = await live(work, "без напоминаний", flats[:1], contacts=TELEGRAM)
        await live(work, "молчит", flats[1:], contacts=TELEGRAM)
        for kind in ("reminders", "news"):
            await work.wishes.say(one, kind, wanted=False)
        outage = await outage_draft(work, viewer, house, planned=True, since=timedelta(days=3))
        announced = await outages.announce(work, outage, viewer.member_id)
        assert announced.people == {"telegram": 2}
        reminder = await work.outages.remind(outage, Outbound(text="Завтра"))
        assert reminder is not None
        assert reminder.people == {"telegram": 1}


async def test_two_who_become_one_keep_the_last_word(db: Database) -> None:
    async with db.work() as work:
        one = await live(work, "раньше", [], contacts=TELEGRAM)
        two = await live(work, "позже", [], contacts=TELEGRAM)
        await work.wishes.say(one, "news", wanted=True)
        await work.wishes.say(two, "news", wanted=False)
        await work.session.execute(
            update(Wish)
            .where(Wish.resident_id == two.resident_id)
            .values(at=work.now + timedelta(seconds=1))
        )
        await work.wishes.bring(two.resident_id, one.resident_id)
        assert (await work.wishes.of(one))["news"] is False


async def test_zones_have_a_notice_each_and_a_person_one(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        here, there, *_ = await houses(work)
        there.timezone = "Asia/Yekaterinburg"
        (one,), (two,) = await flats_of(work, here, "1"), await flats_of(work, there, "1")
        await live(work, "здесь", [one], contacts=TELEGRAM)
        await live(work, "там", [two], contacts=TELEGRAM)
        await live(work, "и здесь и там", [one, two], contacts=TELEGRAM)
        mailing = await draft(work, viewer, [at(here), at(there)])
        await start(work, mailing)
        notices = list(await work.session.scalars(select(Notice).order_by(Notice.zone)))
        assert [notice.zone for notice in notices] == ["", "Asia/Yekaterinburg"]
        assert [notice.people for notice in notices] == [{"telegram": 2}, {"telegram": 1}]
        assert len(await told_in(work, mailing)) == 3


# ── Once ─────────────────────────────────────────────────────────────────────


async def test_sent_by_six_at_once_is_sent_once(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        await live(work, "Мария", await flats_of(work, house, "1"), contacts=TELEGRAM)
        drafts = [(await draft(work, viewer, [at(house)])).id for _ in range(3)]

    async def send(ident: int) -> str:
        async with db.work() as work:
            mailing = await work.mailings.get(viewer, ident, lock=True)
            try:
                await start(work, mailing)
            except (AlreadySo, SameMailing) as refused:
                return type(refused).__name__
        return "sent"

    came = await asyncio.gather(*(send(ident) for ident in drafts * 2))
    assert came.count("sent") == 1
    async with db.work() as work:
        assert await work.session.scalar(select(func.count()).select_from(Outgoing)) == 1


async def test_the_same_a_day_later_or_other_words_are_another(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        await live(work, "Мария", await flats_of(work, house, "1"), contacts=TELEGRAM)
        first = await draft(work, viewer, [at(house)])
        await start(work, first)
        await work.mailings.end(first)
        with pytest.raises(SameMailing) as same:
            await start(work, await draft(work, viewer, [at(house)], text=" Новая  площадка"))
        assert same.value.args == (first.id,)
        photo = {"kind": "photo", "channel": "telegram", "handle": "a", "size": 7}
        await start(work, await draft(work, viewer, [at(house)], photos=[photo]))
        again = {**photo, "handle": "b"}  # the same picture, uploaded once more
        with pytest.raises(SameMailing):
            await start(work, await draft(work, viewer, [at(house)], photos=[again]))
    clock.move(hours=25)
    async with db.work() as work:
        await start(work, await draft(work, viewer, [at(house)]))


async def test_nobody_to_tell_changes_nothing(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        mailing = await draft(work, viewer, [at((await houses(work))[0])])
        with pytest.raises(NobodyToTell):
            await start(work, mailing)
        assert mailing.state == "draft"
        assert await work.session.scalar(select(func.count()).select_from(Notice)) == 0


async def test_pause_go_on_and_stop(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        flats = await flats_of(work, house, "1", "2")
        for number, flat in enumerate(flats):
            await live(work, f"житель {number} ", [flat], contacts=TELEGRAM)
        mailing = await draft(work, viewer, [at(house)])
        await start(work, mailing)

        async def states() -> set[str]:
            return set(await work.session.scalars(select(Notice.state)))

        await work.mailings.hold(viewer, mailing)
        assert (mailing.state, await states()) == ("paused", {"held"})
        with pytest.raises(AlreadySo):
            await work.mailings.hold(viewer, mailing)
        await work.mailings.go_on(viewer, mailing)
        assert (mailing.state, await states()) == ("running", {"going"})
        one = await work.session.scalar(select(Outgoing).order_by(Outgoing.id).limit(1))
        assert one is not None
        one.state = "sent"
        await work.session.flush()
        await work.mailings.stop(viewer, mailing)
        assert (mailing.state, await states()) == ("stopped", {"stopped"})
        came = await work.mailings.progress(mailing)
        assert came.states == {"sent": 1, "dropped": 1}
        for does in (work.mailings.go_on, work.mailings.stop):
            with pytest.raises(AlreadySo):
                await does(viewer, mailing)
        # Once more, for those whom it did not reach.
        rest = await draft(work, viewer, [at(house)])
        assert (await work.mailings.measure(rest)).told == 1
        await start(work, rest)
        assert await told_in(work, rest) == ["житель 1 0"]


async def test_the_rest_get_it_days_later_and_next_months_everybody(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        for number, flat in enumerate(await flats_of(work, house, "1", "2")):
            await live(work, f"житель {number} ", [flat], contacts=TELEGRAM)
        friday = await draft(work, viewer, [at(house)])
        await start(work, friday)
        one = await work.session.scalar(select(Outgoing).order_by(Outgoing.id).limit(1))
        assert one is not None
        one.state = "sent"
        await work.mailings.stop(viewer, friday)
    clock.move(days=3)
    async with db.work() as work:
        rest = await draft(work, viewer, [at(house)])
        assert (await work.mailings.measure(rest)).told == 1
        await start(work, rest)
        assert await told_in(work, rest) == ["житель 1 0"]
        await work.mailings.end(rest)
    clock.move(days=30)
    async with db.work() as work:
        anew = await draft(work, viewer, [at(house)])
        await start(work, anew)
        assert len(await told_in(work, anew)) == 2


async def test_who_may(db: Database) -> None:
    async with db.work() as work:
        admin = await add_member(work)
        mailing = await draft(work, admin, [at((await houses(work))[0])])
        for role in ("dispatcher", "executor"):
            with pytest.raises(NotYours):
                await work.mailings.get(AsMember(admin.member_id, role), mailing.id)
        manager = await add_member(work, "manager", "manager")
        elsewhere = AsMember(manager.member_id, "manager", ("elsewhere",))
        with pytest.raises(NotYours):
            await work.mailings.get(elsewhere, mailing.id)
        assert (await work.mailings.get(manager, mailing.id)).id == mailing.id


async def test_many_are_chosen_by_the_database(db: Database) -> None:
    """No list of them passes through the program: a few statements, however many they are."""
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        await work.session.execute(
            text(
                """
                WITH r AS (INSERT INTO residents (name, created_at)
                           SELECT 'житель ' || n, now() FROM generate_series(1, 3000) n
                           RETURNING id),
                     c AS (INSERT INTO contacts (resident_id, channel, user_id, chat, created_at,
                                                 last_heard_at)
                           SELECT id, 'telegram', id, id, now(), now() FROM r)
                INSERT INTO homes (resident_id, house_id, unlisted, since)
                SELECT id, :house, 'x', now() FROM r
                """
            ),
            {"house": house.id},
        )
        mailing = await draft(work, viewer, [at(house)])
        await start(work, mailing)
        came = await work.mailings.progress(mailing)
        assert came.states == {"parked": 3000}
        assert came.seconds == pytest.approx(3000 / 24, abs=1)


async def test_the_clock_knows_when_to_look_again(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        await live(work, "Мария", await flats_of(work, house, "1"), contacts=TELEGRAM)
        assert await work.mailings.next_in() is None
        mailing = await draft(work, viewer, [at(house)])
        await work.mailings.schedule(viewer, mailing, work.now + timedelta(seconds=20))
        assert await work.mailings.next_in() == 20
        assert await work.mailings.find_to_start() == []
    clock.move(seconds=20)
    async with db.work() as work:
        assert await work.mailings.find_to_start() == [mailing.id]
        await telling.start_due(work, mailing.id)
        await telling.start_due(work, mailing.id)  # whoever comes second
        assert await work.session.scalar(select(func.count()).select_from(Notice)) == 1
        assert await work.mailings.next_in() == 10
    clock.move(seconds=10)
    async with db.work() as work:
        posts = select(func.count()).where(Outgoing.contact_id.is_(None))
        before = await work.session.scalar(posts)
        assert await work.mailings.find_to_show() == [mailing.id]
        await telling.show_running(work, mailing.id)
        await work.session.flush()
        assert await work.session.scalar(posts) == before  # nothing new to say
        assert await work.mailings.next_in() == 60


# ── How far it is ────────────────────────────────────────────────────────────


async def test_what_became_of_it(db: Database) -> None:
    photo = {"kind": "photo", "channel": "telegram", "handle": "a"}
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        flats = await flats_of(work, house, *"12345")
        for number, flat in enumerate(flats):
            await live(work, f"житель {number} ", [flat], contacts=[("vk", True)])
        mailing = await draft(work, viewer, [at(house)], photos=[photo])
        await start(work, mailing)
        rows = list(await work.session.scalars(select(Outgoing).order_by(Outgoing.id)))
        for row, (state, reason) in zip(
            rows,
            [("sent", ""), ("sent", ""), ("refused", "blocked"), ("unknown", "unknown")],
            strict=False,
        ):
            row.state, row.reason, row.settled_at = state, reason, work.now
        rows[1].body = {"text": "без фото"}
        await work.session.flush()
        came = await work.mailings.progress(mailing)
        assert came.states == {"sent": 2, "refused": 1, "unknown": 1, "parked": 1}
        assert came.reasons == {"blocked": 1}
        assert came.bare == {"vk": 1}
        assert (came.left, came.lately) == (1, 4)
        assert came.seconds == pytest.approx(7.5)


# ── «Новости» ────────────────────────────────────────────────────────────────


async def test_news_keep_what_was_sent_and_to_nobody_else(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house, other, *_ = await houses(work)
        (one,), (two,) = await flats_of(work, house, "1"), await flats_of(work, other, "1")
        here = await live(work, "здесь", [one], contacts=TELEGRAM)
        far = await live(work, "сосед", [two], contacts=TELEGRAM)
        old = await draft(work, viewer, [at(house)], text="Старое")
        await start(work, old)
    clock.move(days=61)
    async with db.work() as work:
        wrong = await draft(work, viewer, [at(house)], text="Не туда")
        await start(work, wrong)
        await work.session.execute(
            update(Outgoing).where(Outgoing.chat == "здесь0").values(state="sent")
        )
        await work.mailings.stop(viewer, wrong)
        news = await draft(work, viewer, [at(house)], text="Площадка")
        offer = await draft(work, viewer, [at(house)], kind="offer", text="Окна")
        await work.wishes.say(here, "offers", wanted=True)
        await start(work, news)
        await start(work, offer)
        dispatcher = AsMember(viewer.member_id, "dispatcher")
        outage = await outage_draft(work, dispatcher, house)
        await outages.announce(work, outage, viewer.member_id)
        await draft(work, viewer, [at(house)], text="Не отправлено")
        late = await live(work, "пришёл потом", [one], contacts=TELEGRAM)
        assert await told.to_resident(work, far) == []
        shown = {each.text.splitlines()[-1] for each in await told.to_resident(work, here)}
        assert {"Площадка", "Окна", "Не туда"} < shown
        assert len(shown) == 4
        assert "Старое" not in shown
        texts = [each.text.splitlines()[1] for each in await told.to_resident(work, late)]
        assert "Площадка" in texts
        assert "Окна" not in texts  # nobody offers what was not asked for
        assert "Не туда" not in texts  # it was stopped before they came
        with pytest.raises(NotYours):
            await told.one(work, far, "mailing", news.id)
        found, mailing = await told.one(work, late, "mailing", news.id)
        assert mailing is not None
        assert mailing.id == news.id
        assert found.text == "📰 Новости дома\nПлощадка"
        assert await mailing_audience.sent_to(work, far.resident_id, work.now) == []
