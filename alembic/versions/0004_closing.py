"""closing"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('ratings',
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('stars', sa.Integer(), nullable=False),
    sa.Column('comment', sa.Text(), server_default='', nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint('stars BETWEEN 1 AND 5', name=op.f('ck_ratings_stars')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ratings_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ratings'))
    )
    op.create_index(op.f('ix_ratings_ticket_id'), 'ratings', ['ticket_id'], unique=False)
    op.create_table('bans',
    sa.Column('resident_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_by', sa.BigInteger(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['lifted_by'], ['members.id'], name=op.f('fk_bans_lifted_by')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_bans_member_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_bans_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bans'))
    )
    op.create_index('ix_bans_resident_id_now', 'bans', ['resident_id'], unique=False, postgresql_where=sa.text('lifted_at IS NULL'))
    op.create_table('paces',
    sa.Column('resident_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('heard', postgresql.ARRAY(sa.DateTime(timezone=True)), nullable=False),
    sa.Column('folding_since', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_paces_resident_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('resident_id', name=op.f('pk_paces'))
    )
    op.add_column('threads', sa.Column('continues_id', sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f('fk_threads_continues_id'), 'threads', 'threads', ['continues_id'], ['id'])
    op.create_index(op.f('ix_threads_continues_id'), 'threads', ['continues_id'], unique=False)
    op.add_column('tickets', sa.Column('waiting_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('tickets', sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('tickets', sa.Column('rating', sa.Integer(), nullable=True))
    op.add_column('tickets', sa.Column('closed_for_good_at', sa.DateTime(timezone=True), nullable=True))
    # Whoever is waited for already is waited for since the journal says so.
    op.execute(sa.text("""
        UPDATE tickets SET waiting_since = coalesce(
            (SELECT max(e.at) FROM ticket_events e
             WHERE e.ticket_id = tickets.id AND e.after = 'waiting'), created_at)
        WHERE status = 'waiting'
    """))
    op.create_index('ix_tickets_silent', 'tickets', ['waiting_since'], unique=False, postgresql_where=sa.text("status = 'waiting' AND asked_at IS NULL"))
    op.create_index('ix_tickets_unrated', 'tickets', ['closed_at'], unique=False, postgresql_where=sa.text("status = 'done' AND rating IS NULL AND closed_for_good_at IS NULL"))


def downgrade() -> None:
    op.drop_index('ix_tickets_unrated', table_name='tickets', postgresql_where=sa.text("status = 'done' AND rating IS NULL AND closed_for_good_at IS NULL"))
    op.drop_index('ix_tickets_silent', table_name='tickets', postgresql_where=sa.text("status = 'waiting' AND asked_at IS NULL"))
    op.drop_column('tickets', 'closed_for_good_at')
    op.drop_column('tickets', 'rating')
    op.drop_column('tickets', 'asked_at')
    op.drop_column('tickets', 'waiting_since')
    op.drop_index(op.f('ix_threads_continues_id'), table_name='threads')
    op.drop_constraint(op.f('fk_threads_continues_id'), 'threads', type_='foreignkey')
    op.drop_column('threads', 'continues_id')
    op.drop_table('paces')
    op.drop_index('ix_bans_resident_id_now', table_name='bans', postgresql_where=sa.text('lifted_at IS NULL'))
    op.drop_table('bans')
    op.drop_index(op.f('ix_ratings_ticket_id'), table_name='ratings')
    op.drop_table('ratings')
