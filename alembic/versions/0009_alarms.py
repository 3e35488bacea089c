"""alarms"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alarms',
    sa.Column('thread_id', sa.BigInteger(), nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('house_id', sa.BigInteger(), nullable=True),
    sa.Column('exact', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('anonymous', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('step', sa.Integer(), server_default='0', nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('called', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('outcome', sa.Text(), server_default='', nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("outcome IN ('', 'accepted', 'false', 'closed', 'heard')", name=op.f('ck_alarms_outcome')),
    sa.ForeignKeyConstraint(['house_id'], ['houses.id'], name=op.f('fk_alarms_house_id')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_alarms_member_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_alarms_message_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_alarms_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alarms')),
    sa.UniqueConstraint('thread_id', name=op.f('uq_alarms_thread_id'))
    )
    op.create_index(op.f('ix_alarms_message_id'), 'alarms', ['message_id'], unique=False)
    op.create_index('ix_alarms_next_at', 'alarms', ['next_at'], unique=False, postgresql_where=sa.text('next_at IS NOT NULL'))
    op.create_index('ix_alarms_to_erase', 'alarms', ['raised_at'], unique=False, postgresql_where=sa.text('anonymous AND erased_at IS NULL'))
    op.create_index('ix_alarms_untold', 'alarms', ['settled_at'], unique=False, postgresql_where=sa.text("outcome = 'accepted' AND told_at IS NULL"))


def downgrade() -> None:
    op.drop_table('alarms')
