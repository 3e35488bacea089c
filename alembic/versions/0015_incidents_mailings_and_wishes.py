"""incidents mailings and wishes"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mailings',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('photos', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('audience', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('open_to', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('state', sa.Text(), server_default='draft', nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('room_id', sa.BigInteger(), nullable=False),
    sa.Column('way', sa.Text(), nullable=False),
    sa.Column('form', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('start_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('progress_row', sa.BigInteger(), nullable=True),
    sa.Column('shown_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("kind IN ('news', 'important', 'offer')", name=op.f('ck_mailings_kind')),
    sa.CheckConstraint("state IN ('draft', 'scheduled', 'running', 'paused', 'stopped', 'done', 'dropped')", name=op.f('ck_mailings_state')),
    sa.CheckConstraint("way IN ('room', 'private', 'desk')", name=op.f('ck_mailings_way')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_mailings_member_id')),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_mailings_room_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mailings'))
    )
    op.create_index('ix_mailings_key', 'mailings', ['key'], unique=False)
    op.create_index('ix_mailings_now', 'mailings', ['state'], unique=False, postgresql_where=sa.text("state IN ('scheduled', 'running', 'paused')"))
    op.create_table('wishes',
    sa.Column('resident_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('wanted', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('news', 'reminders', 'offers')", name=op.f('ck_wishes_kind')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_wishes_resident_id')),
    sa.PrimaryKeyConstraint('resident_id', 'kind', name=op.f('pk_wishes'))
    )
    op.create_table('incidents',
    sa.Column('house_id', sa.BigInteger(), nullable=False),
    sa.Column('room_id', sa.BigInteger(), nullable=False),
    sa.Column('surge_id', sa.BigInteger(), nullable=True),
    sa.Column('outage_id', sa.BigInteger(), nullable=True),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('emergency', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('state', sa.Text(), server_default='offered', nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('message_id', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.Text(), server_default='', nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("state IN ('offered', 'open', 'closed', 'declined')", name=op.f('ck_incidents_state')),
    sa.ForeignKeyConstraint(['house_id'], ['houses.id'], name=op.f('fk_incidents_house_id')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_incidents_member_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_incidents_message_id')),
    sa.ForeignKeyConstraint(['outage_id'], ['outages.id'], name=op.f('fk_incidents_outage_id')),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_incidents_room_id')),
    sa.ForeignKeyConstraint(['surge_id'], ['surges.id'], name=op.f('fk_incidents_surge_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incidents'))
    )
    op.create_index(op.f('ix_incidents_message_id'), 'incidents', ['message_id'], unique=False)
    op.create_index('ix_incidents_now', 'incidents', ['house_id', 'category'], unique=False, postgresql_where=sa.text("state IN ('offered', 'open')"))
    op.create_index(op.f('ix_incidents_outage_id'), 'incidents', ['outage_id'], unique=False)
    op.create_index(op.f('ix_incidents_surge_id'), 'incidents', ['surge_id'], unique=False)
    op.add_column('contacts', sa.Column('came_by', sa.Text(), server_default='', nullable=False))
    op.add_column('houses', sa.Column('timezone', sa.Text(), server_default='', nullable=False))
    op.add_column('notices', sa.Column('mailing_id', sa.BigInteger(), nullable=True))
    op.add_column('notices', sa.Column('incident_id', sa.BigInteger(), nullable=True))
    op.add_column('notices', sa.Column('state', sa.Text(), server_default='going', nullable=False))
    op.add_column('notices', sa.Column('guard', sa.Text(), server_default='', nullable=False))
    op.add_column('notices', sa.Column('quiet', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('notices', sa.Column('zone', sa.Text(), server_default='', nullable=False))
    op.add_column('notices', sa.Column('urgent', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('notices', sa.Column('priority', sa.Integer(), server_default='4', nullable=False))
    op.create_index('ix_notices_going', 'notices', ['priority', 'id'], unique=False, postgresql_where=sa.text("state = 'going'"))
    op.create_index(op.f('ix_notices_incident_id'), 'notices', ['incident_id'], unique=False)
    op.create_index(op.f('ix_notices_mailing_id'), 'notices', ['mailing_id'], unique=False)
    op.create_foreign_key(op.f('fk_notices_mailing_id'), 'notices', 'mailings', ['mailing_id'], ['id'])
    op.create_foreign_key(op.f('fk_notices_incident_id'), 'notices', 'incidents', ['incident_id'], ['id'])
    op.add_column('outbox', sa.Column('moved', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('outbox', sa.Column('replaces_row', sa.BigInteger(), nullable=True))
    op.create_index('ix_outbox_contact_id', 'outbox', ['contact_id'], unique=False, postgresql_where=sa.text('contact_id IS NOT NULL'))
    op.create_index('ix_outbox_parked', 'outbox', ['notice_id', 'channel', 'not_before', 'id'], unique=False, postgresql_where=sa.text("state = 'parked'"))
    op.add_column('tickets', sa.Column('incident_id', sa.BigInteger(), nullable=True))
    op.create_index(op.f('ix_tickets_incident_id'), 'tickets', ['incident_id'], unique=False)
    op.create_foreign_key(op.f('fk_tickets_incident_id'), 'tickets', 'incidents', ['incident_id'], ['id'])
    op.drop_constraint(op.f('ck_notices_kind'), 'notices', type_='check')
    op.create_check_constraint(op.f('ck_notices_kind'), 'notices', "kind IN ('announced', 'reminder', 'prolonged', 'restored', 'cancelled', 'mailing', 'incident')")
    op.create_check_constraint(op.f('ck_notices_state'), 'notices', "state IN ('going', 'held', 'stopped', 'done')")
    op.drop_constraint(op.f('ck_outbox_state'), 'outbox', type_='check')
    op.create_check_constraint(op.f('ck_outbox_state'), 'outbox', "state IN ('parked', 'waiting', 'sending', 'sent', 'refused', 'unknown', 'dropped')")
    # None of the notices before this revision has parked rows: theirs wait as they did.
    op.execute("UPDATE notices SET state = 'done'")


def downgrade() -> None:
    # Whatever waits leaves at once there: nothing held or stopped, and nothing it knows no way for.
    op.execute("UPDATE outbox o SET state = 'dropped', settled_at = now() FROM notices n WHERE n.id = o.notice_id AND o.state = 'parked' AND (n.state IN ('held', 'stopped') OR n.kind IN ('mailing', 'incident') OR o.contact_id IS NULL)")
    op.execute("UPDATE outbox SET state = 'waiting' WHERE state = 'parked'")
    op.drop_constraint(op.f('ck_outbox_state'), 'outbox', type_='check')
    op.create_check_constraint(op.f('ck_outbox_state'), 'outbox', "state IN ('waiting', 'sending', 'sent', 'refused', 'unknown', 'dropped')")
    op.execute("UPDATE outbox SET notice_id = NULL FROM notices n WHERE n.id = outbox.notice_id AND n.kind IN ('mailing', 'incident')")
    op.execute("DELETE FROM notices WHERE kind IN ('mailing', 'incident')")
    op.drop_constraint(op.f('ck_notices_state'), 'notices', type_='check')
    op.drop_constraint(op.f('ck_notices_kind'), 'notices', type_='check')
    op.create_check_constraint(op.f('ck_notices_kind'), 'notices', "kind IN ('announced', 'reminder', 'prolonged', 'restored', 'cancelled')")
    op.drop_constraint(op.f('fk_tickets_incident_id'), 'tickets', type_='foreignkey')
    op.drop_index(op.f('ix_tickets_incident_id'), table_name='tickets')
    op.drop_column('tickets', 'incident_id')
    op.drop_index('ix_outbox_parked', table_name='outbox', postgresql_where=sa.text("state = 'parked'"))
    op.drop_index('ix_outbox_contact_id', table_name='outbox', postgresql_where=sa.text('contact_id IS NOT NULL'))
    op.drop_column('outbox', 'replaces_row')
    op.drop_column('outbox', 'moved')
    op.drop_constraint(op.f('fk_notices_incident_id'), 'notices', type_='foreignkey')
    op.drop_constraint(op.f('fk_notices_mailing_id'), 'notices', type_='foreignkey')
    op.drop_index(op.f('ix_notices_mailing_id'), table_name='notices')
    op.drop_index(op.f('ix_notices_incident_id'), table_name='notices')
    op.drop_index('ix_notices_going', table_name='notices', postgresql_where=sa.text("state = 'going'"))
    op.drop_column('notices', 'priority')
    op.drop_column('notices', 'urgent')
    op.drop_column('notices', 'zone')
    op.drop_column('notices', 'quiet')
    op.drop_column('notices', 'guard')
    op.drop_column('notices', 'state')
    op.drop_column('notices', 'incident_id')
    op.drop_column('notices', 'mailing_id')
    op.drop_column('houses', 'timezone')
    op.drop_column('contacts', 'came_by')
    op.drop_index(op.f('ix_incidents_surge_id'), table_name='incidents')
    op.drop_index(op.f('ix_incidents_outage_id'), table_name='incidents')
    op.drop_index('ix_incidents_now', table_name='incidents', postgresql_where=sa.text("state IN ('offered', 'open')"))
    op.drop_index(op.f('ix_incidents_message_id'), table_name='incidents')
    op.drop_table('incidents')
    op.drop_table('wishes')
    op.drop_index('ix_mailings_now', table_name='mailings', postgresql_where=sa.text("state IN ('scheduled', 'running', 'paused')"))
    op.drop_index('ix_mailings_key', table_name='mailings')
    op.drop_table('mailings')
