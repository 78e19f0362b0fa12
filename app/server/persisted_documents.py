"""Requests that name their document instead of sending it: trusted documents and automatic persisted queries."""

from collections.abc import Mapping, Set
from hashlib import sha256
from typing import Any, NamedTuple

from graphql import GraphQLError

from app.server.automatic_documents import AutomaticDocuments
from app.server.disclosure import Disclosure, introspection_disabled, may_introspect
from app.server.refusals import Refusal
from app.server.trusted_documents import TrustedDocuments
from domain.shared.access import NOBODY, Caller, Environment
from resolvers.errors import Reason, api_error, forbidden

ONLY_TRUSTED_SETTING = "QUOTEGRAPH_ONLY_TRUSTED"
# Relay's documentation calls the identifier `doc_id`, others `id`.
IDENTIFIERS = ("documentId", "doc_id", "id")
LONGEST_SHOWN = 100


class DocumentName(NamedTuple):
    """What a request names its document by: the identifier of a trusted document, or Apollo's hash."""

    identifier: str | None = None
    sha256: str | None = None

    def __bool__(self) -> bool:
        return self.identifier is not None or self.sha256 is not None


UNNAMED = DocumentName()


def document_name(sent: Mapping[str, Any]) -> DocumentName:
    """Returns what a request names its document by, if anything. Raises: Refusal."""
    names = {name: sent[name] for name in IDENTIFIERS if sent.get(name) is not None}
    # Clients that know no identifiers require a text, and send an empty one.
    if sent.get("query"):
        # Clients that number their requests send an `id` of another meaning beside the query.
        names.pop("id", None)
        if names:
            raise _invalid(f"Send either `query` or `{next(iter(names))}`, not both.")
    if len(names) > 1:
        raise _invalid(f"Send only one of {', '.join(f'`{it}`' for it in names)}.")
    for name, value in names.items():
        if not isinstance(value, str) or not value:
            raise _invalid(f"Send `{name}` as a string that is not empty.")
        return DocumentName(identifier=value)
    return DocumentName(sha256=_apollo_hash(sent))


def _apollo_hash(sent: Mapping[str, Any]) -> str | None:
    extensions = sent.get("extensions")
    query = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if query is None:
        return None
    if not isinstance(query, dict) or query.get("version") != 1:
        raise _invalid("Send `extensions.persistedQuery` as an object with `version: 1` and `sha256Hash`.")
    found = query.get("sha256Hash")
    if not isinstance(found, str) or not found:
        raise _invalid("Send `extensions.persistedQuery.sha256Hash` as a string.")
    return found


class PersistedDocuments:
    """Finds the documents that requests name, and refuses others where only trusted documents may be run."""

    def __init__(
        self,
        trusted: TrustedDocuments,
        automatic: AutomaticDocuments,
        only_trusted: Set[Environment] = frozenset(),
        disclosure: Disclosure = Disclosure(),
    ) -> None:
        self._disclosure = disclosure
        self._trusted = trusted
        self._automatic = automatic
        self._only_trusted = only_trusted

    async def text(self, name: DocumentName, query: str, caller: Caller) -> str:
        """Returns the text of the request's document, `query` if it was sent. Raises: Refusal, if the document is
        unknown, or if the hash is that of another one."""
        if name or self._is_restricted(caller) or (not self._may_introspect(caller) and may_introspect(query)):
            await self._trusted.refresh()
        if name.identifier is not None:
            return self._trusted_text(name.identifier)
        if name.sha256 is None:
            return query
        if not query:
            return self._text_of_hash(name.sha256, caller)
        if sha256(query.encode(errors="surrogatepass")).hexdigest() != name.sha256:
            raise _invalid("`extensions.persistedQuery.sha256Hash` is not the SHA-256 hash of `query`, in lower case.")
        return query

    def keep(self, name: DocumentName, query: str, caller: Caller) -> None:
        """Keeps a valid document that was sent with its hash. Callers without a key keep nothing."""
        if name.sha256 is not None and query and caller is not NOBODY and not self._is_restricted(caller):
            self._automatic.put(caller.tenant_scope, name.sha256, query)

    def require_trusted(self, text: str, caller: Caller) -> None:
        """Raises: Refusal, if the caller may only run trusted documents and this is none."""
        if self._is_restricted(caller) and not self._trusted.contains(text):
            message = (
                f"Only trusted documents may be run with {caller.environment.lower()} keys, introspection and the "
                f"playground included ({ONLY_TRUSTED_SETTING}). Push the document with `quotegraph documents push` and "
                "send its `documentId`."
            )
            raise Refusal(forbidden(message, reason=Reason.DOCUMENT_NOT_TRUSTED))

    def require_introspection(self, name: DocumentName, text: str, caller: Caller) -> None:
        """Raises: Refusal, if the caller may not read the schema, and this document, which does, was not pushed."""
        if not self._may_introspect(caller) and not self.is_trusted(name, text):
            raise Refusal(introspection_disabled(caller.environment))

    def is_trusted(self, name: DocumentName, text: str) -> bool:
        """Whether a document was pushed, and so measured before."""
        return name.identifier is not None or self._trusted.contains(text)

    def _may_introspect(self, caller: Caller) -> bool:
        return caller is not NOBODY and caller.environment in self._disclosure.introspection

    def _is_restricted(self, caller: Caller) -> bool:
        return caller is not NOBODY and caller.environment in self._only_trusted

    def _trusted_text(self, identifier: str) -> str:
        found = self._trusted.find(identifier)
        if found is None:
            message = (
                f"There is no trusted document `{identifier[:LONGEST_SHOWN]}`. Push it with "
                "`quotegraph documents push`, or send its text in `query`."
            )
            raise Refusal(_not_found(message))
        return found

    def _text_of_hash(self, hash_: str, caller: Caller) -> str:
        if (found := self._trusted.find(hash_)) is not None:
            return found
        if caller is NOBODY or not (self._automatic.enabled or self._is_restricted(caller)):
            # Clients compare this message. They go on without persisted queries.
            raise Refusal(api_error("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported"))
        found = self._automatic.find(caller.tenant_scope, hash_)
        if found is None or self._is_restricted(caller):
            # Clients compare this message. They send the document's text with its hash.
            raise Refusal(_not_found("PersistedQueryNotFound"))
        return found


def _not_found(message: str) -> GraphQLError:
    return api_error("PERSISTED_QUERY_NOT_FOUND", message)


def _invalid(message: str) -> Refusal:
    return Refusal(api_error("VALIDATION_ERROR", message))
