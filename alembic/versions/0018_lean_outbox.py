"""indexes of the outbox without what they are not for"""

from alembic import op
import sqlalchemy as sa

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_outbox_message_id', table_name='outbox')
    op.create_index('ix_outbox_message_id', 'outbox', ['message_id'], unique=False, postgresql_where=sa.text('message_id IS NOT NULL'))
    op.drop_index('ix_outbox_settled_at', table_name='outbox')
    op.create_index('ix_outbox_settled_at', 'outbox', ['settled_at'], unique=False, postgresql_where=sa.text('settled_at IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_outbox_settled_at', table_name='outbox')
    op.create_index('ix_outbox_settled_at', 'outbox', ['settled_at'], unique=False)
    op.drop_index('ix_outbox_message_id', table_name='outbox')
    op.create_index('ix_outbox_message_id', 'outbox', ['message_id'], unique=False)
