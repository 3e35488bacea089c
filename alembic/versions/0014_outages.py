"""outages"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('outages',
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), server_default='', nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('planned', sa.Boolean(), nullable=False),
    sa.Column('loud', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.Text(), server_default='draft', nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('room_id', sa.BigInteger(), nullable=False),
    sa.Column('way', sa.Text(), nullable=False),
    sa.Column('form', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('announce_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('remind_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('doubted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("what IN ('cold_water', 'hot_water', 'heating', 'electricity', 'elevator', 'gas', 'intercom', 'other')", name=op.f('ck_outages_what')),
    sa.CheckConstraint("state IN ('draft', 'scheduled', 'announced', 'restored', 'cancelled')", name=op.f('ck_outages_state')),
    sa.CheckConstraint("way IN ('room', 'private', 'desk')", name=op.f('ck_outages_way')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_outages_member_id')),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_outages_room_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outages'))
    )
    op.create_index('ix_outages_now', 'outages', ['state'], unique=False, postgresql_where=sa.text("state IN ('scheduled', 'announced')"))
    op.create_table('notices',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('outage_id', sa.BigInteger(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('people', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('flats', sa.Integer(), nullable=False),
    sa.Column('flats_reached', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("kind IN ('announced', 'reminder', 'prolonged', 'restored', 'cancelled')", name=op.f('ck_notices_kind')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_notices_member_id')),
    sa.ForeignKeyConstraint(['outage_id'], ['outages.id'], name=op.f('fk_notices_outage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices'))
    )
    op.create_index(op.f('ix_notices_outage_id'), 'notices', ['outage_id'], unique=False)
    op.create_table('outage_answers',
    sa.Column('outage_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('resident_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("answer IN ('mine_too', 'back', 'still_none')", name=op.f('ck_outage_answers_answer')),
    sa.ForeignKeyConstraint(['outage_id'], ['outages.id'], name=op.f('fk_outage_answers_outage_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_outage_answers_resident_id')),
    sa.PrimaryKeyConstraint('outage_id', 'resident_id', name=op.f('pk_outage_answers'))
    )
    op.create_table('outage_places',
    sa.Column('outage_id', sa.BigInteger(), nullable=False),
    sa.Column('house_id', sa.BigInteger(), nullable=False),
    sa.Column('entrance_id', sa.BigInteger(), nullable=True),
    sa.Column('riser', sa.Text(), nullable=True),
    sa.Column('floor_from', sa.Integer(), nullable=True),
    sa.Column('floor_to', sa.Integer(), nullable=True),
    sa.Column('flat_id', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['entrance_id'], ['entrances.id'], name=op.f('fk_outage_places_entrance_id')),
    sa.ForeignKeyConstraint(['flat_id'], ['flats.id'], name=op.f('fk_outage_places_flat_id')),
    sa.ForeignKeyConstraint(['house_id'], ['houses.id'], name=op.f('fk_outage_places_house_id')),
    sa.ForeignKeyConstraint(['outage_id'], ['outages.id'], name=op.f('fk_outage_places_outage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outage_places'))
    )
    op.create_index(op.f('ix_outage_places_house_id'), 'outage_places', ['house_id'], unique=False)
    op.create_index(op.f('ix_outage_places_outage_id'), 'outage_places', ['outage_id'], unique=False)
    op.add_column('outbox', sa.Column('notice_id', sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f('fk_outbox_notice_id'), 'outbox', 'notices', ['notice_id'], ['id'])
    op.create_index('ix_outbox_notice_id', 'outbox', ['notice_id'], unique=False, postgresql_where=sa.text('notice_id IS NOT NULL'))


def downgrade() -> None:
    op.drop_column('outbox', 'notice_id')
    op.drop_table('outage_places')
    op.drop_table('outage_answers')
    op.drop_table('notices')
    op.drop_table('outages')
