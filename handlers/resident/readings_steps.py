"""The questions of «Показания»: a meter each, a second look at what is odd, and all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.dialogue.said import takeable
from handlers.dialogue.steps import Answered, Choice, Meant, Question, Stay, Wrong
from handlers.dialogue.turn import Turn, plain
from handlers.resident import readings_texts as words
from services.meters.checks import Mark
from services.meters.figures import FigureWrong, count_figures, may_be_one, read_figures
from services.meters.meters import MeterSeen

PHOTOS = ("photo", "document")


def key_of(meter: MeterSeen) -> str:
    return f"m{meter.id}"


def keep_photo(turn: Turn, meter_id: int) -> bool:
    found = [each for each in takeable(turn.inbound.attachments) if each["kind"] in PHOTOS]
    if found:
        turn.session.state["answers"][f"p{meter_id}"] = found[0]
    return bool(found)


class Figures(Question):
    """The answer: the figures of this meter in thousandths, None where it is passed over. A line
    with those of all meters answers for the others, too."""

    def __init__(self, meter: MeterSeen, every: Sequence[MeterSeen], said: str) -> None:
        super().__init__(key_of(meter), said, optional=True)
        self._meter = meter
        self._every = every

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        if pressed == "skip":
            return Answered(None)
        photo = keep_photo(turn, self._meter.id)
        if photo and not turn.text:
            raise Wrong(words.PHOTO_KEPT)
        total = sum(meter.tariffs for meter in self._every)
        if self._every[0].id == self._meter.id and count_figures(turn.text) == total:
            apart = self.split(read_figures(turn.text, total))
            if not await self.means_one(turn, apart):
                return Answered(apart.pop(self.key), apart)
        try:
            return Answered(read_figures(turn.text, self._meter.tariffs))
        except FigureWrong as wrong:
            every = total if self._every[0].id == self._meter.id else 0
            raise Wrong(words.wrong(wrong, self._meter, every)) from None

    def split(self, figures: list[int]) -> dict[str, Any]:
        every: dict[str, Any] = {}
        for meter in self._every:
            every[key_of(meter)], figures = figures[: meter.tariffs], figures[meter.tariffs :]
        return every

    async def means_one(self, turn: Turn, apart: dict[str, Any]) -> bool:
        """`1 234,5` at two meters: one figure with its thousands apart, where only that is
        nothing odd."""
        if self._meter.tariffs > 1 or len(self._every) == 1 or not may_be_one(turn.text):
            return False

        async def is_odd(meter: MeterSeen, given: Sequence[int]) -> bool:
            checked = await turn.work.readings.check(meter, given)
            return bool(set(checked.doubts) - {"unverified"})  # which says nothing of the figures

        odd = [await is_odd(meter, apart[key_of(meter)]) for meter in self._every]
        return any(odd) and not await is_odd(self._meter, read_figures(turn.text, 1))


class Sure(Choice):
    """Asked once. The same figures typed again are as good as the press, others take their
    place."""

    def __init__(self, meter: MeterSeen, given: list[int], doubts: Sequence[Mark]) -> None:
        options = [(given, words.YES), (None, words.RETYPE)]
        super().__init__(f"s{meter.id}", words.doubt(meter, given, doubts), options=options)
        self._meter = meter
        self._given = given

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        if pressed is None:
            photo = keep_photo(turn, self._meter.id)
            meant = turn.press_by_number()
            try:
                figures = read_figures(turn.text, self._meter.tariffs)
            except FigureWrong:
                if photo and not turn.text:
                    raise Wrong(self.question) from None
            else:
                same = figures == self._given
                if meant and not same:
                    raise Meant(meant)
                forget = () if same else (self.key,)
                return Answered(figures if same else None, {key_of(self._meter): figures}, forget)
        taken = await super().take(turn, pressed, so_far)
        assert isinstance(taken, Answered)
        if taken.value is None:
            return Answered(None, forget=(self.key, key_of(self._meter)))
        return taken


class Confirm(Choice):
    def __init__(self, said: str) -> None:
        super().__init__(
            "send", said, options=[("send", words.SEND), ("fix", words.CORRECT)], columns=2
        )

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        if pressed is None and plain(turn.text) in words.AGREEING:
            pressed = "0"
        taken = await super().take(turn, pressed, so_far)
        assert isinstance(taken, Answered)
        if taken.value == "fix":
            return Answered(None, {"fixing": True}, forget=(self.key,))
        return taken


class WhichToCorrect(Choice):
    def __init__(self, meters: Sequence[MeterSeen]) -> None:
        options = [(meter.id, words.name_meter(meter)) for meter in meters]
        super().__init__("fix", words.WHICH_TO_CORRECT, options=options)

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        taken = await super().take(turn, pressed, so_far)
        assert isinstance(taken, Answered)
        forget = (self.key, "fixing", f"m{taken.value}", f"s{taken.value}")
        return Answered(None, forget=forget)
