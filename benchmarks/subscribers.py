"""The subscribers: a process with many WebSockets that counts what each receives.

Like the load it does as little as it can: sockets and epoll, no event loop, frames counted by their headers. Jobs come
as lines of JSON and go back likewise. Times are of the clock that all processes of a machine share.
"""

import base64
import json
import os
import resource
import select
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from typing import Any

TIMEOUT_SECONDS = 120.0
LARGEST_READ = 1024 * 1024
# How many sockets wait for their handshake at a time.
AT_ONCE = 200
TEXT, PING, PONG = 1, 9, 10


class Subscribers:
    """Controls the process."""

    def __init__(self, nice: int = 0) -> None:
        self._process = subprocess.Popen(
            ["nice", f"-n{nice}", sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def connect(self, port: int, key: str, documents: Sequence[str], count: int) -> None:
        """Opens `count` sockets to a server, each with one subscription; the documents are used in turn. Without
        documents the sockets say nothing after they are admitted."""
        self._ask({"do": "connect", "port": port, "key": key, "documents": list(documents), "count": count})

    def expect(self, each: int) -> None:
        """Begins to wait until each socket has received so many more events; `received` returns when."""
        self._tell({"do": "receive", "each": each})

    def received(self) -> dict[str, Any]:
        """Returns when the last event arrived (`at`), `bytes`, `cpu` seconds used, and the last frame of the first
        socket. Raises: RuntimeError, if some are missing, or too many came."""
        return self._answer()

    def drain(self, seconds: float) -> None:
        """Begins to read whatever comes for a while; `drained` waits for the end."""
        self._tell({"do": "drain", "seconds": seconds})

    def drained(self) -> None:
        self._answer()

    def close(self) -> None:
        """Closes all sockets."""
        self._ask({"do": "close"})

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _ask(self, job: dict[str, Any]) -> dict[str, Any]:
        self._tell(job)
        return self._answer()

    def _tell(self, job: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer


class Socket:
    """One WebSocket. Counts the messages `next`."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        self.counted = 0
        self.last = b""

    def begin(self) -> None:
        nonce = base64.b64encode(os.urandom(16)).decode()
        head = (
            "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {nonce}\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )
        self.socket.sendall(head.encode())

    def upgraded(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._more()
        if not head.startswith(b"HTTP/1.1 101"):
            raise ValueError(f"no WebSocket: {head[:200]!r}")
        self.rest = head.partition(b"\r\n\r\n")[2]

    def admitted(self) -> None:
        # A ping may come before it, also in the same read.
        while (frame := self._frame()) is None or b"connection_ack" not in frame:
            if frame is None:
                self.rest += self._more()

    def send(self, opcode: int, content: bytes) -> None:
        # Masked by zeros, which leaves the content as it is.
        size = len(content)
        head = bytes([0x80 | opcode, 0x80 | size]) if size < 126 else bytes([0x80 | opcode, 0xFE]) + size.to_bytes(2)
        self.socket.sendall(head + b"\0\0\0\0" + content)

    def read(self, buffer: memoryview) -> int:
        """Reads what is there, and counts it. Returns the number of bytes."""
        size = self.socket.recv_into(buffer)
        if not size:
            raise ValueError("the server closed a socket")
        data = self.rest + bytes(buffer[:size]) if self.rest else bytes(buffer[:size])
        at, end, counted = 0, len(data), 0
        while end - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                if end - at < 4:
                    break
                length, start = data[at + 2] << 8 | data[at + 3], at + 4
            elif length == 127:
                length, start = int.from_bytes(data[at + 2 : at + 10]), at + 10
            if start + length > end:
                break
            opcode = data[at] & 15
            if opcode == TEXT and data.find(b'"next"', start, start + 120) >= 0:
                counted += 1
                last = start, start + length
            elif opcode == TEXT and data.find(b'"error"', start, start + 120) >= 0:
                raise ValueError(f"a subscription was refused: {data[start : start + length][:300]!r}")
            elif opcode == PING:
                self.send(PONG, data[start : start + length])
            elif opcode not in (TEXT, PONG):
                raise ValueError(f"a frame with opcode {opcode}: {data[start : start + length][:200]!r}")
            at = start + length
        if counted:
            self.counted += counted
            self.last = data[last[0] : last[1]]
        self.rest = data[at:]
        return size

    def _frame(self) -> bytes | None:
        data = self.rest
        if len(data) < 2 or (length := data[1]) > 125 or len(data) < 2 + length:
            return None
        self.rest = data[2 + length :]
        return data[2 : 2 + length]

    def _more(self) -> bytes:
        got = self.socket.recv(65536)
        if not got:
            raise ValueError("the server closed a socket")
        return got


class Process:
    """What the process does for each job."""

    def __init__(self) -> None:
        self._sockets: dict[int, Socket] = {}
        self._poll = select.epoll()
        self._buffer = memoryview(bytearray(LARGEST_READ))

    def do(self, job: dict[str, Any]) -> dict[str, Any]:
        match job.pop("do"):
            case "connect":
                return self._connect(**job)
            case "receive":
                return self._receive(**job)
            case "drain":
                return self._drain(**job)
        for it in self._sockets.values():
            it.socket.close()
        self._sockets, self._poll = {}, select.epoll()
        return {}

    def _connect(self, port: int, key: str, documents: list[str], count: int) -> dict[str, Any]:
        init = json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}}).encode()
        for start in range(0, count, AT_ONCE):
            some = [Socket(port) for _ in range(start, min(count, start + AT_ONCE))]
            for it in some:
                it.begin()
            for it in some:
                it.upgraded()
                it.send(TEXT, init)
            for number, it in enumerate(some, start):
                it.admitted()
                if documents:
                    payload = {"query": documents[number % len(documents)]}
                    subscribe = {"id": str(uuid.uuid4()), "type": "subscribe", "payload": payload}
                    it.send(TEXT, json.dumps(subscribe).encode())
                self._sockets[it.socket.fileno()] = it
                self._poll.register(it.socket.fileno(), select.EPOLLIN)
        return {}

    def _receive(self, each: int) -> dict[str, Any]:
        for it in self._sockets.values():
            it.counted = 0
        missing, received, cpu = len(self._sockets), 0, time.process_time()
        while missing:
            ready = self._poll.poll(TIMEOUT_SECONDS)
            if not ready:
                raise TimeoutError(f"{missing} sockets have not received {each} events")
            for number, _ in ready:
                it = self._sockets[number]
                before = it.counted
                received += it.read(self._buffer)
                if before < each <= it.counted:
                    missing -= 1
        at = time.monotonic()
        if any(it.counted != each for it in self._sockets.values()):
            raise ValueError("a socket received more events than there were")
        first = next(iter(self._sockets.values()))
        last = json.loads(first.last)
        return {"at": at, "bytes": received, "cpu": time.process_time() - cpu, "last": last["payload"]}

    def _drain(self, seconds: float) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            for number, _ in self._poll.poll(left):
                self._sockets[number].read(self._buffer)
        return {}


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    process = Process()
    for line in sys.stdin:
        try:
            answer: dict[str, Any] = process.do(json.loads(line))
        except (OSError, ValueError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
