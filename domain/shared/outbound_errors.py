"""Failures of outbound calls."""


class OutboundFailure(Exception):
    """An outbound call failed. The message is for operators and is stored with the job.

    `final` means that a retry without a change is pointless. `status` is the HTTP status of the response, if there was
    one. `reason` is what the other side says, or why there is no response, in a sentence for those who caused the call;
    it may be empty.
    """

    final = False

    def __init__(self, message: str, status: int | None = None, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class Unavailable(OutboundFailure):
    """The other side was not reached, or certainly did nothing. The call may be retried."""


class Unreadable(Unavailable):
    """The answer to a call that reads cannot be used."""


class Uncertain(OutboundFailure):
    """The call was sent without a clear response: the other side may have processed it, or may still do so."""


class Refused(OutboundFailure):
    """The other side rejects the request as it is."""

    final = True


class NotConfigured(OutboundFailure):
    """A setting, such as an address or a token, is missing for this environment."""

    final = True


class Busy(Unavailable):
    """The other side asks to wait before the next call: until then, nothing is sent to it."""

    def __init__(self, message: str, seconds: float, status: int | None = None, reason: str = "") -> None:
        super().__init__(message, status, reason)
        self.seconds = seconds
