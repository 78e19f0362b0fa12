"""Copies the fonts of printed quotes out of node_modules into files/, with their licence.

Run by `make setup` after `npm ci`, with nothing but the standard library. A missing file fails the build here, not as
boxes in somebody's quote.
"""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = HERE / "files"
WEIGHTS = ("400Regular", "600SemiBold")

# Families and the weights that are kept. Han and Hangul fonts are large; their headings are printed in the regular one.
FAMILIES = {
    "NotoSans": ("noto-sans", WEIGHTS),
    "NotoSansArabic": ("noto-sans-arabic", WEIGHTS),
    "NotoSansHebrew": ("noto-sans-hebrew", WEIGHTS),
    "NotoSansThai": ("noto-sans-thai", WEIGHTS),
    "NotoSansSC": ("noto-sans-sc", WEIGHTS[:1]),
    "NotoSansKR": ("noto-sans-kr", WEIGHTS[:1]),
}


def collect(node_modules: Path, files: Path) -> None:
    """Fill `files` anew, whole or not at all."""
    fresh = files.with_name(files.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for family, (package, weights) in FAMILIES.items():
        source = node_modules / "@expo-google-fonts" / package
        for weight in weights:
            shutil.copyfile(source / weight / f"{family}_{weight}.ttf", fresh / f"{family}_{weight}.ttf")
        shutil.copyfile(source / "LICENSE_FONT", fresh / f"{family}_LICENSE")
    shutil.rmtree(files, ignore_errors=True)
    fresh.rename(files)


if __name__ == "__main__":
    try:
        collect(HERE / "node_modules", FILES)
    except FileNotFoundError as missing:
        sys.exit(f"{missing.filename} is missing: run `make setup`, which installs the fonts' npm packages")
