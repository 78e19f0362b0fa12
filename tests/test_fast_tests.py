"""What `make fast` runs needs no database and no browser."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SLOW = {"sqlalchemy", "aiosqlite", "asyncpg", "playwright"}
FAST = ("tests/conftest.py", "tests/domain", "tests/use_cases")


def modules(path: str) -> list[str]:
    files = (ROOT / path).rglob("*.py") if (ROOT / path).is_dir() else [ROOT / path]
    return sorted(".".join(it.relative_to(ROOT).with_suffix("").parts) for it in files)


def test_tests_of_rules_and_use_cases_import_no_database_and_no_browser():
    names = [it for path in FAST for it in modules(path)]
    assert len(names) > 50
    program = f"""
import importlib, sys
for name in {names}:
    importlib.import_module(name)
    for slow in {SLOW}.intersection(sys.modules):
        sys.exit(f"{{name}} imports {{slow}}")
"""
    # In a process of its own: this one has imported everything.
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_make_fast_runs_exactly_those():
    recipe = (ROOT / "Makefile").read_text().partition("\nfast:")[2].partition("\n\n")[0]
    assert [it for it in recipe.split() if it.startswith("tests/")] == list(FAST[1:])
