"""What became of a post in the open: whoever made the notice hears why it did not come out."""

from __future__ import annotations

from handlers import open_texts as words
from handlers import outages
from services.messaging.rows import Settled
from services.open_posts import place_at
from services.tables import Mailing, Outage
from services.work import Work

HEAD = 40  # letters of a mailing


async def tell_lost(work: Work, settled: Settled) -> None:
    """Of a row of the outbox; one that is no such post is nobody's here."""
    about = await work.open_posts.about(settled.row.id)
    if about is None:
        return
    place = place_at(settled.row.channel, settled.row.chat)
    if isinstance(about, Outage):
        title = await outages.staff_title(work, about)
    else:
        title = name_mailing(about)
    if settled.state == "unknown":
        text = words.unknown(title, place)
    else:
        text = words.refused(title, place, settled.why)
    await outages.tell_maker(work, about, text, [])


def name_mailing(mailing: Mailing) -> str:
    line = " ".join(mailing.text.split())
    cut = f"{line[:HEAD].rstrip()}…" if len(line) > HEAD else line
    return f"Рассылка «{cut}»"
