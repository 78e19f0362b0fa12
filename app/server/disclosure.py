"""What is told of the schema, and to the keys of which environments: by introspection, at `/schema.graphql` and in
`/docs/api`, and in the messages of errors.

Where errors are not to tell of it, they name only what the document itself names.
"""

import re
from collections.abc import Set
from dataclasses import dataclass

from graphql import GraphQLError

from app.server.refusals import renamed
from domain.shared.access import Caller, Environment
from resolvers.errors import Reason, forbidden

INTROSPECTION_SETTING = "QUOTEGRAPH_INTROSPECTION"
EVERYWHERE = frozenset(Environment)

# It begins with a literal, which is searched for thirty times faster than a boundary.
_INTROSPECTION = re.compile(r"__(?:schema|type)\b")
_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
_SUGGESTION = re.compile(r" Did you mean [^?]*\??")
# Where graphql-core says which type something has, and what it puts in quotation marks; values are in double ones.
_OF_TYPE = re.compile(r" (?:on|of|since|expecting) type '([^']*)'")
# A message that was too long may have been cut.
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?|\'([^\']*)(\'|\Z)')
_OF_A_TYPE = re.compile(r"\b([_A-Za-z][_0-9A-Za-z]*)\.(?=[_A-Za-z])")
HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The environments whose keys may read the schema by introspection, and whose errors name what is in it. The
    defaults are for tests; those of the settings are stricter."""

    introspection: Set[Environment] = EVERYWHERE
    suggestions: Set[Environment] = EVERYWHERE

    @property
    def is_public(self) -> bool:
        """Whether the schema is no secret in any environment."""
        return self.introspection == EVERYWHERE

    def suggests_to(self, caller: Caller) -> bool:
        return caller.environment in self.suggestions

    def shown(self, error: GraphQLError, caller: Caller | None) -> GraphQLError:
        """Returns an error of an operation as its caller may see it."""
        if caller is None or self.suggests_to(caller):
            return error
        return renamed(error, without_suggestion(error.message))


def may_introspect(text: str) -> bool:
    """Whether a document could read the schema, which is cheap to know."""
    return _INTROSPECTION.search(text) is not None


def introspection_disabled(environment: Environment | None) -> GraphQLError:
    """The error of who may not read the schema; without an environment, of who has no key."""
    whose = "without an API key" if environment is None else f"with {environment.lower()} keys"
    message = (
        f"The schema cannot be read {whose} ({INTROSPECTION_SETTING}), neither by introspection nor at "
        "`/schema.graphql`. Use a key of another environment, or push the document with `quotegraph documents push`."
    )
    return forbidden(message, reason=Reason.INTROSPECTION_DISABLED, setting=INTROSPECTION_SETTING)


def without_suggestion(message: str) -> str:
    """A message about a variable, without what graphql-core thinks was meant."""
    return _SUGGESTION.sub("", message) if message.startswith("Variable '$") else message


def without_names(message: str, document: str) -> str:
    """A message about a document, without the names that the document does not have."""
    known = set(_NAME.findall(document))

    def of_type(found: re.Match[str]) -> str:
        return found[0] if known.issuperset(_NAME.findall(found[1])) else ""

    def quoted(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        inner = _OF_A_TYPE.sub(lambda it: it[0] if it[1] in known else "", found[1])
        return "'" + _NAME.sub(lambda it: it[0] if it[0] in known else HIDDEN, inner) + found[2]

    return _QUOTED.sub(quoted, _OF_TYPE.sub(of_type, _SUGGESTION.sub("", message)))
