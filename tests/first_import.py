"""Run as a program: imports each module of the schema first, in a process of its own, and compares the SDL then built.

Prints whether it builds after each. All processes are forks of one that has imported everything that
the schema's modules import, but none of them: each costs their own import and the building, not the libraries'.
"""

import gc
import importlib
import os
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).parent.parent
AT_ONCE = 2


def modules(package: str) -> list[str]:
    """The modules of a package that have code."""
    files = [it for it in (ROOT / package).rglob("*.py") if it.stat().st_size]
    return sorted(".".join(it.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for it in files)


def builds_the_schema(first: str) -> bool:
    """Whether a schema as exported is built after this module is imported before all others."""
    importlib.import_module(first)
    from schema.build import sdl

    return sdl() == (ROOT / "schema.graphql").read_text()


def in_a_process_of_its_own(first: str) -> int:
    child = os.fork()
    if child:
        return child
    fine = False
    try:
        fine = builds_the_schema(first)
    except Exception:  # noqa: BLE001 - whatever it is, this module failed
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
    waiting = sys.argv[1:] or modules("schema")
    running: dict[int, str] = {}
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            first = waiting.pop()
            running[in_a_process_of_its_own(first)] = first
        process, status = os.wait()
        first = running.pop(process)
        print("fails" if status else "builds", first, flush=True)


if __name__ == "__main__":
    main()
