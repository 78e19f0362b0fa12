"""What an installation consists of: every package with its licence and checksums, and no licence we may not use."""

import json

import pytest
from cyclonedx.schema import SchemaVersion

from deploy.bill_of_materials import LICENCES, NPM_LOCKS, bill, licences, npm_packages, python_packages

# Licences that allow use in a product as it is. Those of the LGPL and the MPL ask for changes of the package itself.
ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "LGPL-2.1-only",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OFL-1.1",
    "PSF-2.0",
    "Public Domain",
    "Unlicense",
}


@pytest.fixture(scope="module")
def packages():
    return [*python_packages(), *npm_packages()]


def test_the_licence_of_every_package_is_stated_and_one_that_we_may_use(packages):
    def parts(licence: str) -> set[str]:
        return {it.strip(" ()") for it in licence.replace(" AND ", "|").replace(" OR ", "|").split("|")}

    assert {it.name: it.licence for it in packages if not parts(it.licence) <= ALLOWED} == {}


def test_the_page_of_licences_names_every_package(packages):
    page = LICENCES.read_text()
    assert [it.name for it in packages if f"{it.name} ({it.ecosystem})" not in page] == []
    assert licences(packages).splitlines()[:6] == page.splitlines()[:6], "run `make sbom`"


def test_the_bill_of_materials_is_valid_and_the_same_each_time(packages):
    written = bill(packages)
    # Here, because the import takes seconds, which every process that collects this file would wait.
    from cyclonedx.validation.json import JsonStrictValidator

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written) is None
    assert bill(reversed(packages)) == written


def test_every_component_has_a_checksum_and_is_what_a_lock_file_pins(packages):
    components = json.loads(bill(packages))["components"]
    assert [it["name"] for it in components if not it.get("hashes")] == []
    assert {it["purl"] for it in components} == {str(it.purl) for it in packages}
    assert all(lock.exists() for lock in NPM_LOCKS)
