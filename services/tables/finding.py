"""By what tickets, messages and people are found: the expressions of their indexes, word for word
as a search must repeat them.

An index of words cannot be read newest first, and a common word stands in hundreds of thousands of
messages. So the number of the block of ids that a row belongs to is one of its words («#12»): a
search asks for the newest blocks, and for older ones only while it has not found enough.
"""

from __future__ import annotations

MESSAGE_BLOCK = 2**15
TICKET_BLOCK = 2**13


# Nested and cast as PostgreSQL tells them back: else each looks like another index to alembic.
MESSAGE_WORDS = (
    f"(array_to_tsvector(ARRAY['#' || ((messages.id / {MESSAGE_BLOCK}))::text])"
    " || to_tsvector('russian'::regconfig, translate(messages.text, 'ёЁ', 'еЕ')))"
)
TICKET_WORDS = (
    f"(array_to_tsvector(ARRAY['#' || ((tickets.id / {TICKET_BLOCK}))::text])"
    " || to_tsvector('russian'::regconfig, translate((((((tickets.text || ' ') || tickets.what)"
    " || ' ') || tickets.place) || ' ')"
    " || jsonb_path_query_array(tickets.answers, '$[*][1]')::text, 'ёЁ', 'еЕ')))"
)
NAME_WORDS = "to_tsvector('simple'::regconfig, translate(residents.name, 'ёЁ', 'еЕ'))"
PHONE_FROM_ITS_END = "reverse(residents.phone)"


def for_index(expression: str, table: str) -> str:
    return expression.replace(f"{table}.", "")
