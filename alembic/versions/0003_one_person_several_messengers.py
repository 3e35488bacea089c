"""one person several messengers"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('link_codes',
    sa.Column('contact_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('code_sha256', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_link_codes_contact_id')),
    sa.PrimaryKeyConstraint('contact_id', name=op.f('pk_link_codes')),
    sa.UniqueConstraint('code_sha256', name=op.f('uq_link_codes_code_sha256'))
    )
    op.create_table('links',
    sa.Column('contact_id', sa.BigInteger(), nullable=False),
    sa.Column('given_by', sa.BigInteger(), nullable=False),
    sa.Column('from_resident_id', sa.BigInteger(), nullable=False),
    sa.Column('to_resident_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('moved', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_links_contact_id')),
    sa.ForeignKeyConstraint(['from_resident_id'], ['residents.id'], name=op.f('fk_links_from_resident_id')),
    sa.ForeignKeyConstraint(['given_by'], ['contacts.id'], name=op.f('fk_links_given_by')),
    sa.ForeignKeyConstraint(['to_resident_id'], ['residents.id'], name=op.f('fk_links_to_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_links'))
    )
    op.create_index('ix_links_to_resident_id_now', 'links', ['to_resident_id'], unique=False, postgresql_where=sa.text('undone_at IS NULL'))
    op.create_index('uq_links_contact_id_now', 'links', ['contact_id'], unique=True, postgresql_where=sa.text('undone_at IS NULL'))


def downgrade() -> None:
    # Whoever is linked stays so: without the link there is nothing left to undo it by.
    op.drop_index('uq_links_contact_id_now', table_name='links', postgresql_where=sa.text('undone_at IS NULL'))
    op.drop_index('ix_links_to_resident_id_now', table_name='links', postgresql_where=sa.text('undone_at IS NULL'))
    op.drop_table('links')
    op.drop_table('link_codes')
