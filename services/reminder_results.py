"""What became of a reminder: delivered, opened, answered, paid. Counts; sums of five and more."""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from services.mailing_progress import LATELY, LEFT, seconds_for
from services.messaging.guards import DEBTS_WAIT, TOO_LATE, WAITED_TOO_LONG
from services.reminder_audience import SUMMED_FROM
from services.tables import Reminder

if TYPE_CHECKING:
    from services.work import Work

PAID_WITHIN = timedelta(days=10)
LOOKED_FOR = timedelta(days=45)  # balances that come later say nothing of these ten days

STATES = text(
    """
    SELECT CASE WHEN n.state = 'stopped' AND o.state = 'parked' THEN 'dropped' ELSE o.state END,
           o.reason, o.channel, count(*),
           count(*) FILTER (WHERE o.state = 'parked' AND o.not_before > :now),
           count(*) FILTER (WHERE o.state = 'parked' AND o.not_before > :now
                                  AND o.reason = 'night'),
           count(*) FILTER (WHERE o.settled_at > :lately)
    FROM outbox o JOIN notices n ON n.id = o.notice_id
    WHERE n.reminder_id = :reminder AND n.result IS NULL AND o.contact_id IS NOT NULL
    GROUP BY 1, 2, 3
    """
)
CLEARED = text("SELECT result FROM notices WHERE reminder_id = :reminder AND result IS NOT NULL")
# Only of what may have arrived. Of an account that several were reminded of, one counts.
ANSWERS = text(
    """
    SELECT count(*), count(*) FILTER (WHERE opened), count(*) FILTER (WHERE answer <> ''),
           count(paid), count(*) FILTER (WHERE paid > 0), coalesce(sum(paid), 0)
    FROM (SELECT p.account_id, bool_or(p.opened_at IS NOT NULL) AS opened,
                 max(p.answer) AS answer, max(p.paid) AS paid
          FROM reminder_parts p LEFT JOIN outbox o ON o.id = p.outbox_id
          WHERE p.reminder_id = :reminder AND coalesce(o.state, 'sent') IN ('sent', 'unknown')
          GROUP BY p.account_id) each_account
    """
)
FIND_DUE = text(
    """
    SELECT r.id FROM reminders r
    WHERE r.started_at <= :ripe AND r.started_at > :late AND EXISTS (
        SELECT 1 FROM imports i WHERE i.kind = 'debts' AND i.state = 'applied'
          AND i.at >= r.started_at + make_interval(secs => :within))
      AND EXISTS (SELECT 1 FROM reminder_parts p WHERE p.reminder_id = r.id AND p.paid IS NULL)
    ORDER BY 1
    """
)
# A claim drops it, too, but only one that looks: not where a messenger is off, or where the quiet
# hours of the company leave no decent one.
GIVE_UP = text(
    f"""
    UPDATE outbox o SET state = 'dropped', settled_at = CAST(:now AS timestamptz),
                        reason = CASE WHEN o.reason = 'night' THEN 'quiet' ELSE 'late' END
    FROM notices n
    WHERE n.id = o.notice_id AND n.reminder_id = :reminder AND n.state = 'going' AND {TOO_LATE}
      AND o.state = 'parked'
    """
)
# What nobody got: once its row is cleared away it would look as if it had arrived.
FORGET_UNSENT = text(
    """
    DELETE FROM reminder_parts p USING outbox o
    WHERE p.reminder_id = :reminder AND o.id = p.outbox_id AND o.state IN ('dropped', 'refused')
    """
)
# What was owed then and is owed no more, leaving out what later months were billed.
COUNT_PAID = text(
    """
    UPDATE reminder_parts p SET paid = least(p.debt, greatest(0, p.debt - later.left))
    FROM (
        SELECT q.account_id, q.resident_id, coalesce(b.debt, q.debt) - coalesce((
                SELECT sum(x.billed) FROM balances x JOIN imports i ON i.id = x.brought_by
                WHERE x.account_id = q.account_id AND i.at > q.at AND x.month > coalesce((
                    SELECT max(y.month) FROM balances y JOIN imports j ON j.id = y.brought_by
                    WHERE y.account_id = q.account_id AND j.at <= q.at),
                    CAST('-infinity' AS date))), 0) AS left
        FROM reminder_parts q
        LEFT JOIN LATERAL (
            SELECT z.debt FROM balances z WHERE z.account_id = q.account_id
            ORDER BY z.month DESC LIMIT 1) b ON true
        WHERE q.reminder_id = :reminder AND q.paid IS NULL AND q.at <= :ripe) later
    WHERE p.reminder_id = :reminder AND p.account_id = later.account_id
      AND p.resident_id = later.resident_id
    """
)
# They may have been linked since: then another resident was told in a messenger of theirs.
THEIRS = """(p.resident_id = :resident OR EXISTS (
    SELECT 1 FROM outbox o JOIN contacts c ON c.id = o.contact_id
    WHERE o.id = p.outbox_id AND c.resident_id = :resident))"""
