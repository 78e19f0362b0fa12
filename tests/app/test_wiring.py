"""What `assemble` makes of the settings."""

from app.settings import read_settings
from app.wiring import assemble
from tests.adapters.support.raw_servers import raw_server, saying

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def test_webhooks_are_sent_to_this_machine_only_if_a_setting_permits_it(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path}/quotegraph.db"
    answers = []
    async with raw_server(saying(OK)) as server:
        for settings in ({}, {"allow_loopback_webhooks": True}):
            async with assemble(read_settings(database_url=url, **settings)) as parts:
                answers.append(await parts.deps.webhooks.sender.post(server.url, {}, b"{}"))
                assert parts.deps.webhooks.loopback is bool(settings)
    assert [(it.status, it.error) for it in answers] == [(None, "Send an https address."), (200, None)]
