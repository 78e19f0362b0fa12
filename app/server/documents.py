"""Documents: looked over once, parsed and checked, each stage only where the one before has passed.

What a document may cost is known before it is spent: its characters and its tokens are counted in one linear pass, so
that nothing slower sees more of them than a setting allows; the comparison of fields that overlap, which is quadratic,
counts while it runs. Whatever is made on the way of a document that is refused goes with it: graphql-core leaves cycles
behind, which would stay until the collector comes by.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    Lexer,
    Node,
    OperationDefinitionNode,
    ParallelVisitor,
    Source,
    Token,
    TokenKind,
    TypeInfo,
    TypeInfoVisitor,
    ValidationContext,
    Visitor,
    specified_rules,
    visit,
)
from graphql.language.parser import Parser
from graphql.validation.rules.overlapping_fields_can_be_merged import OverlappingFieldsCanBeMergedRule
from graphql.validation.validate import (
    FragmentNestingVisitor,
    ValidationAbortedError,
    query_document_keys_to_validate,
)
from graphql.validation.validation_context import VariableUsage, VariableUsageVisitor

from app.server.refusals import Refusal, mask_error, unfit
from resolvers.errors import over_limit

# As the lexer of graphql-core divides a text, which alone says what is wrong with one. Nothing here looks twice at a
# character: a string that is not closed goes on to the end of its line, a block to the end of the text.
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\"""|\\|"(?!""))*+(?:"""|\Z)'
    r'|"(?:[^"\\\n\r]|\\.)*+"?'
    r"|\#[^\n\r]*+"
    r"|[_A-Za-z][_0-9A-Za-z]*+"
    r"|-?[0-9][0-9A-Za-z_.+-]*+"
    r"|\.\.\."
    r"|[^\s,\ufeff]",
    re.ASCII,
)
CHARACTERS_EACH = 20
# graphql-core's own bound is 500,000, which takes it a second. The largest of our examples spends 17.
OVERLAPS_EACH = 2.5
INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """What a document may be at most. The number of its tokens is a setting, from which the others follow. Who is not
    `known` has shown no key."""

    tokens: int
    setting: str
    overlaps: int
    errors: int
    known: bool
    schemas: int = 1
    types: int = 10

    @property
    def characters(self) -> int:
        return self.tokens * CHARACTERS_EACH


def with_key(tokens: int) -> DocumentLimits:
    """The limits of who has shown a key."""
    return DocumentLimits(tokens, "QUOTEGRAPH_MAX_TOKENS", int(tokens * OVERLAPS_EACH), errors=20, known=True)


