"""How an outbound call can fail."""


class OutboundFailure(Exception):
    """An outbound call did not end well. The text is for operators and is kept on the job.

    `final` says that trying again unchanged is pointless. `status` is that of an HTTP answer, where there was one.
    """

    final = False

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Unavailable(OutboundFailure):
    """The other side was never reached, or is known to have done nothing: try again later."""


class Uncertain(OutboundFailure):
    """The call left us and was not clearly answered: the other side may have carried it out, or may still do so."""


class Refused(OutboundFailure):
    """The other side will not do this as it stands."""

    final = True


class NotConfigured(OutboundFailure):
    """A setting (an address, a token) is missing for this environment."""

    final = True
