"""The files that editors and tools read say what pyproject.toml and the Makefile say."""

import json
import re
import shutil
import subprocess
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RUFF = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]
MAKEFILE = (ROOT / "Makefile").read_text()
HOOKS = (ROOT / ".pre-commit-config.yaml").read_text()
DEVCONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())


# ---- pre-commit

# The part of YAML that the file keeps to: local hooks, each with these keys in this order.
HOOK = re.compile(
    r"      - id: (?P<id>[a-z-]+)\n"
    r"        name: (?P<name>[a-z -]+)\n"
    r"        entry: (?P<entry>[^\s:#][^:#\n]*)\n"
    r"        language: system\n"
    r"        pass_filenames: false\n"
    r"        files: (?P<files>[^\s:#]+)\n"
)
CONFIG = re.compile(
    rf"(?:#[^\n]*\n)*repos:\n  - repo: local\n    hooks:\n(?:{re.sub('[?]P<[a-z]+>', '?:', HOOK.pattern)})+"
)


def recipe(target: str) -> list[str]:
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert found is not None
    folders = {"$(BIN)": ".venv/bin", "$(SCHEMA_TOOLS)": "tests/schema_tools"}
    return [re.sub(r"\$\(\w+\)", lambda it: folders[it[0]], line.strip()) for line in found[1].splitlines()]


def test_the_hooks_are_in_the_form_that_pre_commit_reads():
    assert CONFIG.fullmatch(HOOKS)
    names = [it["id"] for it in HOOK.finditer(HOOKS)]
    assert len(set(names)) == len(names)


def test_the_hooks_are_what_make_check_runs():
    assert [it["entry"] for it in HOOK.finditer(HOOKS)] == recipe("check")


@pytest.mark.parametrize("path", ["domain/shared/money.py", "tests/conftest.py", "pyproject.toml"])
def test_every_hook_runs_when_code_or_its_settings_change(path):
    assert all(re.search(it["files"], path) for it in HOOK.finditer(HOOKS))


def test_no_hook_runs_for_prose():
    assert not any(re.search(it["files"], "docs/concepts.md") for it in HOOK.finditer(HOOKS))


# ---- editors


def editorconfig() -> ConfigParser:
    config = ConfigParser()
    config.read_string("[top]\n" + (ROOT / ".editorconfig").read_text())
    return config


def test_editors_format_as_ruff_does():
    config = editorconfig()
    assert config["top"]["root"] == "true"
    assert config["*.py"]["max_line_length"] == str(RUFF["line-length"])
    # Ruff's own default, which nothing overrides.
    assert config["*.py"]["indent_size"] == "4"
    assert "indent-width" not in RUFF
    assert config["*"]["end_of_line"] in (ROOT / ".gitattributes").read_text().splitlines()[0]


def test_editors_write_tabs_in_the_makefile():
    assert editorconfig()["Makefile"]["indent_style"] == "tab"
    assert "\n\t" in MAKEFILE


@pytest.mark.skipif(shutil.which("git") is None or not (ROOT / ".git").exists(), reason="not a checkout")
def test_the_files_are_as_editors_would_leave_them():
    listed = subprocess.run(["git", "ls-files", "-z", "--eol"], cwd=ROOT, capture_output=True, text=True, check=True)
    wrong = []
    for line in filter(None, listed.stdout.split("\0")):
        about, path = line.split("\t")
        file = ROOT / path
        if "i/-text" in about or not file.is_file():
            continue
        content = file.read_bytes()
        unfinished = bool(content) and not content.endswith(b"\n")
        if unfinished or b"\r\n" in content or re.search(rb"[ \t]$", content, re.MULTILINE):
            wrong.append(path)
    assert wrong == []


# ---- the container


def test_the_container_is_set_up_by_make():
    assert DEVCONTAINER["postCreateCommand"] == "make setup"
    assert (ROOT / ".devcontainer" / DEVCONTAINER["build"]["dockerfile"]).is_file()


def test_the_container_has_what_ci_installs_and_a_python_that_is_supported():
    described = (ROOT / ".devcontainer" / "Dockerfile").read_text()
    installed = set(re.findall(r"[\w-]+", re.search(r"--no-install-recommends ([^&]*?) *\\\n", described)[1]))  # type: ignore[index]
    needed = re.findall(r"missing\+=\(([^)]*)\)", (ROOT / ".ci" / "run").read_text())
    assert installed == {name for names in needed for name in names.split()}
    target = RUFF["target-version"].removeprefix("py3")
    assert re.search(rf"^FROM python:3\.{target}-\w+$", described, re.MULTILINE), "an image by its name, without a host"


def test_git_ignores_none_of_these_files():
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert not {".devcontainer/", ".github/", ".editorconfig", ".pre-commit-config.yaml"} & set(ignored)
