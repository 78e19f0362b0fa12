"""Data directories of the demo and the emulators: locked by one process at a time, with files written atomically."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.settings import BadSettings

LOCK = ".lock"


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Locks a directory, and creates it if necessary. The lock ends with the block or with the process.

    Raises: BadSettings, if it is not a directory, or another process has locked it.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # The lock file is never deleted: another process may be about to lock it.
        lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except (FileExistsError, NotADirectoryError):
        raise BadSettings(f"--data: {directory} is a file. Give a directory.") from None
    except OSError as error:
        raise BadSettings(f"--data: {directory} cannot be used: {error.strerror}.") from None
    try:
        _take(lock, directory)
        yield
    finally:
        os.close(lock)


def _take(lock: int, directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BadSettings(
            f"--data: another process uses {directory}. Stop it first, or give another directory."
        ) from None


@contextmanager
def present_while_running(file: Path) -> Iterator[None]:
    """Deletes a file before and after the block, so that scripts that wait for it do not find that of an earlier
    run."""
    file.unlink(missing_ok=True)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def write_atomically(file: Path, content: Mapping[str, Any]) -> None:
    """Writes a JSON file atomically, because scripts wait for it to appear."""
    draft = file.with_suffix(".tmp")
    draft.write_text(json.dumps(content, indent=2) + "\n")
    draft.replace(file)
