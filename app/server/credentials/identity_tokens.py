"""Tokens of an identity provider as credentials: the people of companies who sign in themselves."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, NamedTuple, Protocol

from app.server.credentials.guesses import look_up
from app.server.credentials.last_uses import LastUses
from app.server.credentials.lookups import MAX_CACHED, Lookups
from domain.members.access import Membership
from domain.members.members import Identity, MemberStatus
from domain.shared.access import Caller, CredentialType, Environment, Forbidden, Unauthorized
from domain.sign_in.admission import CompanyAccess, admit_person, member_identity, membership_of
from domain.sign_in.choices import NO_CHOICE, Choice
from domain.sign_in.claims import SignIn
from resolvers.budgets import WrongKeys

# A verified token is not verified again for this many seconds, so a key that the provider withdraws works this much
# longer at most.
VERIFIED_SECONDS = 60.0


class Verifier(Protocol):
    """Verifies tokens."""

    async def verify(self, token: str) -> SignIn:
        """Returns the person of a token. Raises: Unauthorized, Forbidden, ConnectionError."""


class Companies(Protocol):
    """Companies by their codes."""

    async def of(self, code: str, environment: Environment) -> CompanyAccess | None: ...


class Memberships(Protocol):
    """Members of all companies."""

    async def of(self, identity: Identity) -> Sequence[Membership]: ...

    async def former(self, identity: Identity) -> Sequence[Membership]:
        """Returns those that ended by removal."""

    async def touch(self, id_: str, at: datetime, /) -> None: ...


class NoteSignIn(Protocol):
    """Notes that a person has signed in as a member."""

    async def __call__(self, membership: Membership, identity: Identity) -> object: ...


class _Known(NamedTuple):
    """What is stored about the person of a token."""

    company: CompanyAccess | None
    memberships: Sequence[Membership]


class IdentityTokens:
    """Admits people by the tokens of one identity provider."""

    type = CredentialType.IDENTITY_TOKEN
    longest = 7_000

    def __init__(
        self,
        verifier: Verifier,
        companies: Companies,
        memberships: Memberships,
        note_sign_in: NoteSignIn,
        now: Callable[[], datetime],
        wrong_keys: WrongKeys = WrongKeys(None),
    ) -> None:
        self._verifier = verifier
        self._companies = companies
        self._memberships = memberships
        self._note_sign_in = note_sign_in
        self._now = now
        self._wrong_keys = wrong_keys
        self.refused: Counter[str] = Counter()
        self._verified: dict[bytes, tuple[float, SignIn]] = {}
        # The tokens of callers, for those whose connections stay open: in the company in which they were opened.
        self._sign_ins: dict[Caller, tuple[SignIn, Choice]] = {}
        self._lookups: Lookups[SignIn, _Known] = Lookups(self._find)
        self._last_uses = LastUses(memberships)

    def is_mine(self, credential: str) -> bool:
        """Whether this begins as a JWT does, whose first part is a JSON object."""
        return credential.startswith("ey")

    async def admit(self, credential: str, network: str = "", choice: Choice = NO_CHOICE) -> Caller:
        try:
            return await self._admit(await self._sign_in(credential, network), choice)
        except (Unauthorized, Forbidden):
            self.refused["identity token"] += 1
            raise

    async def admit_again(self, caller: Caller) -> Caller:
        known = self._sign_ins.get(caller)
        if known is None:
            raise Unauthorized("Sign in again.")
        return await self._admit(*known)

    async def close(self) -> None:
        await self._last_uses.close()
        await self._lookups.close()

    async def _sign_in(self, token: str, network: str) -> SignIn:
        """The person of a token, which is verified only now and then. Raises: Refusal, if too many were wrong."""
        digest = hashlib.sha256(token.encode()).digest()
        verified, known = self._verified.get(digest, (0.0, None))
        if known is not None and monotonic() - verified <= VERIFIED_SECONDS:
            return known
        verify = partial(self._verifier.verify, token)
        try:
            # A token that was right is no guess, the first time that it is verified again.
            if known is None:
                sign_in = await look_up(verify, self._wrong_keys, network, self.refused)
            else:
                sign_in = await verify()
        except Unauthorized:
            self._verified.pop(digest, None)
            raise
        assert sign_in is not None
        _keep(self._verified, digest, (monotonic(), sign_in))
        return sign_in

    async def _admit(self, sign_in: SignIn, choice: Choice) -> Caller:
        now = self._now()
        known = await self._lookups.of(sign_in)
        membership = membership_of(sign_in, known.memberships, now, choice) if known else None
        caller = admit_person(sign_in, known.company if known else None, membership, now, choice)
        if membership is not None:
            choice = Choice(membership.company_code.upper(), membership.environment)
            if membership.member.status == MemberStatus.INVITED:
                await self._join(membership, sign_in)
            self._last_uses.record(membership.member.id, membership.member.last_seen_at, now)
        _keep(self._sign_ins, caller, (sign_in, choice))
        return caller

    async def _join(self, membership: Membership, sign_in: SignIn) -> None:
        await self._note_sign_in(membership, member_identity(sign_in))
        self._lookups.forget()

    async def _find(self, sign_in: SignIn) -> _Known:
        environment = sign_in.environment or Environment.LIVE
        company = None if sign_in.company is None else await self._companies.of(sign_in.company, environment)
        identity = member_identity(sign_in)
        current, former = await self._memberships.of(identity), await self._memberships.former(identity)
        return _Known(company, [*current, *former])


def _keep(kept: dict[Any, Any], name: Any, value: Any) -> None:
    """Keeps a value as the latest, and drops the oldest of too many."""
    kept.pop(name, None)
    if len(kept) >= MAX_CACHED:
        del kept[next(iter(kept))]
    kept[name] = value
