"""Run as a program: imports the modules of the schema in several orders, each in a process of its own, and compares the
SDL then built.

A module is imported after those that it imports. Of two others, each is imported before the other in at least one of
the orders, so that what one needs of the other without importing it is missing then. Prints whether the schema builds
after each. All processes are forks of one that has imported everything that the schema's modules import, but none of
them: each costs their own import and the building, not the libraries'.
"""

import ast
import gc
import importlib
import os
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence, Set
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
AT_ONCE = 2


def modules(package: str) -> list[str]:
    """The modules of a package that have code."""
    files = [it for it in (ROOT / package).rglob("*.py") if it.stat().st_size]
    return sorted(".".join(it.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for it in files)


def imported_by(names: Sequence[str]) -> dict[str, set[str]]:
    """The modules that each of them makes Python import, directly or not. Raises: CycleError."""
    known = set(names)
    direct = {name: {it for it in _imports(name) if it in known and it != name} for name in names}
    found: dict[str, set[str]] = {}
    for name in TopologicalSorter(direct).static_order():
        found[name] = direct[name].union(*(found[it] for it in direct[name]))
    return found


def _imports(name: str) -> Iterator[str]:
    """What a module imports while it is imported itself: not in functions, nor for type checkers only."""
    path = ROOT.joinpath(*name.split("."))
    source = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
    waiting: list[ast.AST] = [ast.parse(source.read_text())]
    yield from (name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (it.name for it in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (it for name in node.names for it in (f"{node.module}.{name.name}", str(node.module)))
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def orders(needed: Mapping[str, Set[str]]) -> Iterator[list[str]]:
    """Orders in which each module is behind those that it needs, and in one of which it is before each other one."""
    ahead = {name: needed.keys() - needed[name] - {name} for name in needed}
    users = {name: {it for it in needed if name in needed[it]} for name in needed}

    def worth(name: str, left: Set[str]) -> int:
        """How many modules it is to be before, it and the one behind it that is to be before the most."""
        return len(ahead[name] & left) + max((len(ahead[it] & left) for it in users[name] & left), default=0)

    while any(ahead.values()):
        first = max(sorted(needed), key=lambda it: len(ahead[it]))
        order, left = list[str](), set(needed)
        while left:
            wanted = left & (needed[first] | {first}) or left
            ready = sorted(it for it in wanted if needed[it].isdisjoint(left))
            order.append(max(ready, key=lambda it: worth(it, left)))
            left.remove(order[-1])
            ahead[order[-1]] -= left
        yield order


def builds_the_schema(order: Sequence[str]) -> bool:
    """Whether a schema as exported is built after the modules are imported in this order."""
    for name in order:
        importlib.import_module(name)
    assert [it for it in sys.modules if it in set(order)] == list(order), "They import others than it seems."
    from schema.build import sdl

    return sdl() == (ROOT / "schema.graphql").read_text()


def in_a_process_of_its_own(order: Sequence[str]) -> int:
    child = os.fork()
    if child:
        return child
    fine = False
    try:
        fine = builds_the_schema(order)
    except Exception:  # noqa: BLE001 - whatever it is, this order failed
        traceback.print_exc(limit=-3)
    finally:
        sys.stderr.flush()
        os._exit(0 if fine else 1)


def main() -> None:
    for name in ["strawberry", "strawberry.schema", *modules("domain"), *modules("resolvers")]:
        importlib.import_module(name)
    assert not any(it.split(".")[0] == "schema" for it in sys.modules)
    # What is imported stays: no process need look through it.
    gc.disable()
    waiting = list(enumerate(orders(imported_by(modules("schema")))))
    running: dict[int, int] = {}
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            number, order = waiting.pop()
            running[in_a_process_of_its_own(order)] = number
        process, status = os.wait()
        number = running.pop(process)
        print("fails" if status else "builds", number, flush=True)


if __name__ == "__main__":
    main()
