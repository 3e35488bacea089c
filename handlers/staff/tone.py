"""`/tone`: how a resident sounds, where the words were read wrong."""

from __future__ import annotations

from handlers import posts, staff_texts, tone_texts
from handlers.dialogue.turn import plain
from handlers.staff.turn import StaffTurn
from services.messaging.types import Button, Keyboard
from services.tables import Thread

PRESSES = {"negative": "angry", "neutral": "calm", "positive": "glad"}


async def tone(turn: StaffTurn) -> None:
    """`/tone` asks, `/tone недоволен` says."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
    elif not turn.rest:
        await turn.say(tone_texts.asked(turn.thread), choose(turn.thread))
    elif said := tone_texts.WORDS.get(plain(turn.rest)):
        await correct(turn, turn.thread, said)
    else:
        await turn.say(tone_texts.UNKNOWN)


def choose(thread: Thread) -> Keyboard:
    row = tuple(
        Button(label=name.capitalize(), action=f"staff/{PRESSES[each]}/{thread.id}")
        for each, name in tone_texts.NAMES.items()
    )
    return Keyboard(rows=(row,))


async def press(turn: StaffTurn, thread_id: int, said: str) -> None:
    """Raises `NotYours`."""
    thread = await turn.work.threads.get(turn.viewer, thread_id)
    await turn.turn_to(thread)
    await correct(turn, thread, said)


async def correct(turn: StaffTurn, thread: Thread, said: str) -> None:
    before = await turn.work.tones.correct(turn.viewer, thread, said)
    if before == said:
        await turn.say(tone_texts.asked(thread))
        return
    await turn.say(tone_texts.corrected(said, turn.member.name))
    await posts.refresh_card(turn.work, thread)
