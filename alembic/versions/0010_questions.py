"""questions: what residents asked of the articles; the tone of conversations; pictures of articles"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('questions',
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resident_id', sa.BigInteger(), nullable=True),
    sa.Column('complex_id', sa.BigInteger(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('shown', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('chosen', sa.Text(), server_default='', nullable=False),
    sa.Column('outcome', sa.Text(), server_default='', nullable=False),
    sa.Column('thread_id', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.CheckConstraint("decision IN ('answer', 'suggest', 'handoff', 'browse')", name=op.f('ck_questions_decision')),
    sa.CheckConstraint("outcome IN ('', 'helped', 'not_helped', 'person')", name=op.f('ck_questions_outcome')),
    sa.ForeignKeyConstraint(['complex_id'], ['complexes.id'], name=op.f('fk_questions_complex_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_questions_resident_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_questions_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions'))
    )
    op.create_index('ix_questions_at', 'questions', ['at'], unique=False)
    op.create_index('ix_questions_chosen', 'questions', ['chosen', 'at'], unique=False)
    op.create_index('ix_questions_resident_id', 'questions', ['resident_id'], unique=False)
    op.create_index(op.f('ix_questions_thread_id'), 'questions', ['thread_id'], unique=False)
    op.add_column('threads', sa.Column('tone', sa.Text(), server_default='', nullable=False))
    op.add_column('threads', sa.Column('tone_by', sa.BigInteger(), nullable=True))
    op.add_column('threads', sa.Column('urgent', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_foreign_key(op.f('fk_threads_tone_by'), 'threads', 'members', ['tone_by'], ['id'])
    op.add_column('articles', sa.Column('picture', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_check_constraint(op.f('ck_threads_tone'), 'threads', "tone IN ('', 'negative', 'neutral', 'positive')")


def downgrade() -> None:
    op.drop_constraint(op.f('ck_threads_tone'), 'threads', type_='check')
    op.drop_column('articles', 'picture')
    op.drop_column('threads', 'urgent')
    op.drop_column('threads', 'tone_by')
    op.drop_column('threads', 'tone')
    op.drop_table('questions')
