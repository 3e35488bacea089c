"""«Показания»: meters one after another, or all in a line; odd ones are asked about once more.

Where the company says `link`, a one-time link to its own page stands instead; what the page shows
and takes is `handlers.readings_page`.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import Choice, Step
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import holding
from handlers.resident import readings_texts as words
from handlers.resident.consent import button
from handlers.resident.menu import show_menu
from handlers.resident.page_links import give_link
from handlers.resident.readings_steps import Confirm, Figures, Sure, WhichToCorrect, key_of
from services.accounts.holdings import Held
from services.errors import AlreadySo, NotYours, StaleButton
from services.messaging.types import Attachment
from services.meters.meters import Giver, MeterSeen
from services.meters.readings import Taken


async def show(turn: Turn) -> None:
    held = await turn.work.holdings.of(turn.viewer)
    if not held:
        await turn.say(words.CONNECT_FIRST)
        await holding.begin(turn)
    elif not await links(turn):
        await READINGS.start(turn)
    elif len(held) == 1:
        await open_page(turn, held[0].account_id)
    else:
        turn.leave(numbered=True)
        accounts = await name_all(turn, held)
        rows = [[button(label, f"reading/open/{ident}")] for ident, label in accounts]
        await turn.say(words.WHICH_ACCOUNT, rows)


async def press(turn: Turn) -> None:
    """`reading/begin`, under a reminder; `reading/fix/ACCOUNT`; `reading/open/ACCOUNT`, of one of
    several. Raises `NotYours`."""
    what, ident = split_action(turn.pressed)
    if what == "begin" and not ident:
        await show(turn)
    elif what in ("fix", "open"):
        await turn.work.meters.account(turn.viewer, ident)
        if await links(turn):
            await open_page(turn, ident)
        else:
            await READINGS.start(turn, account=ident, again=what == "fix")
    else:
        raise NotYours


async def links(turn: Turn) -> bool:
    return await turn.work.showing.allows(turn.contact.channel, "readings") == "link"


async def open_page(turn: Turn, account_id: int) -> None:
    """Raises `NotYours`."""
    turn.leave()
    if await turn.work.meters.of_account(turn.viewer, account_id):
        await give_link(turn, "readings", account_id, words.LINK)
    else:
        await turn.say(words.NO_METERS)


async def name_all(turn: Turn, held: Sequence[Held]) -> list[tuple[int, str]]:
    numbered = await turn.work.showing.allows(turn.contact.channel, "balances") == "show"
    labels = words.name_accounts(held, numbered=numbered)
    return [(each.account_id, label) for each, label in zip(held, labels, strict=True)]


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
        options = await name_all(turn, held)
        return [Choice("account", words.WHICH_ACCOUNT, options=options)] if len(held) > 1 else []

    async def meters(self, turn: Turn, answers: Answers) -> list[MeterSeen]:
        """Those still to be sent; where they are given `again`, also those that the giver may
        correct. Raises `NotYours`."""
        found = await turn.work.meters.of_account(await self.giver(turn), answers["account"])
        again = answers.get("again")
        return [meter for meter in found if meter.sent is None or (again and meter.open)]

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
        seen = [(meter, shown) for meter, shown in sent if meter.open]
        account = await turn.work.meters.account(await self.giver(turn), meters[0].account_id)
        shows = await self.shows_last(turn)
        lines = [words.line(meter, shown.figures, None) for meter, shown in seen] if shows else []
        again = [[button(words.CORRECT, self.correct(account.id))]] if seen else []
        months = [meter.counts.month for meter, _ in sent]
        await turn.say(words.all_sent(account.place, lines, months), again)

    async def cancel(self, turn: Turn) -> None:
        await show_menu(turn, words.NOT_TAKEN)


READINGS = ReadingsForm()
