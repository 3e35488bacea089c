"""suggestions: drafts of an outside machine, for staff"""

from alembic import op
import sqlalchemy as sa

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('suggestions',
    sa.Column('thread_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('text', sa.Text(), server_default='', nullable=False),
    sa.Column('note_id', sa.BigInteger(), nullable=True),
    sa.Column('sent_by', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("state IN ('asking', 'shown', 'nothing', 'dropped', 'failed')", name=op.f('ck_suggestions_state')),
    sa.ForeignKeyConstraint(['note_id'], ['messages.id'], name=op.f('fk_suggestions_note_id')),
    sa.ForeignKeyConstraint(['sent_by'], ['members.id'], name=op.f('fk_suggestions_sent_by')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_suggestions_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suggestions')),
    sa.UniqueConstraint('thread_id', name=op.f('uq_suggestions_thread_id'))
    )
    op.create_index('ix_suggestions_asked_at', 'suggestions', ['asked_at'], unique=False)
    op.create_index('ix_suggestions_asking', 'suggestions', ['not_before'], unique=False, postgresql_where=sa.text("state = 'asking'"))
    op.create_index(op.f('ix_suggestions_note_id'), 'suggestions', ['note_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_suggestions_note_id'), table_name='suggestions')
    op.drop_index('ix_suggestions_asking', table_name='suggestions', postgresql_where=sa.text("state = 'asking'"))
    op.drop_index('ix_suggestions_asked_at', table_name='suggestions')
    op.drop_table('suggestions')
