"""Data directories: one process at a time works in each, and what it writes there is whole or not there at all."""

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
def held(directory: Path) -> Iterator[None]:
    """Keep a directory, made if need be, to this process until the block ends or the process does, however that ends.

    Raises: BadSettings, when it is no directory, or another process works in it.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # The file stays: whoever removed it could remove it from under a process that is about to lock it.
        lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except (FileExistsError, NotADirectoryError):
        raise BadSettings(f"--data: {directory} is a file, not a directory.") from None
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
            f"--data: another process works in {directory}. Stop it first, or name another directory."
        ) from None


@contextmanager
def telling(file: Path) -> Iterator[None]:
    """A file that scripts wait for is there while we run only, not from a run that was killed before."""
    file.unlink(missing_ok=True)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def write_whole(file: Path, told: Mapping[str, Any]) -> None:
    """Write JSON whole or not at all: scripts wait for the file to appear."""
    draft = file.with_suffix(".tmp")
    draft.write_text(json.dumps(told, indent=2) + "\n")
    draft.replace(file)
