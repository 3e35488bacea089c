"""growing articles: drafts, and which questions are dealt with"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('article_drafts',
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('message_id', sa.BigInteger(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), server_default='', nullable=False),
    sa.Column('article_key', sa.Text(), server_default='', nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("outcome IN ('', 'published', 'dropped')", name=op.f('ck_article_drafts_outcome')),
    sa.ForeignKeyConstraint(['member_id'], ['members.id'], name=op.f('fk_article_drafts_member_id')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_article_drafts_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article_drafts')),
    sa.UniqueConstraint('message_id', name=op.f('uq_article_drafts_message_id'))
    )
    op.create_index('ix_article_drafts_open', 'article_drafts', ['id'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.add_column('questions', sa.Column('draft_id', sa.BigInteger(), nullable=True))
    op.add_column('questions', sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('questions', sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f('fk_questions_draft_id'), 'questions', 'article_drafts', ['draft_id'], ['id'])
    op.create_index(op.f('ix_questions_draft_id'), 'questions', ['draft_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_questions_draft_id'), table_name='questions')
    op.drop_constraint(op.f('fk_questions_draft_id'), 'questions', type_='foreignkey')
    op.drop_column('questions', 'settled_at')
    op.drop_column('questions', 'offered_at')
    op.drop_column('questions', 'draft_id')
    op.drop_index('ix_article_drafts_open', table_name='article_drafts', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('article_drafts')
