"""accounts, holdings, reminders, meters, erasures"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f('fk_outbox_notice_id'), 'outbox', type_='foreignkey')  # checked row by row
    op.create_table('erasures',
    sa.Column('resident_id', sa.BigInteger(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), server_default='asked', nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('act', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("state IN ('asked', 'withdrawn', 'done')", name=op.f('ck_erasures_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasures'))
    )
    op.create_index(op.f('ix_erasures_resident_id'), 'erasures', ['resident_id'], unique=False)
    op.create_index('uq_erasures_asked', 'erasures', ['resident_id'], unique=True, postgresql_where=sa.text("state = 'asked'"))
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
    sa.CheckConstraint("kind IN ('accounts', 'debts', 'meters', 'bills')", name=op.f('ck_imports_kind')),
    sa.CheckConstraint("state IN ('applied', 'undone')", name=op.f('ck_imports_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imports'))
    )
    op.create_index(op.f('ix_imports_kind_id'), 'imports', ['kind', 'id'], unique=False)
    op.create_table('reading_exports',
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('layout', sa.Text(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reading_exports'))
    )
    op.create_table('import_changes',
    sa.Column('import_id', sa.BigInteger(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.Date(), nullable=True),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_import_changes_import_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_changes'))
    )
    op.create_index(op.f('ix_import_changes_account_id'), 'import_changes', ['account_id'], unique=False)
    op.create_index(op.f('ix_import_changes_import_id'), 'import_changes', ['import_id'], unique=False)
    op.create_index('ix_files_path', 'files', ['path'], unique=False, postgresql_where=sa.text("path <> ''"))
    op.create_index('ix_files_my_data', 'files', ['created_at'], unique=False, postgresql_where=sa.text("owner LIKE 'my data of contact:%'"))
    op.create_table('uploads',
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('way', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('chat', sa.Text(), nullable=False),
    sa.Column('source', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('path', sa.Text(), server_default='', nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), server_default='', nullable=False),
    sa.Column('kind', sa.Text(), server_default='', nullable=False),
    sa.Column('month', sa.Date(), nullable=True),
    sa.Column('columns', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('asks', sa.Text(), server_default='', nullable=False),
    sa.Column('heads', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
    sa.Column('preview', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('sheet', sa.Text(), server_default='', nullable=False),
    sa.Column('state', sa.Text(), server_default='new', nullable=False),
    sa.Column('done', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('progress_row', sa.BigInteger(), nullable=True),
    sa.Column('import_id', sa.BigInteger(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("kind IN ('', 'accounts', 'debts', 'meters', 'bills')", name=op.f('ck_uploads_kind')),
    sa.CheckConstraint("state IN ('new', 'asked', 'shown', 'going', 'applied', 'refused', 'dropped')", name=op.f('ck_uploads_state')),
    sa.CheckConstraint("way IN ('chat', 'desk')", name=op.f('ck_uploads_way')),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_uploads_import_id')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_uploads_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_uploads'))
    )
    op.create_index(op.f('ix_uploads_member_id'), 'uploads', ['member_id'], unique=False)
    op.create_index('ix_uploads_now', 'uploads', ['id'], unique=False, postgresql_where=sa.text("state IN ('new', 'asked', 'shown', 'going')"))
    op.create_table('reminders',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('tone', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('audience', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), server_default='draft', nullable=False),
    sa.Column('repeats', sa.Text(), server_default='', nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('room_id', sa.BigInteger(), nullable=True),
    sa.Column('way', sa.Text(), nullable=False),
    sa.Column('form', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('start_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('progress_row', sa.BigInteger(), nullable=True),
    sa.Column('shown_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("kind IN ('payment', 'debt')", name=op.f('ck_reminders_kind')),
    sa.CheckConstraint("repeats IN ('', 'monthly')", name=op.f('ck_reminders_repeats')),
    sa.CheckConstraint("state IN ('draft', 'scheduled', 'running', 'paused', 'stopped', 'done', 'dropped')", name=op.f('ck_reminders_state')),
    sa.CheckConstraint("tone IN ('kind', 'plain', 'formal')", name=op.f('ck_reminders_tone')),
    sa.CheckConstraint("way IN ('private', 'desk')", name=op.f('ck_reminders_way')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_reminders_member_id')),
    sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name=op.f('fk_reminders_room_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminders'))
    )
    op.create_index('ix_reminders_key', 'reminders', ['key'], unique=False)
    op.create_index('ix_reminders_now', 'reminders', ['state'], unique=False, postgresql_where=sa.text("state IN ('scheduled', 'running', 'paused')"))
    op.create_table('page_links',
    sa.Column('token_sha256', sa.Text(), nullable=False),
    sa.Column('resident_id', sa.BigInteger(), nullable=False),
    sa.Column('contact_id', sa.BigInteger(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('about', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cookie_sha256', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_page_links_contact_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_page_links_resident_id')),
    sa.PrimaryKeyConstraint('token_sha256', name=op.f('pk_page_links')),
    sa.UniqueConstraint('cookie_sha256', name=op.f('uq_page_links_cookie_sha256'))
    )
    op.create_index(op.f('ix_page_links_resident_id'), 'page_links', ['resident_id'], unique=False)
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
    sa.Column('history_from', sa.Date(), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['flat_id'], ['flats.id'], name=op.f('fk_accounts_flat_id')),
    sa.ForeignKeyConstraint(['house_id'], ['houses.id'], name=op.f('fk_accounts_house_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts')),
    sa.UniqueConstraint('number', name=op.f('uq_accounts_number'))
    )
    op.create_index(op.f('ix_accounts_flat_id'), 'accounts', ['flat_id'], unique=False)
    op.create_index(op.f('ix_accounts_house_id'), 'accounts', ['house_id'], unique=False)
    op.create_table('balances',
    sa.Column('account_id', sa.BigInteger(), nullable=False),
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
    op.create_table('bills',
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('file_id', sa.Text(), nullable=False),
    sa.Column('brought_by', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_bills_account_id')),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_bills_file_id')),
    sa.PrimaryKeyConstraint('account_id', 'month', name=op.f('pk_bills'))
    )
    op.create_index(op.f('ix_bills_file_id'), 'bills', ['file_id'], unique=False)
    op.create_table('holdings',
    sa.Column('resident_id', sa.BigInteger(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('sees_money', sa.Boolean(), nullable=False),
    sa.Column('proved_by', sa.Text(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Text(), server_default='', nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("role IN ('owner', 'tenant', 'family')", name=op.f('ck_holdings_role')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_holdings_account_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_holdings_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holdings'))
    )
    op.create_index(op.f('ix_holdings_account_id'), 'holdings', ['account_id'], unique=False)
    op.create_index(op.f('ix_holdings_resident_id'), 'holdings', ['resident_id'], unique=False)
    op.create_index('uq_holdings_now', 'holdings', ['resident_id', 'account_id'], unique=True, postgresql_where=sa.text('until IS NULL'))
    op.create_table('meters',
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('resource', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), server_default='', nullable=False),
    sa.Column('tariffs', sa.Integer(), server_default='1', nullable=False),
    sa.Column('digits', sa.Integer(), nullable=True),
    sa.Column('verified_until', sa.Date(), nullable=True),
    sa.Column('brought_by', sa.BigInteger(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("resource IN ('cold_water', 'hot_water', 'electricity', 'gas', 'heating')", name=op.f('ck_meters_resource')),
    sa.CheckConstraint('tariffs BETWEEN 1 AND 3', name=op.f('ck_meters_tariffs')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_meters_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meters')),
    sa.UniqueConstraint('account_id', 'resource', 'number', name=op.f('uq_meters_account_id_resource_number'))
    )
    op.create_index(op.f('ix_meters_account_id'), 'meters', ['account_id'], unique=False)
    op.create_table('proof_tries',
    sa.Column('resident_id', sa.BigInteger(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('number_sha256', sa.Text(), nullable=False),
    sa.Column('thread_id', sa.BigInteger(), nullable=True),
    sa.Column('way', sa.Text(), nullable=False),
    sa.Column('right', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('forgiven', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_proof_tries_account_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_proof_tries_resident_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_proof_tries_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proof_tries'))
    )
    op.create_index(op.f('ix_proof_tries_account_id'), 'proof_tries', ['account_id'], unique=False)
    op.create_index(op.f('ix_proof_tries_at'), 'proof_tries', ['at'], unique=False)
    op.create_index(op.f('ix_proof_tries_number_sha256'), 'proof_tries', ['number_sha256'], unique=False)
    op.create_index(op.f('ix_proof_tries_resident_id'), 'proof_tries', ['resident_id'], unique=False)
    op.create_index('ix_proof_tries_thread_id', 'proof_tries', ['thread_id'], unique=False, postgresql_where=sa.text('thread_id IS NOT NULL'))
    op.create_table('reminder_parts',
    sa.Column('reminder_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('account_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('resident_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('outbox_id', sa.BigInteger(), nullable=True),
    sa.Column('debt', sa.BigInteger(), nullable=False),
    sa.Column('overdue', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), server_default='', nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paid', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("answer IN ('', 'paid', 'instalment', 'dispute')", name=op.f('ck_reminder_parts_answer')),
    sa.PrimaryKeyConstraint('reminder_id', 'account_id', 'resident_id', name=op.f('pk_reminder_parts'))
    )
    op.create_index(op.f('ix_reminder_parts_account_id'), 'reminder_parts', ['account_id'], unique=False)
    op.create_index(op.f('ix_reminder_parts_outbox_id'), 'reminder_parts', ['outbox_id'], unique=False, postgresql_where=sa.text('outbox_id IS NOT NULL'))
    op.create_index(op.f('ix_reminder_parts_resident_id'), 'reminder_parts', ['resident_id'], unique=False)
    op.create_table('account_codes',
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('code_sha256', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), server_default='', nullable=False),
    sa.Column('holding_id', sa.BigInteger(), nullable=True),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_account_codes_account_id')),
    sa.ForeignKeyConstraint(['holding_id'], ['holdings.id'], name=op.f('fk_account_codes_holding_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_codes')),
    sa.UniqueConstraint('code_sha256', name=op.f('uq_account_codes_code_sha256'))
    )
    op.create_index(op.f('ix_account_codes_account_id'), 'account_codes', ['account_id'], unique=False)
    op.create_index(op.f('ix_account_codes_holding_id'), 'account_codes', ['holding_id'], unique=False)
    op.create_table('account_marks',
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('thread_id', sa.BigInteger(), nullable=True),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Text(), server_default='', nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("kind IN ('dispute', 'instalment', 'paid')", name=op.f('ck_account_marks_kind')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_account_marks_account_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_account_marks_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_marks'))
    )
    op.create_index(op.f('ix_account_marks_account_id'), 'account_marks', ['account_id'], unique=False)
    op.create_index(op.f('ix_account_marks_thread_id'), 'account_marks', ['thread_id'], unique=False)
    op.create_table('holding_claims',
    sa.Column('resident_id', sa.BigInteger(), nullable=False),
    sa.Column('contact_id', sa.BigInteger(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('number_sha256', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('thread_id', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.Text(), server_default='asked', nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("role IN ('owner', 'tenant', 'family')", name=op.f('ck_holding_claims_role')),
    sa.CheckConstraint("state IN ('asked', 'confirmed', 'refused', 'dropped')", name=op.f('ck_holding_claims_state')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_holding_claims_account_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_holding_claims_contact_id')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_holding_claims_member_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_holding_claims_resident_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_holding_claims_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holding_claims'))
    )
    op.create_index(op.f('ix_holding_claims_account_id'), 'holding_claims', ['account_id'], unique=False)
    op.create_index(op.f('ix_holding_claims_resident_id'), 'holding_claims', ['resident_id'], unique=False)
    op.create_index(op.f('ix_holding_claims_thread_id'), 'holding_claims', ['thread_id'], unique=False)
    op.create_table('readings',
    sa.Column('meter_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('resident_id', sa.BigInteger(), nullable=True),
    sa.Column('member_id', sa.BigInteger(), nullable=True),
    sa.Column('marks', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('file_id', sa.Text(), nullable=True),
    sa.Column('replaced', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('export_id', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("source IN ('chat', 'staff', 'import')", name=op.f('ck_readings_source')),
    sa.ForeignKeyConstraint(['export_id'], ['reading_exports.id'], name=op.f('fk_readings_export_id')),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_readings_file_id')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_readings_member_id')),
    sa.ForeignKeyConstraint(['meter_id'], ['meters.id'], name=op.f('fk_readings_meter_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_readings_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_readings'))
    )
    op.create_index(op.f('ix_readings_export_id'), 'readings', ['export_id'], unique=False)
    op.create_index('ix_readings_file_id', 'readings', ['file_id'], unique=False, postgresql_where=sa.text('file_id IS NOT NULL'))
    op.create_index('ix_readings_marked', 'readings', ['id'], unique=False, postgresql_where=sa.text("marks <> '[]'::jsonb AND NOT replaced"))
    op.create_index('ix_readings_new', 'readings', ['id'], unique=False, postgresql_where=sa.text('export_id IS NULL AND NOT replaced'))
    op.create_index(op.f('ix_readings_resident_id'), 'readings', ['resident_id'], unique=False)
    op.create_index('uq_readings_now', 'readings', ['meter_id', 'month'], unique=True, postgresql_where=sa.text('NOT replaced'))
    op.drop_constraint(op.f('ck_notices_kind'), 'notices', type_='check')
    op.create_check_constraint(op.f('ck_notices_kind'), 'notices', "kind IN ('announced', 'reminder', 'prolonged', 'restored', 'cancelled', 'mailing', 'incident', 'payment', 'debt', 'readings')")
    op.add_column('notices', sa.Column('subject', sa.Text(), server_default='', nullable=False))
    op.add_column('notices', sa.Column('reminder_id', sa.BigInteger(), nullable=True))
    op.create_index(op.f('ix_notices_reminder_id'), 'notices', ['reminder_id'], unique=False)
    op.create_foreign_key(op.f('fk_notices_reminder_id'), 'notices', 'reminders', ['reminder_id'], ['id'])
    op.add_column('residents', sa.Column('prefers', sa.Text(), server_default='', nullable=False))
    op.add_column('residents', sa.Column('quiet_from', sa.Text(), server_default='', nullable=False))
    op.add_column('residents', sa.Column('quiet_until', sa.Text(), server_default='', nullable=False))
    op.add_column('residents', sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('channels', sa.Column('off_since', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.create_foreign_key(op.f('fk_outbox_notice_id'), 'outbox', 'notices', ['notice_id'], ['id'])
    op.drop_column('channels', 'off_since')
    op.execute("UPDATE contacts SET unreachable_since = NULL, unreachable_why = NULL WHERE unreachable_why = 'off'")
    op.drop_column('residents', 'erased_at')
    op.drop_column('residents', 'quiet_until')
    op.drop_column('residents', 'quiet_from')
    op.drop_column('residents', 'prefers')
    op.execute("UPDATE notices SET kind = 'mailing' WHERE kind IN ('payment', 'debt', 'readings')")
    op.drop_constraint(op.f('ck_notices_kind'), 'notices', type_='check')
    op.create_check_constraint(op.f('ck_notices_kind'), 'notices', "kind IN ('announced', 'reminder', 'prolonged', 'restored', 'cancelled', 'mailing', 'incident')")
    op.drop_constraint(op.f('fk_notices_reminder_id'), 'notices', type_='foreignkey')
    op.drop_index(op.f('ix_notices_reminder_id'), table_name='notices')
    op.drop_column('notices', 'reminder_id')
    op.drop_column('notices', 'subject')
    op.drop_index('uq_readings_now', table_name='readings', postgresql_where=sa.text('NOT replaced'))
    op.drop_index(op.f('ix_readings_resident_id'), table_name='readings')
    op.drop_index('ix_readings_marked', table_name='readings', postgresql_where=sa.text("marks <> '[]'::jsonb AND NOT replaced"))
    op.drop_index('ix_readings_new', table_name='readings', postgresql_where=sa.text('export_id IS NULL AND NOT replaced'))
    op.drop_index('ix_readings_file_id', table_name='readings', postgresql_where=sa.text('file_id IS NOT NULL'))
    op.drop_index(op.f('ix_readings_export_id'), table_name='readings')
    op.drop_table('readings')
    op.drop_index(op.f('ix_holding_claims_thread_id'), table_name='holding_claims')
    op.drop_index(op.f('ix_holding_claims_resident_id'), table_name='holding_claims')
    op.drop_index(op.f('ix_holding_claims_account_id'), table_name='holding_claims')
    op.drop_table('holding_claims')
    op.drop_index(op.f('ix_account_marks_thread_id'), table_name='account_marks')
    op.drop_index(op.f('ix_account_marks_account_id'), table_name='account_marks')
    op.drop_table('account_marks')
    op.drop_index(op.f('ix_account_codes_holding_id'), table_name='account_codes')
    op.drop_index(op.f('ix_account_codes_account_id'), table_name='account_codes')
    op.drop_table('account_codes')
    op.drop_index(op.f('ix_reminder_parts_resident_id'), table_name='reminder_parts')
    op.drop_index(op.f('ix_reminder_parts_outbox_id'), table_name='reminder_parts', postgresql_where=sa.text('outbox_id IS NOT NULL'))
    op.drop_index(op.f('ix_reminder_parts_account_id'), table_name='reminder_parts')
    op.drop_table('reminder_parts')
    op.drop_index('ix_proof_tries_thread_id', table_name='proof_tries', postgresql_where=sa.text('thread_id IS NOT NULL'))
    op.drop_index(op.f('ix_proof_tries_resident_id'), table_name='proof_tries')
    op.drop_index(op.f('ix_proof_tries_number_sha256'), table_name='proof_tries')
    op.drop_index(op.f('ix_proof_tries_at'), table_name='proof_tries')
    op.drop_index(op.f('ix_proof_tries_account_id'), table_name='proof_tries')
    op.drop_table('proof_tries')
    op.drop_index(op.f('ix_meters_account_id'), table_name='meters')
    op.drop_table('meters')
    op.drop_index('uq_holdings_now', table_name='holdings', postgresql_where=sa.text('until IS NULL'))
    op.drop_index(op.f('ix_holdings_resident_id'), table_name='holdings')
    op.drop_index(op.f('ix_holdings_account_id'), table_name='holdings')
    op.drop_table('holdings')
    op.drop_index(op.f('ix_bills_file_id'), table_name='bills')
    op.drop_table('bills')
    op.drop_index(op.f('ix_balances_month'), table_name='balances')
    op.drop_table('balances')
    op.drop_index(op.f('ix_accounts_house_id'), table_name='accounts')
    op.drop_index(op.f('ix_accounts_flat_id'), table_name='accounts')
    op.drop_table('accounts')
    op.drop_index(op.f('ix_page_links_resident_id'), table_name='page_links')
    op.drop_table('page_links')
    op.drop_index('ix_reminders_now', table_name='reminders', postgresql_where=sa.text("state IN ('scheduled', 'running', 'paused')"))
    op.drop_index('ix_reminders_key', table_name='reminders')
    op.drop_table('reminders')
    op.drop_index('ix_uploads_now', table_name='uploads', postgresql_where=sa.text("state IN ('new', 'asked', 'shown', 'going')"))
    op.drop_index(op.f('ix_uploads_member_id'), table_name='uploads')
    op.drop_table('uploads')
    op.drop_index('ix_files_my_data', table_name='files', postgresql_where=sa.text("owner LIKE 'my data of contact:%'"))
    op.drop_index('ix_files_path', table_name='files', postgresql_where=sa.text("path <> ''"))
    op.drop_index(op.f('ix_import_changes_import_id'), table_name='import_changes')
    op.drop_index(op.f('ix_import_changes_account_id'), table_name='import_changes')
    op.drop_table('import_changes')
    op.drop_table('reading_exports')
    op.drop_index(op.f('ix_imports_kind_id'), table_name='imports')
    op.drop_table('imports')
    op.drop_index('uq_erasures_asked', table_name='erasures', postgresql_where=sa.text("state = 'asked'"))
    op.drop_index(op.f('ix_erasures_resident_id'), table_name='erasures')
    op.drop_table('erasures')
