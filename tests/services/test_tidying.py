"""What the program noted for itself is cleared in time, and nothing younger."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from handlers.chores import CHORES
from services.bell import Bells
from services.chores import Chores
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from services.tables import AnswerAll, Member, Question, Room, SaidOnce, Suggestion
from services.tidying import KEPT, QUESTIONS_KEPT
from tests.services.test_alarms import hears
from tests.support.clock import MovingClock
from tests.support.running import SAMPLE


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
async def db(database_url: str, clock: MovingClock) -> AsyncIterator[Database]:
    db = Database(database_url, clock)
    async with db.work() as work:
        await apply_declaration(work, read_declaration(SAMPLE), Messengers())
    yield db
    await db.close()


async def note(db: Database, name: str) -> None:
    async with db.work() as work:
        assert await work.taking.once(name)
        room = await work.session.scalar(select(Room).order_by(Room.id).limit(1))
        member = await work.session.scalar(select(Member).order_by(Member.id).limit(1))
        assert room is not None
        assert member is not None
        row = AnswerAll(
            room_id=room.id, member_id=member.id, text=name, attachments=[], chosen={},
            threads=[], made_at=work.now,
        )  # fmt: skip
        work.session.add(row)


async def left(db: Database) -> tuple[list[str], list[str]]:
    async with db.work() as work:
        once = await work.session.scalars(select(SaidOnce.key))
        answers = await work.session.scalars(select(AnswerAll.text))
        return list(once), list(answers)


async def test_old_notes_go_and_young_ones_stay(db: Database, clock: MovingClock) -> None:
    chores = Chores(db, Bells(db), [each for each in CHORES if each.name.startswith("clearing")])
    await note(db, "old")
    clock.move(days=KEPT.days - 1)
    await note(db, "young")
    await chores.do_due()
    assert await left(db) == (["old", "young"], ["old", "young"])
    clock.move(days=1)
    await chores.do_due()
    assert await left(db) == (["young"], ["young"])
    async with db.work() as work:
        assert await work.tidying.find_old() == []


async def ask(db: Database, chat: str, *, settled: bool) -> None:
    async with db.work() as work:
        viewer = await hears(work, chat, "Когда дадут воду?")
        thread = await work.threads.open(viewer, (await work.rooms.every())[0], "Разговор")
        draft = Suggestion(
            thread_id=thread.id, state="shown" if settled else "asking", attempts=1, text=chat,
            asked_at=work.now, not_before=work.now, settled_at=work.now if settled else None,
        )  # fmt: skip
        question = Question(
            at=work.now, resident_id=viewer.resident_id, text=chat, decision="handoff", shown=[]
        )
        work.session.add_all([draft, question])


async def asked(db: Database) -> tuple[list[str], list[str]]:
    async with db.work() as work:
        drafts = await work.session.scalars(select(Suggestion.text).order_by(Suggestion.id))
        questions = await work.session.scalars(select(Question.text).order_by(Question.id))
        return list(drafts), list(questions)


async def test_settled_drafts_go_and_questions_much_later(db: Database, clock: MovingClock) -> None:
    chores = Chores(db, Bells(db), [each for each in CHORES if each.name.startswith("clearing")])
    await ask(db, "old", settled=True)
    await ask(db, "open", settled=False)
    clock.move(days=KEPT.days - 1)
    await ask(db, "young", settled=True)
    await chores.do_due()
    assert await asked(db) == (["old", "open", "young"], ["old", "open", "young"])
    clock.move(days=2)
    await chores.do_due()
    assert await asked(db) == (["open", "young"], ["old", "open", "young"])
    clock.move(days=QUESTIONS_KEPT.days - KEPT.days)
    await ask(db, "last", settled=False)
    await chores.do_due()
    assert await asked(db) == (["open", "last"], ["young", "last"])
    async with db.work() as work:
        assert await work.tidying.find_old() == []
