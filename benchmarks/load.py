"""The load: a process that keeps some connections busy, each sending its next request when it has its answer.

It does as little as it can, because it shares a core with PostgreSQL: sockets and epoll, no event loop, requests built
before the clock starts, answers looked at in three places only. Jobs come as lines of JSON and go back likewise.
"""

import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import Any

# How long to wait for pending answers at the end.
TIMEOUT_SECONDS = 60.0
LARGEST_ANSWER = 4 * 1024 * 1024


class Load:
    """Controls the load process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(
        self,
        ports: Sequence[int],
        bodies: Sequence[dict[str, Any]],
        key: str,
        concurrency: int,
        seconds: float = 3600,
        requests: int | None = None,
    ) -> dict[str, float]:
        """Load one server, or several alike, until the time or the number of requests is reached. The bodies are sent
        in turn. Answers rps, p50_ms, p99_ms, requests, and the share of a core that this client took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        job = {
            "ports": list(ports),
            "bodies": list(bodies),
            "key": key,
            "concurrency": concurrency,
            "seconds": seconds,
            "requests": requests,
        }
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


class Connection:
    """One connection and the answer it is receiving."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answer = memoryview(bytearray(LARGEST_ANSWER))
        self._filled = self._whole = self._head = 0
        self.started = 0.0

    def send(self, request: bytes) -> None:
        self._filled = self._whole = self._head = 0
        self.started = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Reads available data. Returns whether the answer is complete. Raises: ValueError, if it is not a success."""
        got = self.socket.recv_into(self._answer[self._filled :])
        if not got:
            raise ValueError("the server closed the connection")
        self._filled += got
        if not self._head:
            self._read_head()
        if self._whole:
            done = self._filled >= self._whole
        else:
            done = bool(self._head) and self._answer[self._filled - 5 : self._filled] == b"0\r\n\r\n"
        if done:
            self._check()
        return done

    def _read_head(self) -> None:
        start = bytes(self._answer[: min(self._filled, 4096)])
        end = start.find(b"\r\n\r\n")
        if end < 0:
            return
        self._head = end + 4
        head = start[:end].lower()
        at = head.find(b"content-length:")
        if at >= 0:
            self._whole = self._head + int(head[at + 15 : head.find(b"\r\n", at) % (end + 1)])

    def _check(self) -> None:
        start = bytes(self._answer[: self._head + 30])
        finish = bytes(self._answer[max(0, self._filled - 300) : self._filled])
        refused = b'"userErrors":[{' in finish or b'"errors":[' in finish
        if not start.startswith(b"HTTP/1.1 200") or b'{"data"' not in start or refused:
            raise ValueError(f"not a good answer: {start!r} … {finish!r}")


def run(job: dict[str, Any]) -> dict[str, float]:
    """Runs one job."""
    connections = [Connection(job["ports"][n % len(job["ports"])]) for n in range(job["concurrency"])]
    try:
        return _measured(connections, _requests(job), job["seconds"])
    finally:
        for connection in connections:
            connection.socket.close()


def _requests(job: dict[str, Any]) -> Iterator[bytes]:
    made = []
    for body in job["bodies"]:
        content = json.dumps(body).encode()
        head = (
            "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Accept: application/json\r\nAuthorization: Bearer {job['key']}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        made.append(head.encode() + content)
    return islice(cycle(made), job["requests"])


def _measured(connections: list[Connection], requests: Iterator[bytes], seconds: float) -> dict[str, float]:
    poll = select.epoll()
    by_number = {it.socket.fileno(): it for it in connections}
    took: list[float] = []
    started, cpu = time.perf_counter(), time.process_time()
    finish, busy = started + seconds, 0
    for number, connection in by_number.items():
        request = next(requests, None)
        if request is not None:
            poll.register(number, select.EPOLLIN)
            connection.send(request)
            busy += 1
    while busy:
        ready = poll.poll(TIMEOUT_SECONDS)
        if not ready:
            raise TimeoutError(f"no answer within {TIMEOUT_SECONDS:.0f} s")
        for number, _ in ready:
            connection = by_number[number]
            if connection.receive():
                now = time.perf_counter()
                took.append(now - connection.started)
                request = next(requests, None) if now < finish else None
                if request is None:
                    busy -= 1
                else:
                    connection.send(request)
    elapsed = time.perf_counter() - started
    poll.close()
    took.sort()
    return {
        "rps": len(took) / elapsed,
        "p50_ms": 1000 * took[len(took) // 2],
        "p99_ms": 1000 * took[min(len(took) - 1, len(took) * 99 // 100)],
        "requests": len(took),
        "client_cpu": (time.process_time() - cpu) / elapsed,
    }


def main() -> None:
    for line in sys.stdin:
        try:
            answer: dict[str, Any] = run(json.loads(line))
        except (OSError, ValueError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
