"""Compresses the files of folders, for `app/server/static_files.py` to serve.

`make setup` runs `python -m app.server.precompress FOLDER …` after the files are built.
"""

import re
import sys
from pathlib import Path

from app.server.content_codings import FILE_CODINGS, compress_once

SHORTEST = 1024
TEXT = re.compile(r"\.(?:m?js|css|html|svg|json|map|txt|wasm|ttf|graphql)$")


def precompress(folder: Path) -> None:
    """Writes the compressed variants of the text files in a folder beside them, where they are shorter."""
    for file in sorted(folder.rglob("*")):
        if not TEXT.search(file.name) or file.stat().st_size < SHORTEST:
            continue
        data = file.read_bytes()
        for coding, suffix in FILE_CODINGS.items():
            encoded = compress_once(data, coding)
            if len(encoded) < len(data):
                file.with_name(file.name + suffix).write_bytes(encoded)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        precompress(Path(name))
