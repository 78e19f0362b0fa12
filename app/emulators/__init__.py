"""The vendors that cannot be reached from a laptop, as documented and no kinder: Tecspal, Asana, and a mail server.

They speak real HTTP and SMTP, so that the clients in `adapters/` need no other mode for the demo and the tests.
"""

from app.emulators.running import RunningEmulators, start_emulators

__all__ = ["RunningEmulators", "start_emulators"]
