"""GraphQL documents: scanned, parsed and validated; each stage runs only if the one before has passed.

The cost of a document is limited before it is incurred: characters and tokens are counted, and then what there is of
fields, aliases and so on (`document_shape.py`), so that slower stages never see more than a setting allows. The
comparison of overlapping fields, which is quadratic, is counted while it runs. Objects made for a refused document are
freed at once: graphql-core leaves reference cycles, which would otherwise stay until the garbage collector runs.
"""

import re
from collections.abc import Collection, Sequence
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

from app.server.disclosure import without_names
from app.server.document_shape import ShapeLimits, ShapeReader, check_shape
from app.server.refusals import Refusal, mask_error, renamed, validation_error
from resolvers.errors import over_limit

# Splits a text into tokens as graphql-core's lexer does, which alone reports syntax errors. It never backtracks: an
# unclosed string extends to the end of its line, an unclosed block string to the end of the text.
_TOKEN = re.compile(
    r'"""[^"\\]*+(?:(?:\\"""|\\|"(?!""))[^"\\]*+)*+(?:"""|\Z)'
    r'|"[^"\\\n\r]*+(?:\\.[^"\\\n\r]*+)*+"?'
    r"|\#[^\n\r]*+"
    r"|[_A-Za-z][_0-9A-Za-z]*+"
    r"|-?[0-9][0-9A-Za-z_.+-]*+"
    r"|\.\.\."
    r"|[^\s,\ufeff]",
    re.ASCII,
)
CHARACTERS_PER_TOKEN = 20
# The largest that the setting can be.
MOST_TOKENS = 20_000
# graphql-core's own limit is 500,000 comparisons, which take a second. The largest of our examples needs 17.
OVERLAPS_PER_TOKEN = 2.5
INTROSPECTION = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """The limits of a document. Those of tokens and of the shape are settings, from which the others are derived. With
    `known`, the caller has sent an API key."""

    tokens: int
    setting: str
    overlaps: int
    errors: int
    known: bool
    shape: ShapeLimits
    # Whether errors name what is in the schema (`disclosure.py`).
    tells_names: bool
    schemas: int = 1
    types: int = 10

    @property
    def characters(self) -> int:
        return self.tokens * CHARACTERS_PER_TOKEN


def with_key(tokens: int, shape: ShapeLimits = ShapeLimits(), tells_names: bool = True) -> DocumentLimits:
    """Returns the limits for a caller with an API key."""
    overlaps = int(tokens * OVERLAPS_PER_TOKEN)
    return DocumentLimits(tokens, "QUOTEGRAPH_MAX_TOKENS", overlaps, 10, True, shape, tells_names)


