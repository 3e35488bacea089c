"""what is told in the open

What a channel knows of itself, where an outage stands for all to read, a complex's own channel."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('channels', sa.Column('about', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False))
    op.add_column('complexes', sa.Column('telegram_channel', sa.Text(), server_default='', nullable=False))
    op.add_column('outages', sa.Column('open_to', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False))


def downgrade() -> None:
    op.drop_column('outages', 'open_to')
    op.drop_column('complexes', 'telegram_channel')
    op.drop_column('channels', 'about')
