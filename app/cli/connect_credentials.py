"""The credentials of a system that is connected on the command line: from the environment, or from a prompt. Arguments
would show them to everybody on the machine, and stay in the history of the shell."""

import os
import sys

import typer

from app.cli.common import Failure
from domain.connections.systems import NAMES, Credentials, System
from domain.shared.errors import Path

TOKEN = "QUOTEGRAPH_CONNECT_TOKEN"  # noqa: S105
WEBHOOK_SECRET = "QUOTEGRAPH_CONNECT_WEBHOOK_SECRET"  # noqa: S105
INTEGRATION_ID = "QUOTEGRAPH_CONNECT_INTEGRATION_ID"
PROFILE_ID = "QUOTEGRAPH_CONNECT_PROFILE_ID"

# What is called otherwise here than in the input of `connectSystem`.
OPTIONS = {
    ("name",): "--name",
    ("baseUrl",): "--base-url",
    ("currencyCode",): "--currency",
    ("credentials",): TOKEN,
    ("credentials", "token"): TOKEN,
    ("credentials", "webhookSecret"): WEBHOOK_SECRET,
    ("credentials", "integrationId"): INTEGRATION_ID,
}


def credentials_for(system: System) -> Credentials:
    """The credentials of a system, from the environment; on a terminal, those that are missing are prompted for.

    Raises: Failure.
    """
    token = os.environ.get(TOKEN) or _prompted(f"API token of {NAMES[system]}")
    if not token:
        raise Failure(f"Set {TOKEN} to the API token of {NAMES[system]}, or run the command on a terminal.")
    match system:
        case System.QUIPTEAMS:
            return Credentials(token, webhook_secret=_optional(WEBHOOK_SECRET, "Secret of its webhooks"))
        case System.SALESBYTE:
            integration = _optional(INTEGRATION_ID, "UUID of the integration, to create quotes")
            profile = _optional(PROFILE_ID, "ID of the profile, to create quotes")
            return Credentials(token, integration, _number(profile))
        case _:
            return Credentials(token)


def option_of(path: Path) -> str:
    """How what is wrong is named on the command line, before the message."""
    name = OPTIONS.get(path)
    return f"{name}: " if name else ""


def _optional(variable: str, question: str) -> str | None:
    return os.environ.get(variable) or _prompted(f"{question} (optional)") or None


def _prompted(question: str) -> str:
    """What is entered, which is not shown; empty without a terminal."""
    if not sys.stdin.isatty():
        return ""
    entered: str = typer.prompt(question, default="", hide_input=True, show_default=False, err=True)
    return entered.strip()


def _number(given: str | None) -> int | None:
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise Failure(f"{PROFILE_ID}: give the number of the profile, such as 12.")
    return int(given)
