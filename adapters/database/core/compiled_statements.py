"""Statements that SQLAlchemy builds and compiles once, and that are executed without it.

A compiled statement knows its text, how values become its arguments, and how what was fetched becomes rows.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import LRUCache

from adapters.database.core.column_types import KeyList, Word
from adapters.database.core.columns import MOMENT

# Of statements that are built for each execution, the shapes that are kept compiled.
MOST_SHAPES = 500

Values = Mapping[str, Any]
Reader = tuple[int, Callable[[Any], Any]]


class Prepared:
    """A statement that is built once, compiled for a database when it is first executed there. `keys` are the columns
    of an insert or update whose values come with each execution."""

    __slots__ = ("_compiled", "_keys", "statement")

    def __init__(self, statement: Any, keys: Sequence[str] | None = None) -> None:
        self.statement = statement
        self._keys = keys
        self._compiled: dict[str, CompiledStatement] = {}

    def compiled(self, dialect: Dialect) -> "CompiledStatement":
        found = self._compiled.get(dialect.name)
        if found is None:
            compiled = self.statement.compile(dialect=dialect, column_keys=self._keys)
            found = self._compiled[dialect.name] = CompiledStatement(compiled, dialect)
        return found


class CompiledStatement:
    """A statement with all values as named parameters."""

    __slots__ = ("_defaults", "_fixed", "_make", "_names", "_processors", "_readers", "compiled", "returns_rows", "sql")

    def __init__(self, compiled: Any, dialect: Dialect) -> None:
        self.compiled: SQLCompiler = compiled
        self.sql: str = compiled.string
        self._names: Sequence[str] = compiled.positiontup or ()
        fixed = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
        self._defaults = _defaults(compiled)
        self._fixed = {name: value for name, value in fixed.items() if name not in self._defaults}
        # asyncpg accepts a list of keys unchanged; SQLAlchemy would process each.
        asis = KeyList if dialect.name == "postgresql" else ()
        self._processors: Mapping[str, Any] = {
            name: process
            for name, process in compiled._bind_processors.items()
            if not isinstance(compiled.binds[name].type, asis)
        }
        columns = compiled._result_columns or ()
        self.returns_rows = bool(columns)
        self._readers = readers_of([it.type for it in columns], dialect)
        self._make: Callable[[Iterable[Any]], Any] = _row_type(tuple(it.keyname or "" for it in columns))

    def arguments(self, values: Values) -> list[Any]:
        """Returns complete values in the order of the placeholders."""
        return _positional(values, self._names, self._processors)

    def complete(self, values: Values, moment: datetime) -> Values:
        """Returns the values with those of the statement itself, and of columns that are noted as rows are written."""
        if not self._fixed and not self._defaults:
            return values
        execution = SimpleNamespace(execution_options={MOMENT: moment})
        noted = {name: default(execution) for name, default in self._defaults.items()}
        return {**self._fixed, **values, **noted}

    def expanded(self, values: Values) -> tuple[str, list[Any]]:
        """Returns the text and arguments of a statement with lists whose length is part of the text."""
        state: Any = self.compiled._process_parameters_for_postcompile(dict(values))
        processors = {**self._processors, **state.processors}
        return state.statement, _positional(state.parameters, state.positiontup or (), processors)

    @property
    def has_lists(self) -> bool:
        return bool(self.compiled.post_compile_params or self.compiled.literal_execute_params)

    def rows(self, fetched: Iterable[Sequence[Any]]) -> list[Any]:
        """Returns what was fetched as rows with attributes."""
        if not self._readers:
            return list(map(self._make, fetched))
        return [self._make(read(row, self._readers)) for row in fetched]


class StatementShapes:
    """Compiles statements that are built for each execution: once for all that differ in their values only."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._shapes: Any = LRUCache(MOST_SHAPES)
        self._compiled: WeakKeyDictionary[Any, CompiledStatement] = WeakKeyDictionary()

    def compiled(self, statement: Any, values: Sequence[Values]) -> tuple[CompiledStatement, list[Values]]:
        """Returns the compiled statement, and the values with those that the statement was built with."""
        keys = sorted(values[0]) if values else []
        many = len(values) > 1
        compiled, extracted, collected, _ = statement._compile_w_cache(
            self._dialect, compiled_cache=self._shapes, column_keys=keys, for_executemany=many
        )
        known = self._compiled.get(compiled)
        if known is None:
            known = self._compiled[compiled] = CompiledStatement(compiled, self._dialect)
        build = partial(
            compiled.construct_params, extracted_parameters=extracted, escape_names=False, _collected_params=collected
        )
        return known, [build(it) for it in values] or [build()]


def readers_of(types: Sequence[Any], dialect: Dialect) -> tuple[Reader, ...]:
    """Returns what makes the values of the domain from those of columns, where anything has to, with their places."""
    readers = ((place, _reader_of(it, dialect)) for place, it in enumerate(types))
    return tuple((place, reader) for place, reader in readers if reader is not None)


def read(row: Sequence[Any], readers: Sequence[Reader]) -> list[Any]:
    """Returns the values of a row as the domain has them."""
    found = list(row)
    for index, reader in readers:
        value = found[index]
        if value is not None:
            found[index] = reader(value)
    return found


def _reader_of(type_: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    if isinstance(type_, Word):
        return {str(it): it for it in type_.words}.__getitem__
    reader: Callable[[Any], Any] | None = type_._cached_result_processor(dialect, None)
    if dialect.name == "postgresql" and not hasattr(type_, "load"):
        # asyncpg's own values are those of the domain.
        return None
    return reader


def _positional(values: Values, names: Sequence[str], processors: Mapping[str, Any]) -> list[Any]:
    return [processors[name](values[name]) if name in processors else values[name] for name in names]


def _defaults(compiled: Any) -> dict[str, Callable[[Any], Any]]:
    """Returns the parameters that are noted as a row is written."""
    if not compiled.insert_prefetch and not compiled.update_prefetch:
        return {}
    named = compiled._within_exec_param_key_getter
    inserted = {named(it): it.default.arg for it in compiled.insert_prefetch}
    return inserted | {named(it): it.onupdate.arg for it in compiled.update_prefetch}


def _row_type(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    row = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    return partial(tuple.__new__, row)
