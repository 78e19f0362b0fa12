"""Starts several server processes on one port, starts those that end again, and stops them in order.

The supervisor does nothing else: it has no event loop, no thread and no connection, so that it can fork at any time. A
server process is a copy of it, and shares with it the memory of what is imported.
"""

import gc
import logging
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from app.supervision.listening import Port, close
from app.supervision.server_process import ServerProcess

log = logging.getLogger(__name__)

# SIGHUP comes from a terminal that is closed.
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Seconds before a process that has ended is started again: at once if it has run for STABLE seconds, else after
# FIRST_DELAY, and twice as long each time.
STABLE = 60.0
FIRST_DELAY = 0.5
MOST_DELAY = 30.0
# For so long connections may wait for the process that is to accept them.
LONGEST_WAIT = 1.0
# For so long the supervisor may sleep when nothing is due.
LONGEST_REST = 3600.0


def delay_after(failures: int) -> float:
    """Returns the seconds to wait after so many failures in a row."""
    return min(FIRST_DELAY * 2.0 ** min(failures - 1, 10), MOST_DELAY) if failures else 0.0


@dataclass(slots=True)
class _Place:
    """A process that is to run, and the one that does."""

    number: int
    pid: int | None = None
    listening: list[socket.socket] = field(default_factory=list)
    # Where the process says that it has started; None before and afterwards.
    started: int | None = None
    began: float = 0.0
    failures: int = 0
    start_at: float = 0.0


def supervise(host: str, port: int, count: int, grace: float) -> ServerProcess | None:
    """Keeps `count` processes running until a signal. They then have `grace` seconds to finish.

    Returns in each of these processes; in the supervisor, when all have ended, it returns None. Raises: OSError, if the
    port cannot be listened on; SystemExit, if the first process cannot start, with its code.
    """
    held = Port(host, port)
    # Otherwise a collection of garbage in a process would copy what it shares with the supervisor.
    gc.collect()
    gc.freeze()
    return Supervisor(held, host, count, grace).run()


class Supervisor:
    """Starts, watches and stops server processes."""

    def __init__(self, port: Port, host: str, count: int, grace: float, now: Callable[[], float] = monotonic) -> None:
        self._port = port
        self._host = host
        self._grace = grace
        self._now = now
        self._places = [_Place(number) for number in range(1, count + 1)]
        self._directory = Path(tempfile.mkdtemp(prefix="quotegraph-"))
        self._lifeline, self._life = os.pipe()
        self._woken, self._wake = os.pipe()
        self._handlers: Mapping[int, Any] = {}
        # Whether the first process answers requests. It starts alone: what is wrong with the settings or the database
        # is then said once.
        self._serving = False
        self._stopping = False
        self._kill_at = 0.0

    def run(self) -> ServerProcess | None:
        """As `supervise`."""
        self._watch_signals()
        while True:
            for place in self._missing():
                if place.start_at <= self._now() and (child := self._start(place)) is not None:
                    return child
            self._wait()
            self._reap()
            if self._stopping and not any(it.pid for it in self._places):
                self._close()
                return None

    def _missing(self) -> list[_Place]:
        """Returns the places whose process is to be started, now or later."""
        if self._stopping:
            return []
        return [it for it in (self._places if self._serving else self._places[:1]) if it.pid is None]

    def _watch_signals(self) -> None:
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        # `nohup` has SIGHUP ignored.
        ignored = {it for it in STOPPING if signal.getsignal(it) is signal.SIG_IGN}
        numbers = {*STOPPING, signal.SIGCHLD} - ignored
        self._handlers = {number: signal.signal(number, self._on_signal) for number in numbers}

    def _on_signal(self, number: int, _frame: object) -> None:
        if number in STOPPING and not self._stopping:
            self._stop()

    def _stop(self) -> None:
        """Asks all processes to stop. New connections are refused from now on."""
        self._stopping = True
        self._kill_at = self._now() + self._grace
        self._port.close()
        for place in self._places:
            close(place.listening)
            if place.pid is not None:
                os.kill(place.pid, signal.SIGTERM)

    def _start(self, place: _Place) -> ServerProcess | None:
        """Forks a process; returns what it is to know there, and None here."""
        place.listening = place.listening or self._port.listen()
        started, told = os.pipe()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        # A signal between the fork and its own handlers would be lost on the new process.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        pid = os.fork()
        if pid == 0:
            os.close(started)
            self._forget(place)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
            return ServerProcess(
                place.number,
                len(self._places),
                self._port.number,
                place.listening,
                self._directory,
                self._lifeline,
                told,
            )
        place.pid, place.began, place.started = pid, self._now(), started
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        os.close(told)
        log.info("process %d of %d has the id %d", place.number, len(self._places), pid)
        return None

    def _forget(self, mine: _Place) -> None:
        """Closes, in a new process, what is the supervisor's and the other processes'."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        # A terminal that is closed tells all processes; the supervisor then stops this one in order.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self._port.close()
        for end in (self._life, self._woken, self._wake):
            os.close(end)
        for place in self._places:
            if place.started is not None:
                os.close(place.started)
            if place is not mine:
                close(place.listening)

    def _wait(self) -> None:
        """Waits for a signal, a process that has started, or the next moment at which something is due."""
        due = [self._kill_at] if self._stopping else [it.start_at for it in self._missing()]
        seconds = max(min([*due, self._now() + LONGEST_REST]) - self._now(), 0.0)
        starting = {it.started: it for it in self._places if it.started is not None}
        readable, _, _ = select.select([self._woken, *starting], [], [], seconds)
        for end in readable:
            if end == self._woken:
                os.read(self._woken, 512)
            else:
                self._has_started(starting[end])
        if self._stopping and self._now() >= self._kill_at:
            self._kill_all()

    def _has_started(self, place: _Place) -> None:
        """It has started, or it has ended before."""
        assert place.started is not None
        told = os.read(place.started, 1)
        os.close(place.started)
        place.started = None
        if told and not self._serving:
            self._serving = True
            count = len(self._places)
            log.warning("quotegraph serves http://%s:%s/graphql in %d processes", self._host, self._port.number, count)

    def _reap(self) -> None:
        """Notes which processes have ended."""
        for place in self._places:
            if place.pid is None:
                continue
            pid, status = os.waitpid(place.pid, os.WNOHANG)
            if pid:
                place.pid = None
                self._has_ended(place, os.waitstatus_to_exitcode(status))

    def _has_ended(self, place: _Place, code: int) -> None:
        if self._stopping:
            return
        if not self._serving:
            self._close()
            # What was wrong is printed already. A negative code is the signal that ended it, as shells report it.
            raise SystemExit(code if code >= 0 else 128 - code)
        place.failures = 0 if self._now() - place.began >= STABLE else place.failures + 1
        delay = delay_after(place.failures)
        place.start_at = self._now() + delay
        if delay > LONGEST_WAIT:
            close(place.listening)
            place.listening = []
        what = f"signal {-code}" if code < 0 else f"exit code {code}"
        log.error("process %d ended by %s; it is started again in %g seconds", place.number, what, delay)

    def _kill_all(self) -> None:
        self._kill_at = float("inf")
        for place in self._places:
            if place.pid is not None:
                log.error("process %d does not stop and is killed", place.number)
                os.kill(place.pid, signal.SIGKILL)

    def _close(self) -> None:
        self._port.close()
        for place in self._places:
            close(place.listening)
        shutil.rmtree(self._directory, ignore_errors=True)
