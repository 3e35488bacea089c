"""What of a person is erased, table by table, and what is left of each.

Rows that the company must keep (its journal of requests, the log of consents, readings, who was
told of an outage) stay and name nobody; all others go. Whatever a person said or was told leaves
whole: no program finds every name in a sentence.
"""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from sqlalchemy import text

ERASED = "erased"  # begins what stands instead of an id or a chat of a messenger

THEIRS = """(t.channel, t.chat) IN (
    SELECT * FROM unnest(CAST(:channels AS text[]), CAST(:chats AS text[])))"""
IN_ROOMS = """(t.channel = 'desk' AND t.topic = ANY(CAST(:topics AS text[]))
    OR (t.channel, t.chat, t.topic) IN (
        SELECT p.channel, p.chat, p.external_id FROM topics p WHERE p.thread_id = ANY(:threads)))"""
STANDS_AS = """(t.channel, t.chat, t.body->>'{}') IN (
    SELECT c.channel, c.chat, c.external_id FROM message_copies c
    WHERE c.message_id = ANY(:messages))"""
ABOUT_THEM = """(t.contact_id = ANY(:contacts) OR t.thread_id = ANY(:threads)
    OR t.message_id = ANY(:messages) OR t.reply_to_message = ANY(:messages)
    OR t.replaces_message = ANY(:messages))"""
UNDER_WAY = "('parked', 'waiting', 'sending')"
NAMED = """(t.{column}::text LIKE ANY(CAST(:marks AS text[]))
    OR t.{column}::text ~ CAST(:numbers AS text))"""

# A line each: what the act calls it (nothing: it is no data of the person), and how it goes.
STEPS = (
    ("dialogues", f"DELETE FROM sessions t WHERE {THEIRS}"),
    ("heard", f"DELETE FROM inbox t WHERE {THEIRS} AND t.state <> 'waiting'"),
    (
        "heard",  # what staff typed about them
        f"""UPDATE inbox t SET body = t.body - '{{text,attachments}}'::text[], parts = '[]'
        WHERE t.state <> 'waiting' AND ({IN_ROOMS}
            OR {STANDS_AS.format("external_id")} OR {STANDS_AS.format("edits")})""",
    ),
    (
        "pages",
        """UPDATE web_posts t SET body = '{}' WHERE t.channel = 'desk' AND (
            t.topic = ANY(CAST(:topics AS text[])) OR (t.chat, t.key) IN (
                SELECT o.chat, 'sent ' || o.nonce FROM outbox o
                WHERE o.channel = 'desk'
                  AND (o.message_id = ANY(:messages) OR o.thread_id = ANY(:threads))))""",
    ),
    (
        "said",
        f"""UPDATE outbox t SET body = '{{}}', external_ids = NULL, why = NULL,
            state = CASE WHEN t.state IN {UNDER_WAY} THEN 'dropped' ELSE t.state END,
            settled_at = coalesce(t.settled_at, :now),
            chat = CASE WHEN t.room_id IS NULL AND {THEIRS} THEN '{ERASED}' ELSE t.chat END,
            queue = CASE WHEN t.room_id IS NULL AND {THEIRS} THEN '{ERASED}' ELSE t.queue END
        WHERE {ABOUT_THEM} OR {IN_ROOMS} OR t.room_id IS NULL AND {THEIRS}""",
    ),
    ("pages", f"DELETE FROM web_posts t WHERE {THEIRS}"),
    ("", f"DELETE FROM message_copies t WHERE {THEIRS}"),
    ("drafts", "DELETE FROM suggestions WHERE thread_id = ANY(:threads)"),
    ("drafts", "UPDATE drafts SET content = '{}' WHERE ticket_id = ANY(:tickets)"),
    (
        "drafts",
        """UPDATE article_drafts SET ended_at = :now, outcome = 'dropped',
            content = content || '{"question": "", "answer": "", "phrases": []}'
        WHERE message_id = ANY(:messages) AND ended_at IS NULL""",
    ),
    ("", "UPDATE article_drafts SET message_id = NULL WHERE message_id = ANY(:messages)"),
    (
        "questions",
        "DELETE FROM questions WHERE resident_id = ANY(:residents) OR thread_id = ANY(:threads)",
    ),
    (
        "comments",
        "UPDATE ratings SET comment = '' WHERE ticket_id = ANY(:tickets) AND comment <> ''",
    ),
    ("", "UPDATE ticket_events SET note = '' WHERE ticket_id = ANY(:tickets) AND note <> ''"),
    (
        "tickets",
        """UPDATE tickets k SET text = '', answers = '[]', place = h.address, flat_id = NULL,
            source_link = '', declined_why = ''
        FROM houses h WHERE h.id = k.house_id AND k.id = ANY(:tickets)""",
    ),
    (
        "messages",
        """UPDATE messages SET text = CASE WHEN by = 'system' THEN '' ELSE :gone END,
            author = CASE WHEN by IN ('member', 'note') THEN author ELSE '' END,
            earlier_texts = '[]', attachments = '[]'
        WHERE id = ANY(:messages)""",
    ),
    (
        "",
        """UPDATE threads SET last_text = '', home_id = NULL, tone = '', waits_since = NULL,
            answer_warn_at = NULL, answer_due_at = NULL
        WHERE id = ANY(:threads)""",
    ),
    ("", "UPDATE alarms SET anonymous = false, erased_at = :now WHERE thread_id = ANY(:threads)"),
    (
        "",
        "UPDATE calls SET settled_at = :now WHERE thread_id = ANY(:threads) AND settled_at IS NULL",
    ),
    ("homes", "DELETE FROM homes WHERE resident_id = ANY(:residents)"),
    ("elders", "DELETE FROM elders WHERE resident_id = ANY(:residents)"),
    ("bans", "DELETE FROM bans WHERE resident_id = ANY(:residents)"),
    ("wishes", "DELETE FROM wishes WHERE resident_id = ANY(:residents)"),
    ("", "DELETE FROM paces WHERE resident_id = ANY(:residents)"),
    ("", "DELETE FROM link_codes WHERE contact_id = ANY(:contacts)"),
    ("", "DELETE FROM links WHERE contact_id = ANY(:contacts) AND undone_at IS NULL"),
    ("", "DELETE FROM page_links WHERE resident_id = ANY(:residents)"),
    ("proofs", "DELETE FROM proof_tries WHERE resident_id = ANY(:residents)"),
    ("proofs", "DELETE FROM holding_claims WHERE resident_id = ANY(:residents)"),
    (
        "",
        """UPDATE account_codes SET withdrawn_at = :now
        WHERE used_at IS NULL AND withdrawn_at IS NULL
          AND holding_id IN (SELECT id FROM holdings WHERE resident_id = ANY(:residents))""",
    ),
    ("reminders", "DELETE FROM reminder_parts WHERE resident_id = ANY(:residents)"),
    (
        "readings",
        """UPDATE readings SET resident_id = NULL, file_id = NULL
        WHERE resident_id = ANY(:residents)""",
    ),
    ("", "DELETE FROM outage_answers WHERE resident_id = ANY(:residents)"),
    (
        "",  # those whom a room turned away are noted by their account
        f"""UPDATE audit SET who = '{ERASED}' WHERE who IN (
            SELECT channel || ':' || user_id FROM contacts WHERE id = ANY(:contacts))""",
    ),
    (
        "contacts",
        f"""UPDATE contacts SET user_id = '{ERASED} ' || id, chat = '{ERASED} ' || id,
            came_by = '', unreachable_since = :now, unreachable_why = '{ERASED}'
        WHERE id = ANY(:contacts)""",
    ),
    (
        "people",
        """UPDATE residents SET name = NULL, phone = NULL, registered_at = NULL, prefers = '',
            quiet_from = '', quiet_until = '', erased_at = :now
        WHERE id = ANY(:residents)""",
    ),
)

