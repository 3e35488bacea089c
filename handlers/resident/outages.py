"""«Отключения»: what is off and planned where a resident lives, and their answers by a button."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import outage_staff_texts as staff_words
from handlers import outage_texts as words
from handlers import outages
from handlers.dialogue.said import Said
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import faq_texts
from handlers.resident.asked import recall, remember
from handlers.resident.consent import button
from services.errors import AlreadySo, NotYours
from services.messaging.types import Button
from services.outage_answers import Answer
from services.tables import Outage
from services.understanding.reading.lacks import find_lack
from services.zones import wall_of

MOST_ENDED = 3
ANSWERS: dict[str, Answer] = {
    "mine_too": "mine_too", "back": "back", "still_none": "still_none",
}  # fmt: skip


async def show(turn: Turn) -> None:
    """By all homes, what has begun first."""
    if not await turn.work.people.places(turn.viewer):
        await turn.say(words.NO_HOME)
        return
    found = await turn.work.outages.of_resident(turn.viewer)
    forgotten = await turn.work.outages.forgotten(found)
    for outage in found:
        await tell(turn, outage, forgotten=outage.id in forgotten)
    ended = await name_ended(turn)
    if not found or ended:
        await turn.say("\n".join(([] if found else [words.NOTHING]) + ended))


async def name_ended(turn: Turn) -> list[str]:
    work, lines = turn.work, []
    for outage in (await work.outages.ended_lately(turn.viewer))[:MOST_ENDED]:
        assert outage.ended_at is not None
        places, local = await outages.name_places(work, outage), await wall_of(work, outage)
        lines.append(words.ended(outage, places, local(outage.ended_at), local(work.now)))
    return [*lines, words.IF_NOT] if lines else []


async def tell(
    turn: Turn, outage: Outage, more: Sequence[Button] = (), *, forgotten: bool = False
) -> None:
    what = await outages.compose(turn.work, outage, "announced")
    begun = outage.since <= turn.work.now
    buttons = outages.answers_under(outage, "now", begun=begun) if begun else []
    rows = [[each] for each in (*buttons, *more)]
    text = f"{what.text}\n{words.FORGOTTEN}" if forgotten else what.text
    await turn.say(text, rows, header=what.header)


async def explain(turn: Turn, said: Said) -> bool:
    """«Нет воды» where there is none in the house by a known outage: that is the answer, and words
    about something else keep their way."""
    lacks = find_lack(said["words"]) if said["words"] else ()
    if not lacks:
        return False
    found = await turn.work.outages.active_for(turn.viewer, lacks)
    if not found:
        return False
    remember(turn, "which", {**said, "outages": [outage.id for outage in found]})
    other = [
        button(faq_texts.ANOTHER_THEME, "guess/theme"),
        button(faq_texts.PERSON, "talk/new"),
    ]
    for outage in found:
        await tell(turn, outage, other if outage is found[-1] else ())
    return True


async def press(turn: Turn) -> None:
    """`outage/ANSWER/ID`. Raises `NotYours`."""
    said, ident = split_action(turn.pressed)
    if said not in ANSWERS:
        raise NotYours
    try:
        outage = await turn.work.outage_answers.answer(turn.viewer, ident, ANSWERS[said])
    except AlreadySo:
        called_off = await turn.work.outage_answers.was_called_off(ident)
        await turn.say(words.CALLED_OFF if called_off else words.OVER)
        return
    asked = recall(turn) if turn.session.scene == "which" else None
    if asked and ident in asked.get("outages", ()):  # these words were answered so
        turn.leave()
    if said != "back" and await turn.work.outages.forgotten([outage]):
        await turn.say(words.FORGOTTEN)
        return
    await turn.say((words.HEARD_AFTER if outage.state == "restored" else words.HEARD)[said])
    if said == "still_none" and await turn.work.outage_answers.doubt(outage):
        await tell_staff(turn, outage)


async def tell_staff(turn: Turn, outage: Outage) -> None:
    """Once: the number grows in the report."""
    answers = await turn.work.outage_answers.answers(outage)
    text = staff_words.still_none(
        await outages.staff_title(turn.work, outage), answers["still_none"]
    )
    row = [staff_words.report_button(outage)]
    await outages.tell_maker(turn.work, outage, text, [row])
