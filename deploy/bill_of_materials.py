"""Writes what an installation consists of: a bill of materials in CycloneDX, and the list of licences.

`make sbom` runs it. The packages are those of the lock files: of Python `deploy/requirements.lock`, and of the
playground and the fonts what their bundles are built from. A licence is what the package itself says.
"""

import argparse
import json
import re
from base64 import b64decode
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from cyclonedx.contrib.hash.factories import HashTypeFactory
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).parents[1]
PYTHON_LOCK = ROOT / "deploy" / "requirements.lock"
NPM_LOCKS = (ROOT / "app/playground/package-lock.json", ROOT / "adapters/fonts/package-lock.json")
LICENCES = ROOT / "docs" / "licences.md"

_PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^ ;\\]+)([^\\\n]*)", re.MULTILINE)
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
# What packages say instead of an identifier of SPDX.
_IDENTIFIERS = {
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-2.1-or-later",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "The Unlicense (Unlicense)": "Unlicense",
}


class Package(NamedTuple):
    """One package of an installation."""

    ecosystem: str
    name: str
    version: str
    licence: str
    hashes: tuple[str, ...] = ()

    @property
    def purl(self) -> PackageURL:
        scope, _, name = self.name.rpartition("/")
        return PackageURL(self.ecosystem, scope or None, name, self.version)


def python_packages() -> list[Package]:
    """Returns the Python packages of an installation. Those of other platforms are not installed here, and are left
    out."""
    text = PYTHON_LOCK.read_text()
    found = list(_PINNED.finditer(text))
    ends = [*(it.start() for it in found[1:]), len(text)]
    packages = []
    for pinned, end in zip(found, ends, strict=True):
        name, version, marker = pinned.groups()
        try:
            licence = _licence(metadata.metadata(name))
        except metadata.PackageNotFoundError:
            if not marker.strip().startswith(";"):
                raise
            continue
        packages.append(Package("pypi", name, version, licence, tuple(_HASH.findall(text[pinned.end() : end]))))
    return packages


def _licence(about: metadata.PackageMetadata) -> str:
    fields = [about.get("License-Expression"), *_classified(about), about.get("License")]
    said = next((it for it in fields if it and it.strip() and "\n" not in it.strip()), "").strip()
    return _IDENTIFIERS.get(said, said)


def _classified(about: metadata.PackageMetadata) -> Iterable[str]:
    for it in about.get_all("Classifier") or ():
        if it.startswith("License :: ") and not it.endswith("OSI Approved"):
            yield it.rpartition(" :: ")[2]


def npm_packages() -> list[Package]:
    """Returns the npm packages that pages and fonts are built from."""
    found = set()
    for lock in NPM_LOCKS:
        for path, about in json.loads(lock.read_text())["packages"].items():
            if path:
                name = path.rpartition("node_modules/")[2]
                found.add(Package("npm", name, about["version"], about.get("license", ""), (_hexadecimal(about),)))
    return sorted(found)


def _hexadecimal(about: dict[str, str]) -> str:
    algorithm, _, digest = about["integrity"].partition("-")
    return f"{algorithm}:{b64decode(digest).hex()}"


def bill(packages: Iterable[Package]) -> str:
    """Returns the bill of materials, without a time or a random number, so that equal installations have equal ones."""
    ours = Component(
        name="quotegraph", type=ComponentType.APPLICATION, version=metadata.version("quotegraph"), bom_ref="quotegraph"
    )
    components = [_component(it) for it in packages]
    bom = Bom(components=components)
    bom.metadata.component = ours
    bom.register_dependency(ours, components)
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    written.pop("serialNumber", None)
    written["metadata"].pop("timestamp", None)
    return json.dumps(written, indent=1, sort_keys=True) + "\n"


def _component(package: Package) -> Component:
    scope, _, name = package.name.rpartition("/")
    return Component(
        name=name,
        group=scope or None,
        version=package.version,
        type=ComponentType.LIBRARY,
        purl=package.purl,
        bom_ref=str(package.purl),
        licenses=[LicenseFactory().make_from_string(package.licence)] if package.licence else (),
        hashes=[HashTypeFactory().from_composite_str(it) for it in package.hashes],
    )


def licences(packages: Iterable[Package]) -> str:
    """Returns the page that lists packages by their licence."""
    by_licence: dict[str, list[str]] = {}
    for it in sorted(packages):
        by_licence.setdefault(it.licence or "not stated", []).append(f"{it.name} ({it.ecosystem})")
    rows = [f"| {licence} | {len(names)} | {', '.join(names)} |" for licence, names in sorted(by_licence.items())]
    return "\n".join(
        [
            "# Licences",
            "",
            "The packages of an installation, by the licence that each states. `make sbom` writes this page, and with",
            "versions and checksums `dist/quotegraph.cdx.json`, a bill of materials in CycloneDX 1.6. Packages of npm",
            "are what the playground and the fonts are built from; none of them runs on a server. Known faults of",
            "these packages are published on the internet: where that is reached, `npm audit --prefix app/playground`",
            "and `pip-audit -r deploy/requirements.lock` look for them.",
            "",
            "| licence | packages | |",
            "|---|---:|---|",
            *rows,
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "dist")
    directory = parser.parse_args().to
    packages = [*python_packages(), *npm_packages()]
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "quotegraph.cdx.json").write_text(bill(packages))
    LICENCES.write_text(licences(packages))


if __name__ == "__main__":
    main()
