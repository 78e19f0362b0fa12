"""The playground as a user sees it: its editors, its buttons, and the line under the answer."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Error, Locator, Page

from tests.e2e.processes import eventually

# The editors draw only the lines that are on the screen, so that their whole text is not in the page.
EDITOR = """editor => __MONACO.editor.getEditors().find(it => it.getContainerDomNode().closest(editor))"""
QUERY, VARIABLES, RESPONSE = ".graphiql-query-editor", "[aria-label='Variables']", ".graphiql-response"


async def opened(page: Page, url: str, key: str | None = None, query: str = "") -> None:
    """Opens the playground and waits for its editors."""
    await page.goto(f"{url}{query}" + (f"#key={key}" if key else ""))
    await ready(page)


@asynccontextmanager
async def restarted(page: Page) -> AsyncIterator[None]:
    """Waits until GraphiQL has started again, as it does with another key."""
    await page.evaluate("document.querySelector('.graphiql-container').dataset.before = ''")
    yield
    await page.wait_for_selector(".graphiql-container:not([data-before])")
    await ready(page)


async def enter_key(page: Page, key: str) -> None:
    async with restarted(page):
        await page.get_by_label("API key", exact=True).fill(key)
        await page.get_by_label("API key", exact=True).press("Enter")


async def ready(page: Page) -> None:
    for part in (QUERY, VARIABLES, RESPONSE):
        await until(page, f"part => Boolean(window.__MONACO && ({EDITOR})(part))", part)


async def until(page: Page, condition: str, arg: Any = None) -> None:
    """Waits for a condition of the page, also while the page loads anew. Playwright's own `wait_for_function` needs
    `unsafe-eval` in the page's policy for each look but the first."""

    async def holds() -> bool:
        try:
            return bool(await page.evaluate(condition, arg))
        except Error as error:
            if "context was destroyed" in error.message:
                return False
            raise

    await eventually(holds)


async def text_in(page: Page, part: str) -> str:
    found: str = await page.evaluate(f"part => ({EDITOR})(part)?.getValue() ?? ''", part)
    return found


async def write(page: Page, text: str, part: str = QUERY) -> None:
    await page.evaluate(f"([part, text]) => ({EDITOR})(part).setValue(text)", [part, text])


async def run(page: Page, document: str | None = None, variables: Any = None) -> None:
    """Runs what is in the editors, or this."""
    if document is not None:
        await write(page, document)
        await write(page, "" if variables is None else json.dumps(variables), VARIABLES)
    await execute_button(page).click()


def execute_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Execute query")


async def answer(page: Page) -> Any:
    """The next answer that is shown, as data."""

    async def shown() -> Any:
        text = await text_in(page, RESPONSE)
        return json.loads(text) if text else None

    return await eventually(shown)


async def answered(page: Page, wanted: str) -> str:
    """The answer as soon as it contains a text."""

    async def shown() -> str | None:
        text = await text_in(page, RESPONSE)
        return text if wanted in text else None

    found: str = await eventually(shown)
    return found


async def choose(page: Page, menu: str, entry: str) -> None:
    """Chooses from a menu of the toolbar. "Execute query" is one only after GraphiQL has parsed a second operation,
    a moment after it was written; before that, a click runs the first."""
    await page.get_by_role("button", name=menu).and_(page.locator("[aria-haspopup=menu]")).click()
    await page.get_by_role("menuitem", name=entry, exact=True).click()


async def copied_code(page: Page, language: str) -> str:
    """What the menu copies as code in this language."""
    await _empty_clipboard(page)
    await choose(page, "Copy as code", language)
    return await _copied(page)


async def copied_link(page: Page) -> str:
    """The link that the button copies."""
    await _empty_clipboard(page)
    await page.get_by_role("button", name="Share").click()
    return await _copied(page)


async def _empty_clipboard(page: Page) -> None:
    """All pages have one clipboard, in which there may be what another test has copied."""
    await page.evaluate("navigator.clipboard.writeText('')")


async def _copied(page: Page) -> str:
    found: str = await eventually(lambda: page.evaluate("navigator.clipboard.readText()"))
    return found
