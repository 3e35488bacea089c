"""the queue by thread"""

from alembic import op
import sqlalchemy as sa

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_outbox_thread_id', 'outbox', ['thread_id'], unique=False, postgresql_where=sa.text('thread_id IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_outbox_thread_id', table_name='outbox')
