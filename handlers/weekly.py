"""Once a week, to each admin in private: what residents asked in vain, and which of their words
led to an answer that helped."""

from __future__ import annotations

from handlers.staff import articles_questions
from handlers.staff import articles_texts as words
from services.chores import Chore
from services.messaging.types import Kind
from services.staff import as_member
from services.work import Work


async def tell(work: Work, member_id: int) -> None:
    """Nothing where there is nothing to tell: an empty report teaches to leave all unread."""
    to = await work.growth.claim(member_id)
    if to is None:
        return
    viewer = as_member(await work.staff.get(member_id))
    told = [
        await articles_questions.tell_gaps(work, viewer),
        await articles_questions.tell_phrases(work, viewer),
    ]
    for what in filter(None, told):
        what = what.model_copy(update={"header": words.WEEK_HEADER})
        await work.outbox.say(to, what, Kind.NOTICE)


CHORES = (Chore("the questions of the week", lambda work: work.growth.find_due(), tell),)
