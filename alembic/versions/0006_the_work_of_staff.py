"""the work of staff"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('canned_answers',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_answers')),
    sa.UniqueConstraint('key', name=op.f('uq_canned_answers_key'))
    )
    op.create_table('organisations',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisations')),
    sa.UniqueConstraint('key', name=op.f('uq_organisations_key'))
    )
    op.create_table('said_once',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_said_once'))
    )
    op.create_table('dealt',
    sa.Column('room_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('member_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_dealt_member_id')),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_dealt_room_id')),
    sa.PrimaryKeyConstraint('room_id', 'member_id', name=op.f('pk_dealt'))
    )
    op.create_table('answer_alls',
    sa.Column('room_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('attachments', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('chosen', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('threads', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_answer_alls_member_id')),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_answer_alls_room_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_alls'))
    )
    op.create_table('shifts',
    sa.Column('room_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handed_to', sa.BigInteger(), nullable=True),
    sa.Column('summary', sa.Text(), server_default='', nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['handed_to'], ['members.id'], name=op.f('fk_shifts_handed_to')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_shifts_member_id')),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_shifts_room_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shifts'))
    )
    op.create_index('ix_shifts_now', 'shifts', ['room_id', 'role'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('uq_shifts_member_now', 'shifts', ['room_id', 'member_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('elders',
    sa.Column('resident_id', sa.BigInteger(), nullable=False),
    sa.Column('house_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['house_id'], ['houses.id'], name=op.f('fk_elders_house_id')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_elders_member_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_elders_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_elders'))
    )
    op.create_index('ix_elders_house_id', 'elders', ['house_id'], unique=False, postgresql_where=sa.text('until IS NULL'))
    op.create_index('uq_elders_now', 'elders', ['resident_id', 'house_id'], unique=True, postgresql_where=sa.text('until IS NULL'))
    op.create_table('promises',
    sa.Column('thread_id', sa.BigInteger(), nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('warned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), server_default='', nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("outcome IN ('', 'kept', 'missed', 'withdrawn')", name=op.f('ck_promises_outcome')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_promises_member_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_promises_message_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_promises_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promises'))
    )
    op.create_index(op.f('ix_promises_message_id'), 'promises', ['message_id'], unique=False)
    op.create_index(op.f('ix_promises_thread_id'), 'promises', ['thread_id'], unique=False)
    op.create_index('ix_promises_until', 'promises', ['until'], unique=False, postgresql_where=sa.text('settled_at IS NULL'))
    op.create_table('visits',
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('begins_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("state IN ('proposed', 'agreed', 'declined', 'nobody_home', 'done', 'replaced')", name=op.f('ck_visits_state')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_visits_member_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_visits_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visits'))
    )
    op.create_index('ix_visits_begins_at', 'visits', ['begins_at'], unique=False, postgresql_where=sa.text("state = 'agreed'"))
    op.create_index(op.f('ix_visits_ticket_id'), 'visits', ['ticket_id'], unique=False)
    op.create_table('calls',
    sa.Column('thread_id', sa.BigInteger(), nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_calls_member_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_calls_message_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_calls_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calls'))
    )
    op.create_index(op.f('ix_calls_message_id'), 'calls', ['message_id'], unique=False)
    op.create_index(op.f('ix_calls_thread_id'), 'calls', ['thread_id'], unique=False)
    op.create_index('uq_calls_now', 'calls', ['thread_id'], unique=True, postgresql_where=sa.text('settled_at IS NULL'))
    op.create_table('drafts',
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('key', sa.Text(), nullable=True),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ticket_id', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_drafts_member_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_drafts_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drafts')),
    sa.UniqueConstraint('member_id', 'key', name=op.f('uq_drafts_member_id_key'))
    )
    op.add_column('members', sa.Column('trainee', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('messages', sa.Column('held_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('messages', sa.Column('released_by', sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f('fk_messages_released_by'), 'messages', 'members', ['released_by'], ['id'])
    op.add_column('outbox', sa.Column('renames', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('rooms', sa.Column('rules', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('threads', sa.Column('taken_by', sa.BigInteger(), nullable=True))
    op.add_column('threads', sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('threads', sa.Column('waits_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('threads', sa.Column('answer_warn_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('threads', sa.Column('answer_due_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('threads', sa.Column('answer_warned', sa.Integer(), server_default='0', nullable=False))
    op.add_column('threads', sa.Column('quiet', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_index('ix_threads_taken_by', 'threads', ['taken_by'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_threads_waiting', 'threads', ['answer_due_at'], unique=False, postgresql_where=sa.text("waits_since IS NOT NULL"))
    op.create_foreign_key(op.f('fk_threads_taken_by'), 'threads', 'members', ['taken_by'], ['id'])
    op.add_column('tickets', sa.Column('filed_by', sa.BigInteger(), nullable=True))
    op.add_column('tickets', sa.Column('executor_id', sa.BigInteger(), nullable=True))
    op.add_column('tickets', sa.Column('source_link', sa.Text(), server_default='', nullable=False))
    op.add_column('tickets', sa.Column('declined_why', sa.Text(), server_default='', nullable=False))
    op.add_column('tickets', sa.Column('news_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('tickets', sa.Column('organisation', sa.Text(), server_default='', nullable=False))
    op.add_column('tickets', sa.Column('remind_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('tickets', sa.Column('warn_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('tickets', sa.Column('due_warned', sa.Integer(), server_default='0', nullable=False))
    op.create_index('ix_tickets_due', 'tickets', ['warn_at'], unique=False, postgresql_where=sa.text('closed_at IS NULL'))
    op.create_index('ix_tickets_executor_id', 'tickets', ['executor_id'], unique=False, postgresql_where=sa.text('closed_at IS NULL'))
    op.create_index('ix_tickets_house_id_created_at', 'tickets', ['house_id', 'created_at'], unique=False)
    op.create_index('ix_tickets_remind_at', 'tickets', ['remind_at'], unique=False, postgresql_where=sa.text('closed_at IS NULL'))
    op.create_foreign_key(op.f('fk_tickets_filed_by'), 'tickets', 'members', ['filed_by'], ['id'])
    op.create_foreign_key(op.f('fk_tickets_executor_id'), 'tickets', 'members', ['executor_id'], ['id'])
    # What is late already, or waits already, is not told of once more.
    op.execute(sa.text("""
        UPDATE tickets SET warn_at = created_at + (due_at - created_at) * 0.8,
            due_warned = CASE WHEN due_at < now() THEN 100 ELSE 0 END
        WHERE closed_at IS NULL
    """))
    op.execute(sa.text("""
        UPDATE threads SET waits_since = last_at, answer_warn_at = last_at, answer_due_at = last_at,
            answer_warned = 100
        WHERE state = 'open' AND last_by = 'resident'
    """))


def downgrade() -> None:
    # The program before knows neither: it would post a name as empty words, and show the resident
    # an answer that nobody has let go.
    op.execute(sa.text("""
        UPDATE outbox SET state = 'dropped', settled_at = now() WHERE renames AND state = 'waiting'
    """))
    op.execute(sa.text("""
        UPDATE messages SET by = 'note' WHERE held_at IS NOT NULL AND released_by IS NULL
    """))
    op.drop_constraint(op.f('fk_tickets_executor_id'), 'tickets', type_='foreignkey')
    op.drop_constraint(op.f('fk_tickets_filed_by'), 'tickets', type_='foreignkey')
    op.drop_index('ix_tickets_remind_at', table_name='tickets', postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_index('ix_tickets_house_id_created_at', table_name='tickets')
    op.drop_index('ix_tickets_executor_id', table_name='tickets', postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_index('ix_tickets_due', table_name='tickets', postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_column('tickets', 'due_warned')
    op.drop_column('tickets', 'warn_at')
    op.drop_column('tickets', 'remind_at')
    op.drop_column('tickets', 'organisation')
    op.drop_column('tickets', 'news_at')
    op.drop_column('tickets', 'declined_why')
    op.drop_column('tickets', 'source_link')
    op.drop_column('tickets', 'executor_id')
    op.drop_column('tickets', 'filed_by')
    op.drop_constraint(op.f('fk_threads_taken_by'), 'threads', type_='foreignkey')
    op.drop_index('ix_threads_waiting', table_name='threads', postgresql_where=sa.text("waits_since IS NOT NULL"))
    op.drop_index('ix_threads_taken_by', table_name='threads', postgresql_where=sa.text("state = 'open'"))
    op.drop_column('threads', 'quiet')
    op.drop_column('threads', 'answer_warned')
    op.drop_column('threads', 'answer_due_at')
    op.drop_column('threads', 'answer_warn_at')
    op.drop_column('threads', 'waits_since')
    op.drop_column('threads', 'taken_at')
    op.drop_column('threads', 'taken_by')
    op.drop_column('rooms', 'rules')
    op.drop_column('outbox', 'renames')
    op.drop_constraint(op.f('fk_messages_released_by'), 'messages', type_='foreignkey')
    op.drop_column('messages', 'released_by')
    op.drop_column('messages', 'held_at')
    op.drop_column('members', 'trainee')
    op.drop_table('drafts')
    op.drop_index('uq_calls_now', table_name='calls', postgresql_where=sa.text('settled_at IS NULL'))
    op.drop_index(op.f('ix_calls_thread_id'), table_name='calls')
    op.drop_index(op.f('ix_calls_message_id'), table_name='calls')
    op.drop_table('calls')
    op.drop_index(op.f('ix_visits_ticket_id'), table_name='visits')
    op.drop_index('ix_visits_begins_at', table_name='visits', postgresql_where=sa.text("state = 'agreed'"))
    op.drop_table('visits')
    op.drop_index('ix_promises_until', table_name='promises', postgresql_where=sa.text('settled_at IS NULL'))
    op.drop_index(op.f('ix_promises_thread_id'), table_name='promises')
    op.drop_index(op.f('ix_promises_message_id'), table_name='promises')
    op.drop_table('promises')
    op.drop_index('uq_elders_now', table_name='elders', postgresql_where=sa.text('until IS NULL'))
    op.drop_index('ix_elders_house_id', table_name='elders', postgresql_where=sa.text('until IS NULL'))
    op.drop_table('elders')
    op.drop_index('uq_shifts_member_now', table_name='shifts', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index('ix_shifts_now', table_name='shifts', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('shifts')
    op.drop_table('answer_alls')
    op.drop_table('dealt')
    op.drop_table('said_once')
    op.drop_table('organisations')
    op.drop_table('canned_answers')
