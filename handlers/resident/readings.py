"""«Показания»: meters one after another, or all in a line; odd ones are asked about once more."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import Choice, Step
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import holding
from handlers.resident import readings_texts as words
from handlers.resident.consent import button
from handlers.resident.menu import show_menu
from handlers.resident.readings_steps import Confirm, Figures, Sure, WhichToCorrect, key_of
from services.errors import AlreadySo, NotYours, StaleButton
from services.messaging.types import Attachment
from services.meters.meters import Giver, MeterSeen
from services.meters.readings import Taken


async def show(turn: Turn) -> None:
    if not await turn.work.holdings.of(turn.viewer):
        await turn.say(words.CONNECT_FIRST)
        await holding.begin(turn)
        return
    await READINGS.start(turn)


async def press(turn: Turn) -> None:
    """`reading/begin`, under a reminder; `reading/fix/ACCOUNT`. Raises `NotYours`."""
    what, ident = split_action(turn.pressed)
    if what == "begin" and not ident:
        await show(turn)
    elif what == "fix":
        await turn.work.meters.account(turn.viewer, ident)
        await READINGS.start(turn, account=ident, again=True)
    else:
        raise NotYours


class ReadingsForm(Form):
    """Answers: `account`; `again`, to give anew what was sent already; for each meter `m…` its
    figures, `s…` those its giver is sure of, `p…` a photo."""

    name = "readings"

    async def giver(self, turn: Turn) -> Giver:
        return turn.viewer

    async def shows_last(self, turn: Turn) -> bool:
        return await turn.work.showing.allows(turn.contact.channel, "readings") == "show"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        steps = await self.first_steps(turn, answers)
        if "account" not in answers:
            return steps
        meters = await self.meters(turn, answers)
        shows = await self.shows_last(turn)
        every = sum(meter.tariffs for meter in meters)
        for meter in meters:
            first = meter is meters[0]
            said = words.ask(meter, shows=shows, every=every if first else 0, first=first)
            if first and len(meters) > 1:
                said = f"{said}\n{words.order(meters)}"
            steps.append(Figures(meter, meters, said))
            given = answers.get(key_of(meter))
            if given:
                doubts = (await turn.work.readings.check(meter, given)).doubts
                if doubts:
                    steps.append(Sure(meter, given, doubts))
        given_ones = [meter for meter in meters if answers.get(key_of(meter))]
        if not given_ones:
            return steps
        if answers.get("fixing"):
            steps.append(WhichToCorrect(given_ones))
        lines = [await self.line(turn, meter, answers[key_of(meter)]) for meter in given_ones]
        steps.append(Confirm(words.summary(lines, [words.when(meter) for meter in given_ones])))
        return steps

    async def first_steps(self, turn: Turn, answers: Answers) -> list[Step]:
        held = await turn.work.holdings.of(turn.viewer)
        if not held:
            raise NotYours  # ended while the question stood there
        if len(held) == 1 and "account" not in answers:
            answers["account"] = held[0].account_id
        numbered = await turn.work.showing.allows(turn.contact.channel, "balances") == "show"
        labels = words.name_accounts(held, numbered=numbered)
        options = [(each.account_id, label) for each, label in zip(held, labels, strict=True)]
        return [Choice("account", words.WHICH_ACCOUNT, options=options)] if len(held) > 1 else []

    async def meters(self, turn: Turn, answers: Answers) -> list[MeterSeen]:
        """Those still to be sent; all of them where they are given `again`. Raises `NotYours`."""
        found = await turn.work.meters.of_account(await self.giver(turn), answers["account"])
        return [meter for meter in found if answers.get("again") or meter.sent is None]

    async def line(self, turn: Turn, meter: MeterSeen, given: Sequence[int]) -> str:
        used = (await turn.work.readings.check(meter, given)).used
        tells = meter.last is not None and await self.shows_last(turn)
        return words.line(meter, given, used if tells else None)

    async def finish(self, turn: Turn, answers: Answers) -> None:
        giver = await self.giver(turn)
        account_id = answers["account"]
        meters = await turn.work.meters.of_account(giver, account_id)
        asked = [m for m in await self.meters(turn, answers) if key_of(m) in answers]
        given = [meter for meter in asked if answers[key_of(meter)]]
        if not given:
            theirs = any(answers.get(key_of(meter)) for meter in meters)  # who was quicker
            await self.nothing_given(turn, meters, asked=bool(asked) and not theirs)
            return
        taken: list[Taken] = []
        for meter in sorted(given, key=lambda meter: meter.id):
            photo = answers.get(f"p{meter.id}")
            try:
                taken.append(
                    await turn.work.readings.take(
                        giver,
                        meter.id,
                        answers[key_of(meter)],
                        Attachment.model_validate(photo) if photo else None,
                    )
                )
            except AlreadySo:
                continue
            except StaleButton:
                await turn.say(words.CHANGED_MEANWHILE)
                return
        if not taken:
            await turn.say(words.SAME)
            return
        lines = [await self.line(turn, each.meter, each.figures) for each in taken]
        months = [each.meter.counts.month for each in taken]
        again = [[button(words.CORRECT, self.correct(account_id))]]
        await turn.say(words.taken(lines, months), again)

    def correct(self, account_id: int) -> str:
        return f"reading/fix/{account_id}"

    async def nothing_given(self, turn: Turn, meters: Sequence[MeterSeen], *, asked: bool) -> None:
        if asked:
            await turn.say(words.NOTHING_GIVEN)
            return
        if not meters:
            await turn.say(words.NO_METERS)
            return
        sent = [(meter, meter.sent) for meter in meters if meter.sent is not None]
        account = await turn.work.meters.account(await self.giver(turn), meters[0].account_id)
        shows = await self.shows_last(turn)
        lines = [words.line(meter, shown.figures, None) for meter, shown in sent] if shows else []
        again = [[button(words.CORRECT, self.correct(account.id))]]
        months = [meter.counts.month for meter, _ in sent]
        await turn.say(words.all_sent(account.place, lines, months), again)

    async def cancel(self, turn: Turn) -> None:
        await show_menu(turn, words.NOT_TAKEN)


READINGS = ReadingsForm()
