"""executors"""

from alembic import op
import sqlalchemy as sa

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("complexes", sa.Column("executors_room_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_complexes_executors_room_id"), "complexes", "rooms", ["executors_room_id"], ["id"]
    )
    op.add_column("threads", sa.Column("handed_to", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_threads_handed_to"), "threads", "rooms", ["handed_to"], ["id"])
    op.create_index(op.f("ix_threads_handed_to"), "threads", ["handed_to"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_threads_handed_to"), table_name="threads")
    op.drop_constraint(op.f("fk_threads_handed_to"), "threads", type_="foreignkey")
    op.drop_column("threads", "handed_to")
    op.drop_constraint(op.f("fk_complexes_executors_room_id"), "complexes", type_="foreignkey")
    op.drop_column("complexes", "executors_room_id")