def without_key(tokens: int, shape: ShapeLimits = ShapeLimits()) -> DocumentLimits:
    """Returns the limits without an API key. The customer's page needs a third of the tokens."""
    return DocumentLimits(tokens, "QUOTEGRAPH_MAX_PUBLIC_TOKENS", tokens // 4, 3, False, shape.public, False)


def scan(text: str, limits: DocumentLimits) -> list[str]:
    """Returns the tokens of a document, including comments. Raises: Refusal, if it is too long or has too much of
    anything."""
    if len(text) > limits.characters:
        raise _too_many("characters", len(text), limits.characters, limits)
    tokens = _TOKEN.findall(text)
    if len(tokens) > limits.tokens:
        raise _too_many("tokens", len(tokens), limits.tokens, limits)
    for field, most in zip(INTROSPECTION, (limits.schemas, limits.types), strict=True):
        if (found := tokens.count(field)) > most:
            message = f"This document selects `{field}` {found:,} times; the limit is {most}."
            raise Refusal(over_limit(field, found, most, None, message))
    check_shape(tokens, limits.shape, limits.known)
    return tokens


def _too_many(what: str, found: int, most: int, limits: DocumentLimits) -> Refusal:
    if limits.known:
        message = f"This document has {found:,} {what}; the limit is {most:,} ({limits.setting}). Select fewer fields."
        return Refusal(over_limit(what, found, most, limits.setting, message))
    message = (
        f"This document has {found:,} {what}; the limit without an API key is {most:,} ({limits.setting}). "
        "Send `Authorization: Bearer qk_live_…`."
    )
    return Refusal(over_limit(what, found, most, limits.setting, message, code="UNAUTHORIZED"))


def root_fields(tokens: Sequence[str], roots: Collection[str]) -> list[str]:
    """Returns the names of the top-level fields of operations, and of fragments on the types `roots`."""
    reader = ShapeReader(roots)
    reader.read(tokens)
    return reader.root_names


def parsed(text: str, limits: DocumentLimits) -> DocumentNode:
    """Parses a document. Raises: Refusal."""
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
    """Breaks the cycles between tokens, which are doubly linked, so that they are freed at once."""
    while token is not None and token.next is not None:
        token = token.next
    while token is not None:
        token.prev, token = None, token.prev


def check(schema: GraphQLSchema, document: DocumentNode, limits: DocumentLimits) -> None:
    """Validates a document. Raises: Refusal, if it does not fit the schema."""
    errors = _Validation(schema, document, limits).errors()
    if errors and limits.tells_names:
        raise Refusal(*(validation_error(error, schema) for error in errors))
    if errors:
        text = document.loc.source.body if document.loc is not None else ""
        raise Refusal(*(renamed(it, without_names(it.message, text)) for it in map(validation_error, errors)))


class _Validation:
    """graphql-core's `validate` with our limit on comparisons of overlapping fields, and without reference cycles."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, limits: DocumentLimits) -> None:
        self._document, self._limits, self._errors = document, limits, list[GraphQLError]()
        # How many were found, the same ones among them.
        self._found = 0
        types = TypeInfo(schema)
        self._context = _Context(schema, document, types, self._add_error, not limits.tells_names)
        self._rules: list[Visitor] = [self._rule(rule) for rule in specified_rules]
        fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
        if fragments:
            self._rules.insert(0, FragmentNestingVisitor(fragments))
        self._parallel = ParallelVisitor(self._rules)
        self._visitor = TypeInfoVisitor(types, self._parallel)
        self._types = types

    def _rule(self, rule: Any) -> Visitor:
        if rule is OverlappingFieldsCanBeMergedRule:
            return _Overlaps(self._context, self._limits)
        visitor: Visitor = rule(self._context)
        return visitor

    def errors(self) -> list[GraphQLError]:
        try:
            visit(self._document, self._visitor, query_document_keys_to_validate)
        except ValidationAbortedError as aborted:
            aborted.__context__ = None
            self._errors.append(aborted.with_traceback(None))
        except RecursionError:
            self._errors.append(GraphQLError("The document is nested too deeply."))
        finally:
            _clear(self._context, *self._rules, self._parallel, self._visitor, self._types)
        return self._errors

    def _add_error(self, error: GraphQLError) -> None:
        """Adds an error. The same mistake in several places is one error with several locations."""
        known = next((at for at, it in enumerate(self._errors) if it.message == error.message), None)
        if self._found >= self._limits.errors:
            raise ValidationAbortedError("Too many validation errors, error limit reached. Validation aborted.")
        self._found += 1
        if known is None:
            self._errors.append(error)
        else:
            nodes = [*(self._errors[known].nodes or ()), *(error.nodes or ())]
            self._errors[known] = GraphQLError(error.message, nodes, extensions=error.extensions)


class _Context(ValidationContext):
    """graphql-core's context, without the reference cycles of its search for variables."""

    def get_variable_usages(self, node: OperationDefinitionNode | FragmentDefinitionNode) -> list[VariableUsage]:
        usages: list[VariableUsage] | None = self._variable_usages.get(node)
        if usages is None:
            seen = VariableUsageVisitor(self._type_info, node if isinstance(node, FragmentDefinitionNode) else None)
            visitor = TypeInfoVisitor(self._type_info, seen)
            visit(node, visitor)
            usages = self._variable_usages[node] = seen.usages
            _clear(seen, visitor)
        return usages


def _clear(*visitors: object) -> None:
    """Removes all attributes of visitors, which refer to the visitors in turn."""
    for it in visitors:
        vars(it).clear()


class _Overlaps(OverlappingFieldsCanBeMergedRule):
    """Compares overlapping fields, with our limit on the number of comparisons."""

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
                f"This document selects the same fields too often: the limit is {most:,} comparisons of fields "
                f"({setting})."
            )
            raise _aborted(over_limit("overlaps", found, most, setting, message)) from None


def _aborted(error: GraphQLError) -> ValidationAbortedError:
    return ValidationAbortedError(error.message, extensions=error.extensions)


def forget_tokens(document: DocumentNode) -> None:
    """Removes the tokens of a parsed document, which are the larger part of it, and keeps the positions of its
    nodes."""
    placeholder = Token(TokenKind.SOF, 0, 0, 0, 0)
    pending: list[Node] = [document]
    while pending:
        node = pending.pop()
        if node.loc is not None:
            node.loc.start_token = node.loc.end_token = placeholder
        for key in node.keys:
            child = getattr(node, key)
            if isinstance(child, Node):
                pending.append(child)
            elif isinstance(child, tuple):
                pending += [it for it in child if isinstance(it, Node)]
