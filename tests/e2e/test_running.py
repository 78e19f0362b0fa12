"""docs/running.md: its commands are run as they stand."""

from pathlib import Path

from tests.databases import Templates
from tests.e2e.processes import free_port
from tests.e2e.walks import commands_of, walk

PAGE = (Path(__file__).parents[2] / "docs" / "running.md").read_text(encoding="utf-8")
EXAMPLE = "postgresql+asyncpg://quotegraph@localhost/quotegraph"


def section(name: str) -> str:
    found = commands_of(PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0])
    assert "quotegraph serve" in found
    return found


async def test_everything_runs_in_one_process_and_one_file(tmp_path: Path):
    await walk(section("A file"), tmp_path, port=free_port())


async def test_one_machine_serves_in_several_processes(migrated: Templates, tmp_path: Path):
    url = await migrated.new("postgresql", tmp_path)
    commands = section("One machine")
    assert EXAMPLE in commands
    await walk(commands.replace(EXAMPLE, f"'{url}'"), tmp_path, port=free_port())
    migrated.give_back(url)
