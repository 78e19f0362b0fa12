"""The header by which a client takes an answer without the fields that its key may not select: each is null, with a
FORBIDDEN error at its path. Without it the operation is refused as a whole."""

HEADER = "X-Quotegraph-Partial"
SCOPES = "scopes"


def wants_partial(value: object) -> bool:
    """Whether the value of the header asks for it. Raises: ValueError, if it asks for something else."""
    if value is None:
        return False
    if not isinstance(value, str) or value.strip().lower() != SCOPES:
        raise ValueError(f"`{HEADER}` can only be `{SCOPES}`. Omit it to have the whole operation refused.")
    return True
