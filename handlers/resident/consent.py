"""Consent: asked before anything about a person is kept."""

from __future__ import annotations

from handlers.dialogue.said import Said, join, says_nothing, tell
from handlers.dialogue.turn import Turn
from handlers.resident import linking_texts, texts
from services.messaging.types import Button


def button(label: str, action: str) -> Button:
    return Button(label=label, action=action)


async def consented(turn: Turn) -> bool | None:
    """What this person said to the present text; None: they were not asked."""
    company = await turn.work.company.profile()
    return await turn.work.people.answer_on_consent(
        turn.viewer.resident_id, company.consent.version
    )


async def ask_consent(turn: Turn, *, wanted: str = "") -> None:
    """What the person came with, a deep link or words or both, waits in the session for the answer.
    `wanted` says what the consent is needed for."""
    company = await turn.work.company.profile()
    state = turn.session.state
    said = told_so_far(turn)
    asked_before = turn.session.scene == "consent"
    if wanted:
        await turn.say(wanted)
    elif asked_before:
        await turn.say(texts.CONSENT_FIRST)
    elif await turn.work.people.places(turn.viewer):
        await turn.say(texts.CONSENT_CHANGED)
    else:
        await turn.say(texts.greet(company))
    if said and not state.get("said"):
        await turn.say(texts.heard_you(company))
    turn.go("consent", payload=turn.inbound.payload or str(state.get("payload", "")), said=said)
    version = company.consent.version
    await turn.say(
        texts.ask_consent(company),
        [
            [button(texts.AGREE, f"consent/yes/{version}")],
            [button(texts.DISAGREE, f"consent/no/{version}")],
            [button(linking_texts.ENTER, "link/enter")],
        ],
    )


def told_so_far(turn: Turn) -> Said | None:
    """Words and photos that came before the consent: not lost, and not asked for again."""
    kept: Said | None = turn.session.state.get("said")
    if turn.pressed or turn.text.startswith("/"):
        return kept
    now = tell(turn.inbound)
    if says_nothing(now):
        return kept
    return join(kept, now) if kept else now
