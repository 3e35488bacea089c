"""What asks residents for their readings, by the clock."""

from __future__ import annotations

from handlers import mailing_texts
from handlers.resident import readings_texts as words
from services.chores import Chore
from services.company.account_rules import RESOURCES
from services.messaging.types import Button, Keyboard, Outbound
from services.meters.reminding import Asking
from services.work import Work


def compose(asking: Asking) -> Outbound:
    """No account and no figure in it."""
    everything = len(asking.resources) == len(RESOURCES)
    rows = (
        (Button(label=words.SEND_READINGS, action="reading/begin"),),
        (mailing_texts.switch("reminders", wanted=True),),
    )
    counts = asking.counts
    return Outbound(
        text=words.reminder(counts.month, asking.resources, counts.closes, everything=everything),
        keyboard=Keyboard(rows=rows),
    )


async def remind(work: Work, key: int) -> None:
    asking = await work.reading_reminders.claim(key)
    if asking is not None:
        await work.reading_reminders.enqueue(asking, compose(asking))


CHORES = (Chore("asking for readings", lambda work: work.reading_reminders.find_due(), remind),)
