"""A PostgreSQL server of its own for faults that no other test would survive: restarted, halted and filled up."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from tests.patience import PATIENCE
from tests.postgres import SETTINGS, programs, signal_postgres, user_for

# What the application connects as: no superuser, for whom some connections are reserved.
ROLE = "quotegraph"


class Cluster:
    """A cluster in a directory of its own, with one database on a tablespace that may be a small file system."""

    def __init__(self) -> None:
        # /tmp, because a socket's path may have 107 characters and $TMPDIR can be longer.
        self.directory = Path(tempfile.mkdtemp(prefix="quotegraph-faults-", dir="/tmp"))
        self._user = user_for(self.directory)
        self._programs = programs(self.directory, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql+asyncpg://{ROLE}@/quotegraph?host={self.directory}"

    def __enter__(self) -> Self:
        """Makes the cluster and starts it."""
        made = self._run("initdb", "-D", self._data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8")
        assert made.returncode == 0, made.stdout
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on()
        self.stop("QUIT")
        shutil.rmtree(self.directory, ignore_errors=True)

    def make_database(self, directory: Path | None = None) -> None:
        """Makes the database of the application, its tables in `directory`."""
        self.execute(f"CREATE ROLE {ROLE} LOGIN")
        if directory is not None:
            place = directory / "tables"
            place.mkdir()
            if self._user:
                os.chown(place, self._user["user"], self._user["group"])
                directory.chmod(0o711)
            self.execute(f"CREATE TABLESPACE small OWNER {ROLE} LOCATION '{place}'")
        self.execute(f"CREATE DATABASE quotegraph OWNER {ROLE}{' TABLESPACE small' if directory else ''}")

    def start(self) -> None:
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", self._data, "-k", str(self.directory), *settings],
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                **self._user,
            )
        deadline = time.monotonic() + PATIENCE
        while self._run("psql", "-XqU", "postgres", "-h", str(self.directory), "-c", "").returncode:
            assert time.monotonic() < deadline, (self.directory / "log").read_text()
            time.sleep(0.05)

    def stop(self, name: str = "INT") -> None:
        """Stops it: by INT in order, by QUIT as a crash would."""
        if self._process is not None:
            self._process.send_signal(getattr(signal, f"SIG{name}"))
            self._process.wait(PATIENCE)
            self._process = None

    def halt(self) -> None:
        """Has no process of it do anything any more, while all connections stay open."""
        self._signal_all(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal_all(signal.SIGCONT)

    def execute(self, statement: str, database: str = "postgres") -> None:
        done = self._run(
            "psql", "-XqU", "postgres", "-h", str(self.directory), "-v", "ON_ERROR_STOP=1", "-c", statement, database
        )
        assert done.returncode == 0, done.stderr

    def end_connections(self) -> None:
        self.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{ROLE}'")

    @property
    def _data(self) -> str:
        return str(self.directory / "data")

    def _signal_all(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        signal_postgres(self._process.pid, number)

    def _run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        clean: dict[str, Any] = {"PATH": os.defpath, "LC_ALL": "C"}
        command = [str(self._programs / program), *arguments]
        return subprocess.run(
            command, env=clean, capture_output=True, text=True, check=False, cwd=self.directory, **self._user
        )


async def in_thread(act: Any, *arguments: Any) -> None:
    """What takes its time, beside the clients."""
    await asyncio.to_thread(act, *arguments)
