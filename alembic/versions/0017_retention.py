"""retention

What became of a notice, once its rows are gone; indexes for what a deleted message was named by."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('notices', sa.Column('result', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True))
    op.create_index('ix_outbox_reply_to_message', 'outbox', ['reply_to_message'], unique=False, postgresql_where=sa.text('reply_to_message IS NOT NULL'))
    op.create_index('ix_outbox_replaces_message', 'outbox', ['replaces_message'], unique=False, postgresql_where=sa.text('replaces_message IS NOT NULL'))
    op.create_index('ix_messages_reply_to', 'messages', ['reply_to'], unique=False, postgresql_where=sa.text('reply_to IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_messages_reply_to', table_name='messages', postgresql_where=sa.text('reply_to IS NOT NULL'))
    op.drop_index('ix_outbox_replaces_message', table_name='outbox', postgresql_where=sa.text('replaces_message IS NOT NULL'))
    op.drop_index('ix_outbox_reply_to_message', table_name='outbox', postgresql_where=sa.text('reply_to_message IS NOT NULL'))
    op.drop_column('notices', 'result')
