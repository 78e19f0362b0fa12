"""The login page of the emulated OpenID Connect provider."""

from collections.abc import Iterable, Mapping
from html import escape

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · demo identity provider</title>
<style>
:root {{ color-scheme: light dark; --line: #8886; --accent: #4f46e5 }}
body {{
  margin: 0; min-height: 100vh; display: grid; place-items: center;
  font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif;
}}
main {{ width: min(24rem, 100% - 2rem) }}
h1 {{ font-size: 1.25rem; margin: 0 }}
p {{ margin: .25rem 0 1.25rem }}
button {{
  display: block; width: 100%; margin: .5rem 0; padding: .75rem 1rem; text-align: left; cursor: pointer;
  border: 1px solid var(--line); border-radius: 8px; color: inherit; background: none; font: inherit;
}}
button:hover, button:focus-visible {{ border-color: var(--accent); outline: 1px solid var(--accent) }}
button span {{ display: block; font-size: .875rem; opacity: .8 }}
button.plain {{ border-color: transparent; text-align: center }}
</style>
<main>
<h1>Sign in to {client}</h1>
<p>This is the identity provider of the demo. It asks for no password: choose who you are.</p>
<form method="post" action="authorize">
{asked}
{people}
<button class="plain" name="person" value="">Cancel</button>
</form>
</main>
</html>
"""


def login_page(people: Iterable[tuple[str, str, str]], asked: Mapping[str, str]) -> str:
    """Returns the page with a button for each person, given by key, name and e-mail address."""
    hidden = (f'<input type="hidden" name="{escape(name)}" value="{escape(it)}">' for name, it in asked.items())
    buttons = (
        f'<button name="person" value="{key}">{escape(name)}<span>{escape(email)} · {key}</span></button>'
        for key, name, email in people
    )
    client = escape(asked.get("client_id", ""))
    return _PAGE.format(client=client, asked="\n".join(hidden), people="\n".join(buttons))
