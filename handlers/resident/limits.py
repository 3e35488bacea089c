"""What is too much, said plainly, with what to do instead; and floods, which are not answered
message by message."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.dialogue.said import Said, says_nothing
from handlers.dialogue.turn import Turn
from handlers.resident import closing_texts, texts
from handlers.resident.consent import button
from handlers.wording import name_answer
from services.company.declaration import Category
from services.danger import sounds_dangerous
from services.errors import TooManyAlike, TooManyToday
from services.limits import TICKETS_A_DAY, Pace
from services.messaging.types import Happening, Inbound
from services.tickets import Where


async def may_file(
    turn: Turn,
    category: Category,
    where: Where,
    home_id: int | None,
    said: Said,
    chosen: Sequence[tuple[str, str]],
) -> bool:
    """False when one more request is too much, and the person was told. An emergency never is.
    `chosen`: the answers to the form's questions, which stand for words where there are none."""
    if category.emergency:
        return True
    try:
        await turn.work.limits.check(
            turn.viewer,
            category=category.code,
            what=category.title,
            house_id=where.house_id,
            home_id=home_id,
        )
    except (TooManyAlike, TooManyToday) as refusal:
        if says_nothing(said):
            said = said | {"words": "\n".join(name_answer(*pair) for pair in chosen)}
        await refuse(turn, refusal, said)
        return False
    return True


async def refuse(
    turn: Turn, refusal: TooManyAlike | TooManyToday, said: Said | None = None
) -> None:
    """Names what to do. What was told waits, and goes into the request whose button is pressed."""
    company = await turn.work.company.profile()
    turn.work.audit.note(turn.viewer.name, "too many requests", type(refusal).__name__)
    if isinstance(refusal, TooManyAlike):
        tickets = list(refusal.args)
        text = closing_texts.too_many_alike(tickets, company)
    else:
        threads = await turn.work.threads.open_ones(turn.viewer)
        tickets = [ticket for _, ticket in threads if ticket is not None]
        text = closing_texts.too_many_today(TICKETS_A_DAY, company, open_ones=bool(tickets))
    if said and not says_nothing(said):
        turn.go("which", said=said)
    else:
        turn.leave()
    rows = [
        [button(closing_texts.label(ticket), f"talk/to/{ticket.thread_id}")]
        for ticket in tickets[-6:]
    ]
    rows.append([button(texts.TO_MENU, "menu/show")])
    await turn.say(text, rows)


def counts(inbound: Inbound) -> bool:
    """Whether it is one more message in what may be a flood of them: no press, no edit."""
    return not inbound.pressed and inbound.happening is Happening.MESSAGE


class Flood:
    """Around one turn: `end` decides whether what was answered is said. In a flood that is only
    where the dialogue moved on: not one more «передали», not the same question again. Words of
    danger and presses are always answered."""

    def __init__(self, turn: Turn, pace: Pace) -> None:
        self._turn = turn
        self._was = position(turn)
        self._began = pace.began
        if pace.folding and not sounds_dangerous(turn.text):
            turn.hold_back()

    async def end(self) -> None:
        turn = self._turn
        now = position(turn)
        await turn.speak_up(drop=now == self._was)
        if self._began:
            company = await turn.work.company.profile()
            to_staff = turn.session.scene == "talk"
            await turn.say(closing_texts.folding(company, to_staff=to_staff))


def position(turn: Turn) -> tuple[str, object]:
    return turn.session.scene, turn.session.state.get("step")
