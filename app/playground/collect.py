"""Copies the playground's files from node_modules into assets/.

Run by `make setup` after `npm ci`; uses the standard library only. A missing file fails the build, instead of the page
in a browser.
"""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ASSETS = HERE / "assets"

# Served file name -> path in node_modules.
FILES = {
    "react.js": "react/umd/react.production.min.js",
    "react-dom.js": "react-dom/umd/react-dom.production.min.js",
    "graphql-ws.js": "graphql-ws/umd/graphql-ws.min.js",
    "graphiql.js": "graphiql/dist/index.umd.js",
    "graphiql.css": "graphiql/dist/style.css",
    "explorer.js": "@graphiql/plugin-explorer/dist/index.umd.js",
    "explorer.css": "@graphiql/plugin-explorer/dist/style.css",
}

# Source maps are not served; removing this line keeps browsers from requesting them.
SOURCE_MAP = b"//# sourceMappingURL="


def collect(node_modules: Path, assets: Path) -> None:
    """Replaces `assets`. If a file is missing, the old contents stay."""
    fresh = assets.with_name(assets.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name, source in FILES.items():
        lines = (node_modules / source).read_bytes().splitlines(keepends=True)
        (fresh / name).write_bytes(b"".join(line for line in lines if not line.startswith(SOURCE_MAP)))
    shutil.rmtree(assets, ignore_errors=True)
    fresh.rename(assets)


if __name__ == "__main__":
    try:
        collect(HERE / "node_modules", ASSETS)
    except FileNotFoundError as missing:
        sys.exit(f"{missing.filename} is missing: run `make setup`, which installs the playground's npm packages")
