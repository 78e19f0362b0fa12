"""Copies the fonts of printed quotes from node_modules into files/, with their licences.

Run by `make setup` after `npm ci`; uses the standard library only. A missing file fails the build, instead of printing
boxes in a quote.
"""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = HERE / "files"
WEIGHTS = ("400Regular", "600SemiBold")

# Families and the weights that are copied. Han and Hangul fonts are large, so their headings use the regular weight.
# Each family is listed in adapters/pdf/quote.typ too, which determines the order in which fonts are tried.
FAMILIES = {
    "NotoSans": ("noto-sans", (*WEIGHTS, "400Regular_Italic", "600SemiBold_Italic")),
    "NotoSansArabic": ("noto-sans-arabic", WEIGHTS),
    "NotoSansArmenian": ("noto-sans-armenian", WEIGHTS),
    "NotoSansBengali": ("noto-sans-bengali", WEIGHTS),
    "NotoSansEthiopic": ("noto-sans-ethiopic", WEIGHTS),
    "NotoSansGeorgian": ("noto-sans-georgian", WEIGHTS),
    "NotoSansGujarati": ("noto-sans-gujarati", WEIGHTS),
    "NotoSansGurmukhi": ("noto-sans-gurmukhi", WEIGHTS),
    "NotoSansHebrew": ("noto-sans-hebrew", WEIGHTS),
    "NotoSansKannada": ("noto-sans-kannada", WEIGHTS),
    "NotoSansKhmer": ("noto-sans-khmer", WEIGHTS),
    "NotoSansLao": ("noto-sans-lao", WEIGHTS),
    "NotoSansMalayalam": ("noto-sans-malayalam", WEIGHTS),
    "NotoSansMyanmar": ("noto-sans-myanmar", WEIGHTS),
    "NotoSansOriya": ("noto-sans-oriya", WEIGHTS),
    "NotoSansSinhala": ("noto-sans-sinhala", WEIGHTS),
    "NotoSansTamil": ("noto-sans-tamil", WEIGHTS),
    "NotoSansTelugu": ("noto-sans-telugu", WEIGHTS),
    "NotoSansThai": ("noto-sans-thai", WEIGHTS),
    "NotoSansSC": ("noto-sans-sc", WEIGHTS[:1]),
    "NotoSansKR": ("noto-sans-kr", WEIGHTS[:1]),
    "NotoEmoji": ("noto-emoji", WEIGHTS[:1]),
}


def collect(node_modules: Path, files: Path) -> None:
    """Replaces `files`. If a font is missing, the old contents stay."""
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
