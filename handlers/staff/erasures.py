"""`/erasures`: who asked to be forgotten and until when, without who it is; the act as a file."""

from __future__ import annotations

import asyncio

from handlers import erasing_texts as words
from handlers.papers import my_data as paper
from handlers.staff import papers
from handlers.staff.turn import StaffTurn


async def erasures(turn: StaffTurn) -> None:
    """`/erasures 3` gives the act. In private with an admin, or at their desk."""
    if turn.viewer.role != "admin":
        turn.work.audit.note(turn.viewer.name, "refused", turn.command)
        await turn.say(words.ONLY_ADMINS)
    elif not (turn.in_private or turn.at_desk):
        await turn.say(words.IN_PRIVATE)
    elif turn.rest.strip(" №#."):
        await give(turn, turn.rest.strip(" №#."))
    else:
        await show(turn)


async def show(turn: StaffTurn) -> None:
    local = turn.work.company.local
    found = [
        (
            each.id, each.state, await local(each.due_at),
            await local(each.done_at) if each.done_at else None,
        )
        for each in await turn.work.erasing.acts()
    ]  # fmt: skip
    await turn.say(words.list_acts(found) if found else words.NO_ACTS)


async def give(turn: StaffTurn, number: str) -> None:
    work, local = turn.work, turn.work.company.local
    erasure = (
        await work.erasing.act(int(number)) if number.isdecimal() and len(number) < 10 else None
    )
    if erasure is None or erasure.done_at is None:
        asked = [each for each in await work.erasing.acts() if str(each.id) == number]
        if asked:
            await turn.say(words.not_yet(asked[0].id, await local(asked[0].due_at)))
        else:
            await turn.say(words.NO_SUCH_ACT)
        return
    lines = words.act_lines(
        await work.company.profile(), erasure.act or {}, await local(erasure.asked_at),
        await local(erasure.due_at), await local(erasure.done_at),
    )  # fmt: skip
    relative, path = work.attachments.new_place()
    title = words.act_title(erasure.id)
    await asyncio.to_thread(paper.print_paper, path, title, [("", lines)])
    file = await work.attachments.keep_made(
        relative, words.act_name(erasure.id), papers.PAPER, papers.owner(turn)
    )
    work.audit.note(turn.viewer.name, "act of erasure", f"erasure:{erasure.id}")
    await papers.give(turn, title, [file])