# Lists, searches and summaries that staff were shown name people as well: by a phone, a name of
# two words and more, or the number of a request. A first name alone is many people's.
SCRUB = (
    (
        "heard",
        f"""UPDATE inbox t SET body = t.body - '{{text,attachments}}'::text[], parts = '[]'
        WHERE t.state <> 'waiting' AND {NAMED.format(column="body")}""",
    ),
    (
        "said",
        f"""UPDATE outbox t SET body = '{{}}'
        WHERE t.state NOT IN {UNDER_WAY} AND {NAMED.format(column="body")}""",
    ),
    ("pages", f"""UPDATE web_posts t SET body = '{{}}' WHERE {NAMED.format(column="body")}"""),
    ("dialogues", f"""DELETE FROM sessions t WHERE {NAMED.format(column="state")}"""),
    (
        "drafts",
        f"""UPDATE drafts t SET content = '{{}}', ended_at = coalesce(t.ended_at, :now)
        WHERE {NAMED.format(column="content")}""",
    ),
    ("said", f"""UPDATE shifts t SET summary = '' WHERE {NAMED.format(column="summary")}"""),
)

# What was uploaded in their conversations and chats, and pictures of their meters.
UPLOADED = text(
    """
    SELECT f.id, f.channel, f.handle, f.path FROM files f
    WHERE f.owner <> 'company' AND (
        (f.channel, f.handle) IN (
            SELECT a->>'channel', a->>'handle'
            FROM messages m, jsonb_array_elements(m.attachments) a
            WHERE m.id = ANY(:messages)
              AND NOT (m.by = 'member' AND EXISTS (  -- one answer to many
                SELECT 1 FROM messages o
                WHERE o.attachments @> jsonb_build_array(jsonb_build_object(
                        'channel', a->>'channel', 'handle', a->>'handle'))
                  AND o.id <> ALL(:messages))))
        OR f.owner = ANY(CAST(:owners AS text[]))
        OR f.id IN (SELECT r.file_id FROM readings r WHERE r.resident_id = ANY(:residents)))
    """
)
# Journals, work orders and other papers are printed again on demand; a file that somebody sent is
# no such paper. They name flats and holders, and nobody knows which of them are in which.
PAPERS = text(
    """
    SELECT f.id, f.channel, f.handle, f.path FROM files f
    WHERE f.owner LIKE 'member:%' AND f.path <> '' AND f.mime IN (
            'application/pdf', 'application/zip', 'text/csv', 'text/html',
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
      AND f.created_at >= :since
      AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.attachments @> jsonb_build_array(
            jsonb_build_object('channel', f.channel, 'handle', f.handle)))
      AND NOT EXISTS (SELECT 1 FROM mailings m WHERE m.photos @> jsonb_build_array(
            jsonb_build_object('channel', f.channel, 'handle', f.handle)))
      AND NOT EXISTS (SELECT 1 FROM answer_alls m WHERE m.attachments @> jsonb_build_array(
            jsonb_build_object('channel', f.channel, 'handle', f.handle)))
      AND NOT EXISTS (SELECT 1 FROM bills b WHERE b.file_id = f.id)
      AND NOT EXISTS (SELECT 1 FROM uploads u  -- handed in, and not dealt with yet
                      WHERE u.state IN ('new', 'asked', 'shown', 'going')
                        AND f.handle IN (u.path, u.sheet, u.source->>'handle'))
    """
)
