"""What the tests of several clients share."""

from pathlib import Path

from tests.api.support.running import Running
from tests.e2e.processes import command


async def push(api: Running, manifest: Path) -> None:
    """Push the documents of a manifest, as the build of a front end does."""
    url = api.parts.database.url.render_as_string(hide_password=False)
    code, _, problems = await command("documents", "push", str(manifest), "--client", "tests", database_url=url)
    assert code == 0, problems
