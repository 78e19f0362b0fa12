"""The status of API keys and access tokens, as the database tells it from its clock."""

from typing import Any

from sqlalchemy import ColumnElement, Table, case, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from adapters.database.core.column_types import UtcDateTime, Word
from domain.access.statuses import CredentialStatus


class Now(ColumnElement[Any]):
    """The time of the database's clock, as the column type of times stores it."""

    inherit_cache = True
    type = UtcDateTime()


@compiles(Now)
def _now(_element: Now, compiler: SQLCompiler, **_options: Any) -> str:
    if compiler.dialect.name == "postgresql":
        return "now()"
    return "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"


def status_column(table: Table) -> Any:
    """The status of a row with the columns `revoked_at` and `expires_at`."""
    revoked, expired = table.c.revoked_at.is_not(None), table.c.expires_at <= Now()
    # Written into the statement: statements of loaders have no other parameters than their own.
    words = {it: literal_column(f"'{it}'", Word(CredentialStatus, 10)) for it in CredentialStatus}
    return case(
        (revoked, words[CredentialStatus.REVOKED]),
        (expired, words[CredentialStatus.EXPIRED]),
        else_=words[CredentialStatus.ACTIVE],
    )
