"""What axe-core finds wrong with a page."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = Path(__file__).parents[1] / "clients" / "node_modules" / "axe-core" / "axe.min.js"


async def accessibility_problems(page: Page, *parts: str) -> list[tuple[str, list[str]]]:
    """The rules that a page, or these parts of it, violates, and the elements that do."""
    await page.evaluate(AXE.read_text())
    context: Any = {"include": [[it] for it in parts]} if parts else None
    found = await page.evaluate("context => axe.run(context || document)", context)
    assert len(found["passes"]) > 10, "axe-core has found nothing to check"
    return [(it["id"], [node["html"] for node in it["nodes"]]) for it in found["violations"]]
