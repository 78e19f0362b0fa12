"""The operations that are answered on open streams: queries and mutations, each a task, and subscriptions, which are
none."""

import asyncio
from collections.abc import Callable, Sequence

from graphql import ExecutionResult, GraphQLError, OperationType

from app.server.engine import Engine
from app.server.live.outlets import Membership
from app.server.live.results import LiveResult
from app.server.refusals import Refusal, error_of, mask_error
from app.server.requests import Request
from app.server.streams.formats import StreamFormat
from app.server.streams.open_streams import OpenStream
from domain.shared.access import Caller


class StreamOperation:
    """One operation whose results are written to a stream. It is the outlet of its subscription. `on_end` is called
    when it ends by itself."""

    def __init__(self, stream: OpenStream, form: StreamFormat, on_end: Callable[[], None]) -> None:
        self._stream = stream
        self._form = form
        self._on_end = on_end
        self._membership: Membership | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, engine: Engine, request: Request, caller: Caller) -> None:
        self._task = asyncio.create_task(self._run(engine, request, caller))

    def stop(self) -> None:
        """Ends it without a word to the client."""
        if self._task is not None:
            self._task.cancel()
        if self._membership is not None:
            self._membership.leave()

    def send(self, results: Sequence[LiveResult]) -> None:
        """Sends the results of events, unless the client does not read those before. Nothing of these can be read
        before this returns, so that they do not count yet."""
        if self._stream.is_unread:
            if self._membership is not None:
                self._membership.cut_off()
            self._stream.cut_off()
            return
        self._stream.write_events(b"".join([self._form.live(it) for it in results]))

    async def read(self) -> None:
        """Returns once what was sent is on its way to the client."""
        await self._stream.read()

    def end(self, errors: Sequence[GraphQLError]) -> None:
        """Sends the errors with which the operation ends, and its end."""
        failed = self._form.result(ExecutionResult(None, list(errors))) if errors else b""
        self._stream.write(failed + self._form.complete)
        self._on_end()

    async def _run(self, engine: Engine, request: Request, caller: Caller) -> None:
        try:
            if engine.kind_of(request, caller) is OperationType.SUBSCRIPTION:
                self._membership = await engine.follow(request, caller, self)
                return
            answer = self._form.result(await engine.execute(request, caller))
        except Refusal as refusal:
            self.end(refusal.errors)
        except Exception as failure:  # noqa: BLE001 - mask_error() logs it and hides its text
            self.end([mask_error(error_of(failure))])
        else:
            await self._stream.read()
            self._stream.write(answer)
            self.end(())
