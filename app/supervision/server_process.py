"""What a server process knows of its supervisor and of the processes beside it."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """One of `count` processes on a port, numbered from 1. `directory` is where each of them can be reached by the
    others; `lifeline` ends when the supervisor does."""

    number: int
    count: int
    port: int
    listening: Sequence[socket.socket]
    directory: Path
    lifeline: int
    started: int

    @property
    def path(self) -> Path:
        return self.path_of(self.number)

    def path_of(self, number: int) -> Path:
        """Returns the Unix socket at which a process gives its metrics to the others."""
        return self.directory / str(number)

    @property
    def others(self) -> list[int]:
        return [it for it in range(1, self.count + 1) if it != self.number]

    def tell_started(self) -> None:
        """Tells the supervisor that this process answers requests."""
        os.write(self.started, b"1")
        os.close(self.started)
