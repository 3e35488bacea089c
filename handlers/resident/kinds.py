"""What a request is about: emergencies behind one button, the frequent kinds first, the rest on
a second screen. So the first screen stays short, and every kind is two presses away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.dialogue import texts as form_texts
from handlers.dialogue.form import Answers
from handlers.dialogue.said import Said, join, says_nothing, says_what, tell
from handlers.dialogue.steps import (
    ONE_SCREEN,
    PAGE,
    Actions,
    Answered,
    Choice,
    Rows,
    Stay,
    Wrong,
)
from handlers.dialogue.turn import Turn, plain
from handlers.resident import texts
from handlers.resident.consent import button
from handlers.resident.faq_texts import yes_request
from services.company.declaration import Category
from services.understanding.reading.likeness import likeness

FIRST, REST, EMERGENCIES = 0, 1, 2  # screens


def likely_kind(kinds: Sequence[Category], words: str, code: str) -> Category | None:
    """The kind that was read out of the words, no emergency; of several with one code the one
    whose title and options the words name best. None where the company has none."""
    alike = [kind for kind in kinds if kind.code == code and not kind.emergency]
    if not alike:
        return None

    def named(kind: Category) -> float:
        options = [likeness(words, option) for step in kind.form for option in step.options]
        return max([2 * likeness(words, kind.title), *options])

    return max(alike, key=named)


class Kinds(Choice):
    """A category. Words and photos instead of one belong to what was told before. `guess`: what
    was read out of them, which stands first and leaves the form's questions out."""

    def __init__(
        self, key: str, question: str, kinds: Sequence[Category], guess: Category | None = None
    ) -> None:
        ordered = sorted(kinds, key=lambda kind: not kind.emergency)
        super().__init__(
            key,
            question,
            options=[(k.key or k.code, texts.kind_label(k)) for k in ordered],
            columns=2,
        )
        self._urgent = sum(kind.emergency for kind in kinds)
        self._guess = guess

    async def ask(self, turn: Turn, answers: dict[str, Any]) -> str:
        page = turn.session.state["page"]
        if page == EMERGENCIES:
            return texts.ask_emergency(await turn.work.company.profile())
        return texts.ASK_OTHER_KIND if page == REST else self.question

    def buttons(self, page: int, actions: Actions) -> Rows:
        count, ordinary = len(self.options), len(self.options) - self._urgent
        back = [button(form_texts.TO_START, actions.page(FIRST))]
        if page == EMERGENCIES and self._urgent:
            return [*self.rows(actions, 0, self._urgent, columns=1), back]
        if page == REST and ordinary > ONE_SCREEN:
            return [*self.rows(actions, self._urgent + PAGE, count), back]
        rows: Rows = []
        if self._guess is not None:
            rows.append([button(yes_request(self._guess.title), actions.press("guess"))])
        if self._urgent:
            rows.append([button(texts.EMERGENCY, actions.page(EMERGENCIES))])
        if ordinary <= ONE_SCREEN:
            return rows + self.rows(actions, self._urgent, count)
        rows += self.rows(actions, self._urgent, self._urgent + PAGE)
        rows.append([button(texts.OTHER_KINDS, actions.page(REST))])
        return rows

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        agreed = pressed is None and plain(turn.text) in texts.YES
        if self._guess is not None and (pressed == "guess" or agreed):
            return Answered(self._guess.key or self._guess.code, {"brief": True})
        try:
            return await super().take(turn, pressed, so_far)
        except Wrong:
            if pressed is not None or not add_to_told(turn):
                raise
            raise Wrong(texts.ADDED_CHOOSE_KIND) from None


class Telling(Kinds):
    """What happened, in words, voice or photos; or a category pressed instead. The answer is what
    was said, or the category's key."""

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        exact = self.typed(turn) if turn.text and not turn.inbound.attachments else None
        if pressed is not None or exact is not None or turn.press_by_number():
            taken = await Choice.take(self, turn, pressed, so_far)
            assert isinstance(taken, Answered)
            return Answered(taken.value, {"category": taken.value})
        return Answered(need_telling(turn))


def need_telling(turn: Turn) -> Said:
    """Raises `Wrong` for a sticker or a lone emoji."""
    said = tell(turn.inbound)
    if not says_what(said):
        raise Wrong(texts.SAY_IN_WORDS)
    return said


def add_to_told(turn: Turn) -> bool:
    """People tell in several messages. Whatever comes before the request is sent belongs to it.
    False when nothing was said."""
    now = tell(turn.inbound)
    if says_nothing(now):
        return False
    answers = turn.session.state["answers"]
    key = "what" if told(answers) else "words"
    answers[key] = join(answers[key], now) if answers.get(key) else now
    return True


def told(answers: Answers) -> Said | None:
    """What was told before a category was chosen."""
    what: Said | str | None = answers.get("what")
    return what if isinstance(what, dict) else None
