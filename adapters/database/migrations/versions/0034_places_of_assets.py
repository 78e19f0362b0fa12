"""At which office or in which storage an asset is"""

from collections.abc import Sequence
from unicodedata import normalize

import sqlalchemy as sa
from alembic import op

from adapters.database.core.columns import Key

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

HELD = ("employee_name", "employee_email", "employee_key")
ASSETS = sa.table("assets", *(sa.column(it) for it in ("status", *HELD, "place_name", "place", "recipient_id")))
RECIPIENTS = sa.table("recipients", *(sa.column(it) for it in ("id", "name", "destination")))


def upgrade() -> None:
    with op.batch_alter_table("assets") as table:
        table.add_column(sa.Column("place_name", sa.Text()))
        table.add_column(sa.Column("place", Key))
    op.create_index(op.f("ix_assets_place_created_at_id"), "assets", ["place", "created_at", "id"])
    _leave_to_offices()
    _find_by_place()


def downgrade() -> None:
    op.drop_index(op.f("ix_assets_place_created_at_id"), "assets")
    named = ASSETS.c.place_name.is_not(None) & (ASSETS.c.status == "IN_USE")
    op.execute(sa.update(ASSETS).where(named).values(employee_name=ASSETS.c.place_name))
    with op.batch_alter_table("assets") as table:
        table.drop_column("place")
        table.drop_column("place_name")


def _leave_to_offices() -> None:
    """What was delivered to an office and is still there is held by nobody of the office's name."""
    offices = sa.select(RECIPIENTS.c.id).where(
        RECIPIENTS.c.id == ASSETS.c.recipient_id,
        RECIPIENTS.c.destination == "OFFICE",
        RECIPIENTS.c.name == ASSETS.c.employee_name,
    )
    nobody = dict.fromkeys(HELD)
    there = (ASSETS.c.status == "IN_USE") & offices.exists()
    op.execute(sa.update(ASSETS).where(there).values(place_name=ASSETS.c.employee_name, **nobody))


def _find_by_place() -> None:
    connection, of = op.get_bind(), ASSETS.c
    for column in (of.employee_name, of.place_name):
        for (name,) in connection.execute(sa.select(column).where(column.is_not(None)).distinct()).all():
            place = normalize("NFC", normalize("NFD", name.strip()).casefold())
            connection.execute(sa.update(ASSETS).where(column == name).values(place=place))
