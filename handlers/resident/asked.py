"""What somebody asked and is not through with: it waits in the session, and goes along wherever
they turn next."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.dialogue.said import Said, join
from handlers.dialogue.turn import Turn

SCENES = ("which", "faq")
FRESH = timedelta(hours=1)  # older words are not put into what is begun now


def remember(turn: Turn, scene: str, said: Said) -> None:
    """`which`: words that wait for a press; `faq`: an answer stands there. Whoever is being asked
    for consent goes on being asked."""
    state = turn.session.state
    kept = {**said, "at": turn.work.now.isoformat()}
    if turn.session.scene == "consent":
        state["asked"], state["numbered"] = kept, True
        return
    payload = {"payload": state["payload"]} if state.get("payload") else {}
    turn.go(scene, said=kept, numbered=True, **payload)


def recall(turn: Turn, question_id: int = 0) -> Said | None:
    """`question_id`: only if it is about this question."""
    state = turn.session.state
    beside: Said | None = state.get("asked")
    if beside and question_id and beside.get("question") == question_id:
        return beside
    said: Said | None = state.get("said") if turn.session.scene in SCENES else beside
    if said and question_id and said.get("question") != question_id:
        return None
    return said


def keep_waiting(turn: Turn, before: Said | None) -> None:
    """Something was answered meanwhile: `before` goes on waiting for its press, and the answer
    stands beside it. What was but offered is a part of it."""
    now = recall(turn)
    if before is None or now is None:
        return
    if turn.session.scene == "faq":
        remember(turn, "which", before)
        turn.session.state["asked"] = now
    elif turn.session.scene == "which":
        part = {key: before[key] for key in ("words", "attachments", "ids")}
        remember(turn, "which", join(part, now))


def with_waiting(turn: Turn, said: Said) -> Said:
    """What is taken on from an answer, after what waited beside it."""
    state = turn.session.state
    waits, beside = state.get("said"), state.get("asked")
    if turn.session.scene != "which" or not (waits and beside):
        return said
    if beside.get("question") != said.get("question"):
        return said
    return join({key: waits[key] for key in ("words", "attachments", "ids")}, said)


def recall_fresh(turn: Turn, *scenes: str) -> Said | None:
    """What was said a while ago belongs to nothing that is begun now."""
    said = recall(turn) if turn.session.scene in scenes else None
    if not said or "at" not in said:
        return None
    old = turn.work.now - datetime.fromisoformat(said["at"]) > FRESH
    return None if old else said
