"""accounts, their balances by month, and imports"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0100'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('imports',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('month', sa.Date(), nullable=True),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('columns', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.Text(), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("kind IN ('accounts', 'debts')", name=op.f('ck_imports_kind')),
    sa.CheckConstraint("state IN ('applied', 'undone')", name=op.f('ck_imports_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imports'))
    )
    op.create_index(op.f('ix_imports_kind_id'), 'imports', ['kind', 'id'], unique=False)
    op.create_table('accounts',
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('house_id', sa.BigInteger(), nullable=True),
    sa.Column('flat_id', sa.BigInteger(), nullable=True),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('area', sa.BigInteger(), nullable=True),
    sa.Column('holder', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('brought_by', sa.BigInteger(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['flat_id'], ['flats.id'], name=op.f('fk_accounts_flat_id')),
    sa.ForeignKeyConstraint(['house_id'], ['houses.id'], name=op.f('fk_accounts_house_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('number', name=op.f('uq_accounts_number'))
    )
    op.create_index(op.f('ix_accounts_flat_id'), 'accounts', ['flat_id'], unique=False)
    op.create_index(op.f('ix_accounts_house_id'), 'accounts', ['house_id'], unique=False)
    op.create_table('balances',
    sa.Column('account_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('billed', sa.BigInteger(), nullable=True),
    sa.Column('paid', sa.BigInteger(), nullable=True),
    sa.Column('debt', sa.BigInteger(), nullable=False),
    sa.Column('overdue', sa.BigInteger(), nullable=True),
    sa.Column('penalties', sa.BigInteger(), nullable=True),
    sa.Column('pay_by', sa.Date(), nullable=True),
    sa.Column('brought_by', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_balances_account_id')),
    sa.PrimaryKeyConstraint('account_id', 'month', name=op.f('pk_balances'))
    )
    op.create_index(op.f('ix_balances_month'), 'balances', ['month'], unique=False)
    op.create_table('import_changes',
    sa.Column('import_id', sa.BigInteger(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.Date(), nullable=True),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_import_changes_import_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_changes'))
    )
    op.create_index(op.f('ix_import_changes_import_id'), 'import_changes', ['import_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_import_changes_import_id'), table_name='import_changes')
    op.drop_table('import_changes')
    op.drop_index(op.f('ix_balances_month'), table_name='balances')
    op.drop_table('balances')
    op.drop_index(op.f('ix_accounts_house_id'), table_name='accounts')
    op.drop_index(op.f('ix_accounts_flat_id'), table_name='accounts')
    op.drop_table('accounts')
    op.drop_index(op.f('ix_imports_kind_id'), table_name='imports')
    op.drop_table('imports')
