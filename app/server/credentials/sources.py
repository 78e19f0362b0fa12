"""What each type of credential offers to the authenticator."""

from collections import Counter
from typing import Protocol

from domain.shared.access import Caller, CredentialType
from domain.sign_in.choices import NO_CHOICE, Choice


class CredentialSource(Protocol):
    """Admits the callers of one type of credential, or refuses them (docs/domain.md#error-codes)."""

    @property
    def type(self) -> CredentialType:
        """The type of the callers' credential."""

    @property
    def longest(self) -> int:
        """The length of the longest credential that is looked at."""

    @property
    def refused(self) -> Counter[str]:
        """Number of refused credentials, by reason."""

    def is_mine(self, credential: str) -> bool:
        """Whether a credential has the form of this type."""

    async def admit(self, credential: str, network: str = "", choice: Choice = NO_CHOICE) -> Caller:
        """Returns the caller, who sends it from a network: in the company of the choice, where the credential is good
        for several. Raises: Unauthorized, Forbidden, Refusal."""

    async def admit_again(self, caller: Caller) -> Caller:
        """Returns an admitted caller with what it may do now. Raises: Unauthorized, Forbidden."""

    async def close(self) -> None:
        """Waits for what runs in the background."""
