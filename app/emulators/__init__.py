"""Emulators of the external services, which behave as documented: Tecspal, Asana, BambooHR, a mail server, and the
quote systems that companies connect.

They use real HTTP and SMTP, so that the clients in `adapters/` work unchanged in the demo and the tests.
"""

from app.emulators.running import RunningEmulators, start_emulators

__all__ = ["RunningEmulators", "start_emulators"]