def without_key(tokens: int) -> DocumentLimits:
    """The limits of strangers. What the customer's page sends has a third of the tokens allowed by default."""
    return DocumentLimits(tokens, "QUOTEGRAPH_MAX_PUBLIC_TOKENS", tokens // 4, errors=3, known=False)


def look_over(text: str, limits: DocumentLimits) -> list[str]:
    """The tokens of a document, comments among them. Raises: Refusal, for one that is too long."""
    if len(text) > limits.characters:
        raise _too_many("characters", len(text), limits.characters, limits)
    tokens = _TOKEN.findall(text)
    if len(tokens) > limits.tokens:
        raise _too_many("tokens", len(tokens), limits.tokens, limits)
    for field, most in zip(INTROSPECTION, (limits.schemas, limits.types), strict=True):
        if (found := tokens.count(field)) > most:
            message = f"This document asks for `{field}` {found:,} times, and {most} is the most."
            raise Refusal(over_limit(field, found, most, None, message))
    return tokens


def _too_many(what: str, found: int, most: int, limits: DocumentLimits) -> Refusal:
    if limits.known:
        message = (
            f"This document has {found:,} {what}, and {most:,} are allowed ({limits.setting}). Ask for less at once."
        )
        return Refusal(over_limit(what, found, most, limits.setting, message))
    message = (
        f"This document has {found:,} {what}; without an API key {most:,} are allowed ({limits.setting}). "
        "Send `Authorization: Bearer qk_live_…`."
    )
    return Refusal(over_limit(what, found, most, limits.setting, message, code="UNAUTHORIZED"))


def root_fields(tokens: Sequence[str], roots: Collection[str]) -> Iterator[str]:
    """The names of the fields right in the braces of operations, and of fragments on the types `roots`."""
    read = [token for token in tokens if not token.startswith("#")]
    depth, within, rooted, before = 0, 0, True, ""
    for piece, following in zip(read, [*read[1:], ""], strict=True):
        if piece == "{":
            depth += 1
        elif piece == "}":
            depth -= 1
            rooted = rooted or depth == 0
        elif piece in "([":
            within += 1
        elif piece in ")]":
            within -= 1
        elif depth == 0 and before == "on":
            rooted = piece in roots
        elif depth == 1 and within == 0 and rooted and _is_field(before, piece, following):
            yield piece
        before = piece


def _is_field(before: str, token: str, following: str) -> bool:
    return token.isidentifier() and following != ":" and before not in ("@", "...", "on")


def parsed(text: str, limits: DocumentLimits) -> DocumentNode:
    """A document that the lexer and the parser accept. Raises: Refusal."""
    source = Source(text)
    lexer = Lexer(source)
    try:
        return Parser(source, max_tokens=limits.tokens, lexer=lexer).parse_document()
    except GraphQLSyntaxError as error:
        raise Refusal(mask_error(error)) from None
    except RecursionError:
        raise Refusal(mask_error(GraphQLSyntaxError(source, 0, "The document is nested too deeply."))) from None
    finally:
        _unlink(lexer.token)


def _unlink(token: Token | None) -> None:
    """Tokens point at each other in both directions, and so would outlive what they were read for."""
    while token is not None and token.next is not None:
        token = token.next
    while token is not None:
        token.prev, token = None, token.prev


def check(schema: GraphQLSchema, document: DocumentNode, limits: DocumentLimits) -> None:
    """Raises: Refusal, for a document that does not fit the schema."""
    errors = _Validation(schema, document, limits).errors()
    if errors:
        raise Refusal(*(unfit(error) for error in errors))


class _Validation:
    """graphql-core's `validate` with the overlap of fields counted by our limit, and nothing of it left behind."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, limits: DocumentLimits) -> None:
        self._document, self._limits, self._errors = document, limits, list[GraphQLError]()
        types = TypeInfo(schema)
        self._context = _Context(schema, document, types, self._note, not limits.known)
        self._rules: list[Visitor] = [self._rule(rule) for rule in specified_rules]
        fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
        if fragments:
            self._rules.insert(0, FragmentNestingVisitor(fragments))
        self._together = ParallelVisitor(self._rules)
        self._visitor = TypeInfoVisitor(types, self._together)
        self._types = types

    def _rule(self, rule: Any) -> Visitor:
        if rule is OverlappingFieldsCanBeMergedRule:
            return _Overlaps(self._context, self._limits)
        made: Visitor = rule(self._context)
        return made

    def errors(self) -> list[GraphQLError]:
        try:
            visit(self._document, self._visitor, query_document_keys_to_validate)
        except ValidationAbortedError as aborted:
            aborted.__context__ = None
            self._errors.append(aborted.with_traceback(None))
        except RecursionError:
            self._errors.append(GraphQLError("The document is nested too deeply."))
        finally:
            _empty(self._context, *self._rules, self._together, self._visitor, self._types)
        return self._errors

    def _note(self, error: GraphQLError) -> None:
        if len(self._errors) >= self._limits.errors:
            raise ValidationAbortedError("Too many validation errors, error limit reached. Validation aborted.")
        self._errors.append(error)


class _Context(ValidationContext):
    """graphql-core's context, whose looking for variables leaves nothing behind."""

    def get_variable_usages(self, node: OperationDefinitionNode | FragmentDefinitionNode) -> list[VariableUsage]:
        usages: list[VariableUsage] | None = self._variable_usages.get(node)
        if usages is None:
            seen = VariableUsageVisitor(self._type_info, node if isinstance(node, FragmentDefinitionNode) else None)
            visitor = TypeInfoVisitor(self._type_info, seen)
            visit(node, visitor)
            usages = self._variable_usages[node] = seen.usages
            _empty(seen, visitor)
        return usages


def _empty(*visitors: object) -> None:
    """Take from visitors what they hold, which would hold them in turn."""
    for it in visitors:
        vars(it).clear()


class _Overlaps(OverlappingFieldsCanBeMergedRule):
    """Compares fields that overlap, as often as the limits allow."""

    def __init__(self, context: ValidationContext, limits: DocumentLimits) -> None:
        super().__init__(context)
        self._limits = limits
        self.rule_context.remaining_complexity_budget = limits.overlaps

    def enter_selection_set(self, *around: Any) -> None:
        try:
            super().enter_selection_set(*around)
        except ValidationAbortedError:
            most, setting = self._limits.overlaps, self._limits.setting
            if self.rule_context.remaining_complexity_budget >= 0:
                raise
            found = most - self.rule_context.remaining_complexity_budget
            message = (
                f"This document selects the same fields again and again: {most:,} comparisons of them are allowed "
                f"({setting})."
            )
            raise _aborted(over_limit("overlaps", found, most, setting, message)) from None


def _aborted(error: GraphQLError) -> ValidationAbortedError:
    return ValidationAbortedError(error.message, extensions=error.extensions)


def forget_tokens(document: DocumentNode) -> None:
    """Leave of each place in a document only where it is. Its tokens are the larger part of a parsed document."""
    nothing = Token(TokenKind.SOF, 0, 0, 0, 0)
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        if node.loc is not None:
            node.loc.start_token = node.loc.end_token = nothing
        for key in node.keys:
            below = getattr(node, key)
            if isinstance(below, Node):
                waiting.append(below)
            elif isinstance(below, tuple):
                waiting += [it for it in below if isinstance(it, Node)]