NOTE_OPENED = text(
    f"""
    UPDATE reminder_parts p
    SET opened_at = CASE WHEN :opened THEN coalesce(opened_at, :now) ELSE opened_at END
    WHERE p.reminder_id = :reminder AND {THEIRS} RETURNING p.account_id
    """
)
ANSWER = text(
    f"""
    UPDATE reminder_parts p SET answer = :kind, answered_at = :now
    WHERE p.account_id = :account AND {THEIRS} AND p.reminder_id = (
        SELECT max(q.reminder_id) FROM reminder_parts q WHERE q.account_id = p.account_id
          AND q.resident_id = p.resident_id)
    """
)


@dataclass(frozen=True)
class Result:
    """People by state of their row, refused ones and those who waited too long by reason, and who
    is left, of them `asleep`: in their own quiet hours; of the `accounts` that may have been told:
    opened, answered, `looked_at` (for payments), paid. `paid_sum`: kopecks, None where fewer than
    five paid."""

    states: dict[str, int]
    reasons: dict[str, int]
    left_by: dict[str, int]
    later: int
    asleep: int
    lately: int
    accounts: int
    opened: int
    answered: int
    looked_at: int
    paid: int
    paid_sum: int | None

    @property
    def everybody(self) -> int:
        return sum(self.states.values())

    @property
    def left(self) -> int:
        return sum(self.left_by.values())

    @property
    def waited_too_long(self) -> dict[str, int]:
        return {why: self.reasons[why] for why in WAITED_TOO_LONG if why in self.reasons}

    @property
    def refused(self) -> dict[str, int]:
        return {why: n for why, n in self.reasons.items() if why not in WAITED_TOO_LONG}

    @property
    def seconds(self) -> float:
        rate = self.lately / LATELY.total_seconds()
        return (self.left - self.later) / rate if rate else seconds_for(self.left_by)


async def measure(work: Work, reminder: Reminder, *, answers: bool = True) -> Result:
    """Without `answers`, all of the accounts is nought: a list of many need not read them."""
    known = {"reminder": reminder.id, "now": work.now, "lately": work.now - LATELY}
    states: dict[str, int] = {}
    reasons: dict[str, int] = {}
    left: dict[str, int] = {}
    later = asleep = lately = 0
    rows = await work.session.execute(STATES, known)
    for state, reason, channel, count, waits, sleeps, settled in rows:
        states[state] = states.get(state, 0) + count
        if state in LEFT:
            left[channel] = left.get(channel, 0) + count
        if state == "refused" or reason in WAITED_TOO_LONG:
            reasons[reason] = reasons.get(reason, 0) + count
        later, asleep, lately = later + waits, asleep + sleeps, lately + settled
    for result in await work.session.scalars(CLEARED, {"reminder": reminder.id}):
        for state, count in result["states"].items():
            states[state] = states.get(state, 0) + count
        for reason, count in result["reasons"].items():
            reasons[reason] = reasons.get(reason, 0) + count
    row: Sequence[int] = (0,) * 6
    if answers:
        row = (await work.session.execute(ANSWERS, {"reminder": reminder.id})).one()
    accounts, opened, answered, looked_at, paid, paid_sum = map(int, row)
    return Result(
        states, reasons, left, later, asleep, lately, accounts, opened, answered, looked_at, paid,
        paid_sum if paid >= SUMMED_FROM else None,
    )  # fmt: skip


async def find_due(work: Work) -> list[int]:
    """Reminders of ten days ago, once balances came in that know of these days."""
    known = {
        "ripe": work.now - PAID_WITHIN, "late": work.now - LOOKED_FOR,
        "within": PAID_WITHIN.total_seconds(),
    }  # fmt: skip
    return list(await work.session.scalars(FIND_DUE, known))


async def count_paid(work: Work, reminder_id: int) -> None:
    known = {"reminder": reminder_id, "ripe": work.now - PAID_WITHIN}
    await forget_unsent(work, reminder_id)
    await work.session.execute(COUNT_PAID, known)


async def give_up(work: Work, reminder: Reminder) -> None:
    """What could not leave for a week, of a running one."""
    if reminder.started_at is not None and reminder.started_at < work.now - DEBTS_WAIT:
        await work.session.execute(GIVE_UP, {"reminder": reminder.id, "now": work.now})


async def forget_unsent(work: Work, reminder_id: int) -> None:
    """Of one of which nothing is left to be sent."""
    await work.session.execute(FORGET_UNSENT, {"reminder": reminder_id})


async def note_opened(work: Work, reminder_id: int, resident_id: int, *, opened: bool) -> list[int]:
    known = {
        "reminder": reminder_id, "resident": resident_id, "now": work.now, "opened": opened,
    }  # fmt: skip
    return sorted(await work.session.scalars(NOTE_OPENED, known))
