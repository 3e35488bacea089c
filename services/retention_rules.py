"""What is old of which table: the rules of retention, one a table or a part of it."""

from __future__ import annotations

from dataclasses import dataclass

PORTION = 5000  # rows of one transaction
FEW = 200  # of what brings many others along
MADE = 3  # days a picture or paper made for one resident is kept: a messenger may be away so long
TECHNICAL = 30  # days after which what is over by itself is nobody's any more


@dataclass(frozen=True)
class Rule:
    """`old` is SQL over a row `t` and the moment `:before`, which is `keeping.<days>_days` ago, or
    so many days. `files`: what was uploaded with it goes as well."""

    table: str
    days: str | int
    old: str
    portion: int = PORTION
    files: bool = False
    name: str = ""

    @property
    def called(self) -> str:
        return self.name or self.table


OVER = "t.state IN ('restored', 'cancelled') AND coalesce(t.ended_at, t.made_at) < :before"
NO_OUTAGE_GOES_ON = """NOT EXISTS (
    SELECT 1 FROM outages o WHERE o.id = t.outage_id AND o.state NOT IN ('restored', 'cancelled'))
"""
# Whoever only looked in: nothing is known of them but that they wrote, and nothing hangs on it.
STRANGER = """
    t.last_heard_at < :before
    AND EXISTS (SELECT 1 FROM residents r WHERE r.id = t.resident_id
                AND r.registered_at IS NULL AND r.name IS NULL AND r.phone IS NULL)
    AND NOT EXISTS (SELECT 1 FROM member_accounts a
                    WHERE a.channel = t.channel AND a.user_id = t.user_id)
    AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.resident_id = t.resident_id)
    AND NOT EXISTS (SELECT 1 FROM threads c WHERE c.resident_id = t.resident_id)
    AND NOT EXISTS (SELECT 1 FROM homes c WHERE c.resident_id = t.resident_id)
    AND NOT EXISTS (SELECT 1 FROM bans c WHERE c.resident_id = t.resident_id)
    AND NOT EXISTS (SELECT 1 FROM links c
                    WHERE t.resident_id IN (c.from_resident_id, c.to_resident_id))
"""
ALONE = """
    t.created_at < :before AND t.registered_at IS NULL AND t.name IS NULL AND t.phone IS NULL
    AND NOT EXISTS (SELECT 1 FROM contacts c WHERE c.resident_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.resident_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM threads c WHERE c.resident_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM tickets c WHERE c.resident_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM homes c WHERE c.resident_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM bans c WHERE c.resident_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM links c WHERE t.id IN (c.from_resident_id, c.to_resident_id))
"""
RULES = (
    Rule("inbox", "queues", "t.state = 'handled' AND t.handled_at < :before"),
    Rule(
        "outbox", "queues",
        """t.settled_at < :before AND t.notice_id IS NULL
            AND NOT EXISTS (SELECT 1 FROM threads h
                            WHERE h.id = t.thread_id AND h.state <> 'closed')
            AND NOT EXISTS (SELECT 1 FROM mailings m
                            WHERE m.progress_row = t.id AND m.state IN ('running', 'paused'))
            AND NOT EXISTS (SELECT 1 FROM reminders m
                            WHERE m.progress_row = t.id AND m.state IN ('running', 'paused'))""",
    ),
    Rule(
        "outbox", "notices", name="outbox of notices",
        old="""t.settled_at < :before
            AND EXISTS (SELECT 1 FROM notices n
                        WHERE n.id = t.notice_id AND n.result IS NOT NULL)""",
    ),
    Rule("said_once", "queues", "t.at < :before"),
    Rule("answer_alls", "queues", "t.made_at < :before"),
    Rule("suggestions", "queues", "t.asked_at < :before AND t.settled_at < :before"),
    Rule("surges", "queues", "t.last_at < :before", FEW),
    Rule("article_drafts", "queues", "t.ended_at < :before"),
    Rule("questions", "questions", "t.at < :before"),
    Rule("web_posts", "chats", "t.at < :before"),
    Rule("sessions", "strangers", "t.updated_at < :before"),
    Rule("contacts", "strangers", STRANGER, FEW, name="contacts of strangers"),
    Rule("residents", "strangers", ALONE, FEW, name="strangers"),
    Rule("page_links", 1, "t.expires_at < :before"),
    Rule(
        "files", MADE, "t.owner LIKE 'resident:%' AND t.created_at < :before", FEW,
        files=True, name="files made for residents",
    ),
    Rule("link_codes", TECHNICAL, "t.expires_at < :before"),
    Rule("sign_in_links", TECHNICAL, "t.expires_at < :before"),
    Rule("desk_sessions", TECHNICAL, "least(t.expires_at, t.ended_at) < :before"),
    Rule("paces", TECHNICAL, "(SELECT max(h) FROM unnest(t.heard) h) < :before"),
    Rule(
        "threads", "appeals", portion=FEW, files=True, name="appeals",
        old="""t.state = 'closed' AND t.last_at < :before AND NOT EXISTS (
            SELECT 1 FROM tickets k WHERE k.thread_id = t.id
            AND (k.closed_at IS NULL OR k.closed_at >= :before))""",
    ),
    Rule(
        "incidents", "appeals",
        "t.state <> 'open' AND coalesce(t.closed_at, t.offered_at) < :before", FEW,
    ),
    Rule("outages", "appeals", OVER, FEW),
    Rule(
        "outages", "queues", "t.state = 'draft' AND t.made_at < :before", FEW,
        name="drafts of outages",
    ),
    Rule(
        "notices", "appeals", portion=FEW,
        old=f"t.state IN ('done', 'stopped') AND t.at < :before AND {NO_OUTAGE_GOES_ON}",
    ),
    Rule(
        "mailings", "appeals", portion=FEW,
        old="""t.state IN ('stopped', 'done', 'dropped')
            AND coalesce(t.ended_at, t.made_at) < :before""",
    ),
    Rule(
        "mailings", "queues", "t.state = 'draft' AND t.made_at < :before", FEW,
        name="drafts of mailings",
    ),
    Rule(
        "reminders", "appeals", portion=FEW,
        old="""t.state IN ('stopped', 'done', 'dropped')
            AND coalesce(t.ended_at, t.made_at) < :before""",
    ),
    Rule(
        "reminders", "queues", "t.state = 'draft' AND t.made_at < :before", FEW,
        name="drafts of reminders",
    ),
    Rule("reminder_parts", "appeals", "t.at < :before"),
    Rule("account_marks", "appeals", "least(t.ended_at, t.until) < :before"),
    Rule("homes", "appeals", "t.until < :before", FEW),
    Rule("elders", "appeals", "t.until < :before"),
    Rule("account_codes", TECHNICAL, "least(t.expires_at, t.used_at, t.withdrawn_at) < :before"),
    Rule("proof_tries", "queues", "t.at < :before"),
    Rule("holding_claims", "appeals", "t.settled_at < :before"),
    Rule("holdings", "appeals", "t.until < :before"),
    Rule("bans", "appeals", "coalesce(t.lifted_at, t.until) < :before"),
    Rule("shifts", "appeals", "t.ended_at < :before"),
    Rule(
        "uploads", "queues",
        "t.state IN ('applied', 'refused', 'dropped') AND t.changed_at < :before",
    ),
    Rule(  # names and phones as they were; a month after it nothing can be taken back
        "import_changes", "queues",
        "EXISTS (SELECT 1 FROM imports i WHERE i.id = t.import_id AND i.at < :before)",
    ),
    Rule(
        "imports", "journal", portion=FEW,
        old="""t.at < :before AND EXISTS (
            SELECT 1 FROM imports n
            WHERE n.kind = t.kind AND n.state = 'applied' AND n.id > t.id)""",
    ),
    Rule(  # what the next one is compared with stays
        "readings", "appeals", files=True,
        old="""t.month < :before AND EXISTS (
            SELECT 1 FROM readings later WHERE later.meter_id = t.meter_id
              AND later.month > t.month AND NOT later.replaced)""",
    ),
    Rule(
        "reading_exports", "journal",
        "t.at < :before AND NOT EXISTS (SELECT 1 FROM readings r WHERE r.export_id = t.id)",
    ),
    Rule("bills", "appeals", "t.month < :before", FEW, files=True),
    Rule("balances", "appeals", "t.month < :before"),
    Rule("accounts", "appeals", "t.withdrawn_at < :before", FEW, files=True),
    Rule("audit", "journal", "t.at < :before"),
)  # fmt: skip
