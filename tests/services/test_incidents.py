"""Incidents on a real database: who is asked, nothing twice, hundreds at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from handlers import gathering, posts
from handlers import incidents as telling
from services.access import AsMember, AsResident
from services.company.declaration import Category
from services.db import Database
from services.errors import AlreadyEnded, AlreadySo, NotYours
from services.incidents import ENOUGH
from services.matters import Matter
from services.messaging.types import PHONE
from services.tables import (
    Contact,
    House,
    Incident,
    Message,
    Notice,
    Outgoing,
    Room,
    Thread,
    Ticket,
    TicketEvent,
)
from services.tickets import Where
from services.work import Work
from tests.services.test_outages import add_member, flats_of, houses, live
from tests.support.clock import MovingClock


async def kind(work: Work, house: House, code: str, *, emergency: bool = False) -> Category:
    kinds = await work.company.categories(house.complex_id)
    return next(each for each in kinds if (each.code, each.emergency) == (code, emergency))


async def neighbours(
    work: Work, house: House, count: int, *, channel: str = "telegram", named: str = "Житель"
) -> list[AsResident]:
    [flat] = await flats_of(work, house, "1")
    found = []
    for number in range(count):
        viewer = await live(work, f"{named}{number}", [flat], contacts=[(channel, True)])
        contact = await work.session.scalar(
            select(Contact.id).where(Contact.resident_id == viewer.resident_id)
        )
        found.append(AsResident(viewer.resident_id, contact or 0))
    return found


async def file(
    work: Work, viewer: AsResident, house: House, category: Category, words: str = "Не работает"
) -> Ticket:
    """As the form does, with its card in the room."""
    room = await work.rooms.of_complex(house.complex_id)
    thread = await work.threads.open(viewer, room, category.title)
    where = Where(house.complex_id, house.id, None, None, house.address)
    ticket = await work.tickets.file(thread, category, where, words, [], "telegram")
    message = await work.threads.add(thread, "resident", "Житель", None, text=words)
    await posts.post_card(work, thread, ticket, message)
    return ticket


async def into_telegram(work: Work) -> None:
    """The room stands in a group from now on."""
    for room in await work.session.scalars(select(Room)):
        room.channel, room.chat, room.has_topics = "telegram", "-100", True
    await work.session.flush()


async def opened(
    work: Work, house: House, count: int = ENOUGH, code: str = "elevator"
) -> tuple[AsMember, Incident, list[AsResident]]:
    member = await add_member(work)
    category = await kind(work, house, code)
    people = await neighbours(work, house, count)
    for viewer in people:
        await file(work, viewer, house, category)
    offered = await work.session.scalar(select(Incident).where(Incident.state == "offered"))
    assert offered is not None
    incident = await work.incidents.open(member, offered.id)
    await telling.begin(work, incident, member, "Анна, диспетчер")
    return member, incident, people


async def count(work: Work, *which: object) -> int:
    return await work.session.scalar(select(func.count()).where(*which)) or 0  # type: ignore[arg-type]


# ── The offer ────────────────────────────────────────────────────────────────


async def test_offered_once_for_enough_neighbours_within_minutes(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        category = await kind(work, house, "elevator")
        people = await neighbours(work, house, 6)
        await file(work, people[0], house, category)
        await file(work, people[1], house, category)
        await file(work, people[1], house, category)  # the same person is no third neighbour
        assert await count(work, Incident.id.is_not(None)) == 0
    clock.move(minutes=16)
    async with db.work() as work:
        await file(work, people[2], house, category)  # the first two were too long ago
        assert await count(work, Incident.id.is_not(None)) == 0
        await file(work, people[3], house, category)
        await file(work, people[4], house, category)
        await file(work, people[5], house, category)
        [incident] = await work.session.scalars(select(Incident))
        assert (incident.state, incident.what) == ("offered", category.title)


async def test_not_of_other_houses_kinds_or_emergencies_of_another_name(db: Database) -> None:
    async with db.work() as work:
        house, other = (await houses(work))[:2]
        people = await neighbours(work, house, 5)
        await file(work, people[0], house, await kind(work, house, "elevator"))
        await file(work, people[1], other, await kind(work, other, "elevator"))
        await file(work, people[2], house, await kind(work, house, "cleaning"))
        urgent = [
            each for each in await work.company.categories(house.complex_id) if each.emergency
        ]
        for viewer, category in zip(people, urgent, strict=False):
            await file(work, viewer, house, category)
        assert await count(work, Incident.id.is_not(None)) == 0


async def test_who_declined_is_not_asked_again(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        house, member = (await houses(work))[0], await add_member(work)
        category = await kind(work, house, "elevator")
        people = await neighbours(work, house, 6)
        for viewer in people[:3]:
            await file(work, viewer, house, category)
        [incident] = await work.session.scalars(select(Incident))
        await work.incidents.decline(member, incident.id)
        for viewer in people[3:]:
            await file(work, viewer, house, category)
        assert await count(work, Incident.id.is_not(None)) == 1
        with pytest.raises(AlreadySo):
            await work.incidents.open(member, incident.id)


async def test_one_post_in_the_room_until_a_surge_and_after(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        await into_telegram(work)
        house, member = (await houses(work))[0], await add_member(work)
        category = await kind(work, house, "elevator")
        people = await neighbours(work, house, 7)
        for viewer in people[:6]:
            await file(work, viewer, house, category)
        in_general = (Outgoing.room_id.is_not(None), Outgoing.thread_id.is_(None))
        new = (*in_general, Outgoing.replaces_message.is_(None))
        assert await count(work, *new) == 1  # the offer grew into the surge's post
        [incident] = await work.session.scalars(select(Incident))
        surge = await work.surges.get(incident.surge_id or 0)
        assert surge is not None
        assert surge.message_id == incident.message_id
        labels = [b.label for b in ((await gathering.compose(work, surge)).keyboard or []).flat()]  # type: ignore[union-attr]
        assert labels == ["Это одна проблема", "Нет, разные", "Открыть обращения"]
        incident = await work.incidents.open(member, incident.id)
        await telling.begin(work, incident, member, "Анна")
        assert await count(work, Ticket.incident_id == incident.id) == 6
        assert await count(work, *new) == 1
        shown = await gathering.compose(work, surge)
        assert shown.header.endswith("6 заявок")
        # Who said theirs is something else has a card of their own.
        ticket = await file(work, people[6], house, category)
        posted = (Outgoing.thread_id == ticket.thread_id, Outgoing.room_id.is_not(None))
        assert await count(work, *posted) == 1


async def test_an_emergency_goes_on_in_its_surge(db: Database) -> None:
    async with db.work() as work:
        await into_telegram(work)
        house, member = (await houses(work))[0], await add_member(work)
        category = await kind(work, house, "plumbing", emergency=True)
        people = await neighbours(work, house, 5)
        for viewer in people[:3]:
            await file(work, viewer, house, category)
        [incident] = await work.session.scalars(select(Incident))
        assert incident.emergency
        incident = await work.incidents.open(member, incident.id)
        await telling.begin(work, incident, member, "Анна")
        surge = await work.surges.get(incident.surge_id or 0)
        assert surge is not None
        assert surge.message_id != incident.message_id
        ticket = await file(work, people[3], house, category)  # danger is shown, whatever is known
        assert ticket.incident_id is None
        shown = await gathering.compose(work, surge)
        assert f"№{ticket.number}" in shown.text
        joined = await work.followers.of_resident(people[3], incident)
        assert joined is not None
        assert joined.id == ticket.id


async def test_at_the_desk_each_who_may_answer_is_asked(db: Database) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        for room in await work.rooms.every():
            assert room.channel == "desk"
        category = await kind(work, house, "elevator")
        for viewer in await neighbours(work, house, 4):
            await file(work, viewer, house, category)
        rows = await work.session.scalars(select(Outgoing).where(Outgoing.channel == "desk"))
        asked = [row for row in rows if "Это одна проблема?" in row.body["text"]]
        may = [
            member
            for member in await work.staff.desk_members()
            if member.role in ("dispatcher", "manager", "admin")
        ]
        assert {row.chat for row in asked} == {str(member.id) for member in may}
        assert len(asked) == len(may)
        assert all(row.topic.startswith("room ") for row in asked)


async def test_nobody_is_asked_whether_questions_are_one_problem(db: Database) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        people = await neighbours(work, house, ENOUGH)
        for code in ("billing", "other"):
            for viewer in people:
                await file(work, viewer, house, await kind(work, house, code))
        assert await count(work, Incident.id.is_not(None)) == 0


async def test_what_was_filed_long_before_or_after_is_not_of_it(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        house, member = (await houses(work))[0], await add_member(work)
        category = await kind(work, house, "elevator")
        people = await neighbours(work, house, 6)
        monday = await file(work, people[0], house, category)
    clock.move(days=2)
    async with db.work() as work:
        for viewer in people[1:4]:
            await file(work, viewer, house, category)
        [offered] = await work.session.scalars(select(Incident))
    clock.move(hours=3)
    async with db.work() as work:
        late = await file(work, people[4], house, category)
        incident = await work.incidents.open(member, offered.id)  # answered at last
        of_it = select(Ticket.resident_id).where(Ticket.incident_id == incident.id)
        found = set(await work.session.scalars(of_it))
        assert found == {each.resident_id for each in people[1:4]}
        await work.incidents.close(member, incident.id, "")
    clock.move(minutes=20)
    async with db.work() as work:
        just_now = await file(work, people[5], house, category)
        ticket = await work.tickets.get(member, monday.id)
        incident, fresh = await work.incidents.make(member, ticket)
        assert fresh
        of_it = select(Ticket.id).where(Ticket.incident_id == incident.id)
        assert set(await work.session.scalars(of_it)) == {ticket.id, just_now.id}
        assert (await work.tickets.get(member, late.id)).incident_id is None


# ── Joining ──────────────────────────────────────────────────────────────────


async def test_joined_without_a_post_or_a_clock(db: Database) -> None:
    async with db.work() as work:
        await into_telegram(work)
        house = (await houses(work))[0]
        _, incident, _ = await opened(work, house)
        [late] = await neighbours(work, house, 1, named="Поздний")
        held = await work.followers.hold_open(incident.id)
        where = Where(house.complex_id, house.id, None, None, house.address)
        thread, ticket = await work.followers.file(
            late, held, where, "У нас тоже", "telegram", home_id=None
        )
        await work.threads.add(thread, "resident", "Поздний", None, text="У нас тоже")
        await work.followers.attach(held, [ticket], None)
        await work.session.refresh(thread)
        assert (ticket.status, ticket.incident_id) == ("accepted", incident.id)
        assert thread.waits_since is None
        assert await work.incidents.hides(thread)
        posted = (Outgoing.thread_id == thread.id, Outgoing.room_id.is_not(None))
        assert await count(work, *posted) == 0
        # Thanks make none, other words make the card.
        for words, expected in (("Спасибо!", 0), ("Ещё и свет мигает", 1)):
            said = await work.threads.add(thread, "resident", "Поздний", None, text=words)
            await posts.post_words(work, thread, said)
            assert await count(work, *posted) == expected


async def test_a_resident_who_joins_silences_no_alarm(db: Database) -> None:
    async with db.work() as work:
        house, member = (await houses(work))[0], await add_member(work)
        category = await kind(work, house, "plumbing", emergency=True)
        people = await neighbours(work, house, 4)
        for viewer in people[:3]:
            await file(work, viewer, house, category)
        [incident] = await work.session.scalars(select(Incident))
        incident = await work.incidents.open(member, incident.id)
        ticket = await file(work, people[3], house, category)
        thread = await work.threads.of_ticket(ticket)
        line = await work.threads.add(thread, "system", "", None, text="Тревога")
        alarm = await work.alarms.begin(
            thread, "flood", line, house_id=house.id, exact=True, anonymous=False
        )
        await work.followers.attach(incident, [ticket], None)
        await work.session.refresh(alarm)
        await work.session.refresh(thread)
        assert ticket.incident_id == incident.id
        assert (alarm.outcome, ticket.status) == ("", "new")
        assert thread.waits_since is not None
        # A member's own act takes it.
        ticket.incident_id = None
        await work.followers.attach(incident, [ticket], member.member_id)
        await work.session.refresh(alarm)
        assert (alarm.outcome, alarm.member_id) == ("accepted", member.member_id)
        assert ticket.status == "accepted"


async def test_only_a_recent_request_that_nobody_does_joins(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        [before] = await neighbours(work, house, 1, named="Раньше")
        await file(work, before, house, await kind(work, house, "elevator"))
    clock.move(days=14)
    async with db.work() as work:
        member, incident, _ = await opened(work, house)
        [late] = await neighbours(work, house, 1, named="Поздний")
        ticket = await file(work, late, house, await kind(work, house, "elevator"))
        assert await work.followers.of_resident(before, incident) is None
        assert await work.followers.of_resident(late, incident) is ticket
        ticket.executor_id = member.member_id
        await work.session.flush()
        assert await work.followers.of_resident(late, incident) is None


async def test_nobody_joins_what_is_over(db: Database) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        member, incident, people = await opened(work, house)
        assert await work.followers.follows(people[0], incident)
        await work.incidents.close(member, incident.id, "")
        with pytest.raises(AlreadyEnded):
            await work.followers.hold_open(incident.id)
        with pytest.raises(AlreadySo):
            await work.incidents.close(member, incident.id, "")
        with pytest.raises(NotYours):
            await work.followers.hold_open(987_654)


async def test_closed_while_somebody_joins(db: Database) -> None:
    """Whoever is quicker: nobody is left open in an incident that is over."""
    async with db.work() as work:
        house = (await houses(work))[0]
        member, incident, _ = await opened(work, house)
        [late] = await neighbours(work, house, 1, named="Поздний")
    joining = asyncio.Event()

    async def join() -> None:
        async with db.work() as work:
            held = await work.followers.hold_open(incident.id)
            joining.set()
            where = Where(house.complex_id, house.id, None, None, house.address)
            _, ticket = await work.followers.file(late, held, where, "", "telegram", home_id=None)
            await work.followers.attach(held, [ticket], None)

    async def close() -> None:
        await joining.wait()
        async with db.work() as work:
            await work.incidents.close(member, incident.id, "Готово")

    await asyncio.gather(join(), close())
    async with db.work() as work:
        assert len(await work.followers.find_to_close()) == 4


# ── All at once ──────────────────────────────────────────────────────────────


async def test_hundreds_are_told_by_a_few_statements_and_closed_one_by_one(db: Database) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        member, incident, _ = await opened(work, house)
        category = await kind(work, house, "elevator")
        people = await neighbours(work, house, 250, named="Ещё")
        where = Where(house.complex_id, house.id, None, None, house.address)
        room = await work.rooms.of_complex(house.complex_id)
        for viewer in people:
            thread = await work.threads.open(viewer, room, category.title)
            ticket = await work.tickets.file(thread, category, where, "", [], "telegram")
            ticket.incident_id, ticket.status = incident.id, "accepted"
        await work.session.flush()
    async with db.work() as work:
        incident = await work.incidents.get(member, incident.id)
        notice, told = await telling.tell_all(work, incident, member, "Анна", "Едем к вам")
        assert told == 253
        assert await count(work, Outgoing.notice_id == notice.id, Outgoing.state == "parked") == 253
        assert await count(work, Message.text == "Едем к вам", Message.by == "member") == 253
        assert await count(work, Thread.last_text == "Едем к вам") == 253
        assert notice.urgent
    async with db.work() as work:
        incident = await work.incidents.close(member, incident.id, "Починили")
        assert await count(work, Ticket.closed_at.is_not(None)) == 0  # not within the press
    while True:
        async with db.work() as work:
            found = await work.followers.find_to_close()
        if not found:
            break
        for ticket_id in found:
            async with db.work() as work:
                await telling.close_follower(work, ticket_id)
    async with db.work() as work:
        assert await count(work, Ticket.status == "done") == 253
        assert await count(work, Thread.state == "open") == 0
        over = Outgoing.body["text"].astext.startswith(f"Авария № {incident.id} устранена.")
        assert await count(work, over) == 253
        ended = (TicketEvent.after == "done", TicketEvent.member_id == member.member_id)
        assert await count(work, *ended) == 253
        assert await count(work, Notice.incident_id == incident.id) == 2


async def test_two_processes_close_each_follower_once(db: Database) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        member, incident, _ = await opened(work, house)
        await work.incidents.close(member, incident.id, "")
        found = await work.followers.find_to_close()

    async def close(ticket_id: int) -> None:
        async with db.work() as work:
            await telling.close_follower(work, ticket_id)

    await asyncio.gather(*(close(each) for each in [*found, *found]))
    async with db.work() as work:
        over = Outgoing.body["text"].astext.startswith("Авария №")
        notices = (over, Outgoing.notice_id.is_(None), Outgoing.contact_id.is_not(None))
        assert await count(work, *notices, Outgoing.state != "dropped") == len(found) == 3


async def test_who_says_it_is_not_solved_stays_open(db: Database) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        member, incident, people = await opened(work, house)
        await work.incidents.close(member, incident.id, "")
        for ticket_id in await work.followers.find_to_close():
            await telling.close_follower(work, ticket_id)
        [ticket] = await work.session.scalars(
            select(Ticket).where(Ticket.resident_id == people[0].resident_id)
        )
        ticket = await work.tickets.get(people[0], ticket.id, lock=True)
        await work.tickets.move(people[0], ticket, "in_progress")
        assert ticket.incident_id is None
        assert await work.followers.find_to_close() == []
        assert await work.followers.count(incident) == (3, 1)


async def test_whoever_has_no_messenger_is_called(db: Database) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        member, incident, _ = await opened(work, house)
        [caller] = await neighbours(work, house, 1, channel=PHONE, named="Звонил")
        ticket = await file(work, caller, house, await kind(work, house, "elevator"))
        await work.followers.attach(incident, [ticket], member.member_id)
        _, told = await telling.tell_all(work, incident, member, "Анна", "Едем")
        assert told == 4
        said = (Outgoing.channel == PHONE, Outgoing.thread_id == ticket.thread_id)
        assert await count(work, *said, Outgoing.body["text"].astext == "Едем") == 1


# ── Counted as one ───────────────────────────────────────────────────────────


async def test_one_problem_in_figures_warnings_and_on_the_desk(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        since = work.now - timedelta(hours=1)
        member, incident, people = await opened(work, house, 5)
        everywhere = Thread.id.is_not(None)
        assert await work.figures.open(everywhere) == 1
        assert await work.figures.came(everywhere, since, work.now + timedelta(1)) == (1, 1)
        assert len(await work.desk.threads(member)) == 1
        assert (await work.desk.counts(member)).filters[""] == 1
        # One of them says something that waits for an answer.
        thread = await work.session.scalar(
            select(Thread).where(Thread.resident_id == people[4].resident_id)
        )
        assert thread is not None
        await work.threads.add(thread, "resident", "Житель", None, text="Когда почините?")
        assert len(await work.desk.threads(member)) == 2
    clock.move(days=10)
    async with db.work() as work:
        assert len(await work.figures.overdue(everywhere)) == 1
        [room_id] = await work.terms.find_rooms() or [incident.room_id]
        assert len(await work.terms.claim(room_id)) <= 1


async def test_access_is_by_room_and_role(db: Database) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        member, incident, _ = await opened(work, house)
        elsewhere = AsMember(member.member_id, "dispatcher", ("elsewhere",))
        executor = AsMember(member.member_id, "executor")
        for viewer in (elsewhere, executor):
            with pytest.raises(NotYours):
                await work.incidents.get(viewer, incident.id)
            with pytest.raises(NotYours):
                await work.incidents.close(viewer, incident.id, "")
        assert await work.incidents.now(elsewhere) == []
        assert [each.id for each in await work.incidents.now(member)] == [incident.id]
        assert await work.incidents.open_for(Matter.of(incident)) is not None


async def test_the_room_is_asked_once_a_day_whether_it_is_over(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        house = (await houses(work))[0]
        member, incident, _ = await opened(work, house)
        until = work.now + timedelta(hours=1)
        await work.incidents.expect_until(member, incident.id, until)
        assert await work.incidents.find_late() == []
    for passes, expected in ((2, 1), (1, 0), (24, 1)):
        clock.move(hours=passes)
        async with db.work() as work:
            found = await work.incidents.find_late()
            assert len(found) == expected
            for ident in found:
                assert await work.incidents.claim_late(ident) is not None
                assert await work.incidents.claim_late(ident) is None
    async with db.work() as work:
        await work.incidents.expect_until(member, incident.id, None)  # open since long ago
        assert len(await work.incidents.find_late()) == 1
        await work.incidents.close(member, incident.id, "")
        assert await work.incidents.find_late() == []
