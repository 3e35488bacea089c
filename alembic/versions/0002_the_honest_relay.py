"""the honest relay"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


UNSEEN = "message_id IS NOT NULL AND delivered_at IS NULL"


def upgrade() -> None:
    op.drop_index('ix_outbox_unseen', table_name='outbox')
    op.create_index('ix_outbox_unseen', 'outbox', ['chat'], unique=False, postgresql_where=sa.text(f"channel IN ('web', 'vk') AND {UNSEEN}"))
    op.add_column('outbox', sa.Column('also', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column('outbox', sa.Column('withdraws', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('outbox', sa.Column('reason', sa.Text(), server_default='', nullable=False))
    op.drop_constraint('pk_message_copies', 'message_copies', type_='primary')
    op.create_primary_key('pk_message_copies', 'message_copies', ['channel', 'chat', 'external_id', 'message_id'])
    op.add_column('topics', sa.Column('recap_due', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('rooms', sa.Column('trouble', sa.Text(), server_default='', nullable=False))
    op.add_column('rooms', sa.Column('trouble_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('rooms', sa.Column('trouble_why', sa.Text(), nullable=True))
    op.add_column('messages', sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True))
    op.create_table('surges',
    sa.Column('room_id', sa.BigInteger(), nullable=False),
    sa.Column('house_id', sa.BigInteger(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['house_id'], ['houses.id'], name=op.f('fk_surges_house_id_houses')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_surges_message_id_messages')),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_surges_room_id_rooms')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_surges'))
    )
    op.create_index('ix_surges_house_id_category', 'surges', ['house_id', 'category', 'last_at'], unique=False)
    op.create_index(op.f('ix_surges_message_id'), 'surges', ['message_id'], unique=False)
    op.create_table('surge_threads',
    sa.Column('thread_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('surge_id', sa.BigInteger(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['surge_id'], ['surges.id'], name=op.f('fk_surge_threads_surge_id_surges')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_surge_threads_thread_id_threads')),
    sa.PrimaryKeyConstraint('thread_id', name=op.f('pk_surge_threads'))
    )
    op.create_index(op.f('ix_surge_threads_surge_id'), 'surge_threads', ['surge_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_outbox_unseen', table_name='outbox')
    op.create_index('ix_outbox_unseen', 'outbox', ['chat'], unique=False, postgresql_where=sa.text(f"channel = 'web' AND {UNSEEN}"))
    # To an older program a row that takes something back would be an edit to nothing.
    op.execute("UPDATE outbox SET state = 'dropped' WHERE withdraws AND state = 'waiting'")
    op.drop_table('surge_threads')
    op.drop_table('surges')
    op.drop_column('messages', 'withdrawn_at')
    op.drop_column('rooms', 'trouble_why')
    op.drop_column('rooms', 'trouble_since')
    op.drop_column('rooms', 'trouble')
    op.drop_column('topics', 'recap_due')
    # One post was one message then: the first of those folded into it stays.
    op.execute("""
        DELETE FROM message_copies c USING message_copies first
        WHERE c.channel = first.channel AND c.chat = first.chat
          AND c.external_id = first.external_id AND c.message_id > first.message_id
    """)
    op.drop_constraint('pk_message_copies', 'message_copies', type_='primary')
    op.create_primary_key('pk_message_copies', 'message_copies', ['channel', 'chat', 'external_id'])
    op.drop_column('outbox', 'reason')
    op.drop_column('outbox', 'withdraws')
    op.drop_column('outbox', 'also')
