"""Drafts of answers, wired; nothing where they are off."""

from __future__ import annotations

from bot.metrics import Metrics
from bot.outside.assist import make_assist
from bot.settings import Settings
from bot.state import ChannelState, State
from handlers.staff.drafting import show_draft
from services.bell import Bells
from services.db import Database
from services.drafts import Drafts

NAME = "assist"


class Watching:
    """Implements `services.drafts.WatchOutside`."""

    def __init__(self, state: State, metrics: Metrics) -> None:
        self._state = state
        self._metrics = metrics
        state.outside[NAME] = ChannelState()

    def tell_outside(self, *, up: bool, why: str = "") -> None:
        self._state.outside[NAME] = ChannelState("up" if up else "down", why)

    def count_draft(self, outcome: str) -> None:
        self._metrics.count_draft(outcome)


def make_drafts(
    settings: Settings, db: Database, bells: Bells, state: State, metrics: Metrics
) -> Drafts | None:
    if not settings.assist_on:
        return None
    return Drafts(db, bells, make_assist(settings), show_draft, Watching(state, metrics))
