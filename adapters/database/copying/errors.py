"""Why a database cannot be copied. The messages say what to do."""


class CannotCopy(Exception):
    """The copy was not begun, or cannot be continued."""


class Different(CannotCopy):
    """After the copy, tables of the two databases differ."""

    def __init__(self, tables: list[str]) -> None:
        super().__init__(
            f"The copy differs from the source in {', '.join(tables)}. The copy is not used. Drop the database in "
            "QUOTEGRAPH_DATABASE_URL, create it again, and repeat the command."
        )
