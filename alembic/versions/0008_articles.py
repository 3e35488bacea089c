"""articles: what was called quick answers"""

from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def rename(old: str, new: str, kind: str, called: str) -> None:
    op.execute(f'ALTER TABLE {old} RENAME TO {new}')
    op.execute(f'ALTER SEQUENCE {old}_id_seq RENAME TO {new}_id_seq')
    op.execute(f'ALTER INDEX pk_{old} RENAME TO pk_{new}')
    op.execute(f'ALTER INDEX uq_{old}_key RENAME TO uq_{new}_key')
    op.execute(f"UPDATE declared_entries SET kind = '{called}' WHERE kind = '{kind}'")


def upgrade() -> None:
    rename('quick_answers', 'articles', 'quick_answer', 'article')


def downgrade() -> None:
    rename('articles', 'quick_answers', 'article', 'quick_answer')
