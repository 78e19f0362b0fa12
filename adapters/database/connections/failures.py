"""Tells outages of the database from records of connected systems that cannot be saved."""

import logging

from adapters.database.core.outages import log_outage

log = logging.getLogger(__name__)


def is_outage(failure: BaseException) -> bool:
    """Whether a failure to save is an outage, which passes. Any other is logged: it is a fault of ours."""
    if log_outage(failure):
        return True
    log.error("what was read from a connected system cannot be saved", exc_info=failure)
    return False
