"""finding"""

from alembic import op
import sqlalchemy as sa

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

# As they stand today; `services/tables/finding.py` may change in a later revision.
MESSAGE_WORDS = (
    "(array_to_tsvector(ARRAY['#' || (id / 32768)::text])"
    " || to_tsvector('russian'::regconfig, translate(text, 'ёЁ', 'еЕ')))"
)
TICKET_WORDS = (
    "(array_to_tsvector(ARRAY['#' || (id / 8192)::text])"
    " || to_tsvector('russian'::regconfig, translate(text || ' ' || what || ' ' || place"
    " || ' ' || jsonb_path_query_array(answers, '$[*][1]')::text, 'ёЁ', 'еЕ')))"
)
NAME_WORDS = "to_tsvector('simple'::regconfig, translate(name, 'ёЁ', 'еЕ'))"


def upgrade() -> None:
    op.create_index('ix_messages_words', 'messages', [sa.text(MESSAGE_WORDS)], unique=False,
                    postgresql_using='gin', postgresql_where=sa.text("by <> 'system'"),
                    postgresql_with={'fastupdate': 'off'})
    op.create_index('ix_tickets_words', 'tickets', [sa.text(TICKET_WORDS)], unique=False,
                    postgresql_using='gin', postgresql_with={'fastupdate': 'off'})
    op.create_index('ix_residents_name', 'residents', [sa.text(NAME_WORDS)], unique=False,
                    postgresql_using='gin', postgresql_where=sa.text('name IS NOT NULL'))
    op.create_index('ix_residents_phone_end', 'residents',
                    [sa.literal_column('reverse(phone)').label('phone_end')], unique=False,
                    postgresql_ops={'phone_end': 'text_pattern_ops'})
    op.create_index('ix_threads_state_last_at', 'threads', ['state', sa.literal_column('last_at DESC')], unique=False)
    op.create_index('ix_threads_home_id', 'threads', ['home_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_threads_home_id', table_name='threads')
    op.drop_index('ix_threads_state_last_at', table_name='threads')
    op.drop_index('ix_residents_phone_end', table_name='residents')
    op.drop_index('ix_residents_name', table_name='residents', postgresql_using='gin', postgresql_where=sa.text('name IS NOT NULL'))
    op.drop_index('ix_tickets_words', table_name='tickets', postgresql_using='gin')
    op.drop_index('ix_messages_words', table_name='messages', postgresql_using='gin', postgresql_where=sa.text("by <> 'system'"))
