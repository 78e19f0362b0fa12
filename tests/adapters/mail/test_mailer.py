"""Letters as a mail server receives them, and what its refusals mean."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
import pytest_asyncio
from aiohttp.test_utils import unused_port

from adapters.mail import server_address
from adapters.mail.mailer import SmtpMailer, compose
from adapters.mail.server_address import parse_mail_server
from domain.shared.messages import Email, EmailKind, EmailLine, Enclosure, Fact
from domain.shared.outbound_errors import OutboundFailure, Refused, Unavailable, Uncertain
from tests.adapters.support.emulated import emulated

SENDER = "Quotes <quotes@example.com>"
LETTER = Email(
    kind=EmailKind.QUOTE_CREATED,
    message_id="<job-1@quotegraph>",
    to="ana@example.com",
    company="Acme",
    number="1773018508225",
    facts=(Fact("Quote", "1773018508225"), Fact("PO number", "PO-7")),
    lines=(
        EmailLine("Apple MacBook Pro 14", 2, None, ("Bob", "Carla")),
        EmailLine("Dell XPS 13", 2, "1,450.00 USD", ("Dan",), "2,900.00 USD", ("Dell XPS 15, 1,600.00 USD",)),
    ),
    written_at=datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
)
ORDERED, WAITING = {"is_ordered": True}, {"awaits_recipients": True}
SERVICE: dict[str, bool] = {}


@pytest_asyncio.fixture
async def server(tmp_path):
    async with emulated("mail", tmp_path) as server:
        yield server


@pytest.fixture
def mailer(server):
    return SmtpMailer(server.urls["smtp"], SENDER)


async def test_a_letter_arrives_as_text_and_html(mailer, server):
    await mailer.send(LETTER)

    [mail] = await server.received()
    assert (mail["from"], mail["to"]) == ("quotes@example.com", "ana@example.com")
    assert mail["subject"] == "Quote 1773018508225 requested for Acme"
    for part in (mail["text"], mail["html"]):
        for words in ("1773018508225", "PO-7", "Apple MacBook Pro 14", "not priced yet", "Bob, Carla"):
            assert words in part.replace('<span dir="auto">', "").replace("</span>", "")
        for words in ("1,450.00 USD", "2,900.00 USD", "Dell XPS 15, 1,600.00 USD"):
            assert words in part


async def test_a_letter_says_when_it_was_written_and_that_no_person_wrote_it(mailer, server):
    await mailer.send(LETTER)

    [mail] = await server.received()
    assert mail["messageId"] == "<job-1@quotegraph>"
    assert mail["headers"]["From"] == SENDER
    assert mail["headers"]["Date"] == "Sun, 01 Mar 2026 12:30:00 +0000"
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"


async def test_a_letter_sent_again_has_the_same_message_id(mailer, server):
    await mailer.send(LETTER)
    await mailer.send(LETTER)

    first, second = await server.received()
    assert first["messageId"] == second["messageId"]


async def test_a_quote_goes_with_its_message_its_link_and_its_document(mailer, server):
    content = bytes(range(256)) * 100
    await mailer.send(
        replace(
            LETTER,
            kind=EmailKind.QUOTE_SENT,
            message=("Dear Ana,", "", "<b>as discussed</b>."),
            link="https://quotes.example/q/key",
            sums=(Fact("Total", "USD 4,350.00", strong=True),),
            options=(Fact("Lease", "USD 4,900.00"),),
            enclosures=(Enclosure("quote-1.pdf", "application/pdf", content),),
        )
    )

    [mail] = await server.received()
    assert mail["subject"] == "Quote 1773018508225 from Acme"
    assert "Dear Ana,\n\n<b>as discussed</b>.\n" in mail["text"].replace("\r\n", "\n")
    assert "&lt;b&gt;as discussed&lt;/b&gt;." in mail["html"]
    assert 'href="https://quotes.example/q/key"' in mail["html"]
    for part in (mail["text"], mail["html"]):
        for words in (
            "https://quotes.example/q/key",
            "USD 4,350.00",
            "Choose one of these prices",
            "USD 4,900.00",
            "attached as a PDF",
            "Apple MacBook Pro 14",
        ):
            assert words in part
    [attached] = mail["attachments"]
    assert (attached["name"], attached["contentType"]) == ("quote-1.pdf", "application/pdf")
    assert base64.b64decode(attached["content"]) == content


def test_a_quote_without_link_and_document_promises_neither():
    message = compose(replace(LETTER, kind=EmailKind.QUOTE_SENT), SENDER)
    body = message.get_body(("plain",))
    assert body is not None
    assert "http" not in body.get_content()
    assert "attached" not in body.get_content()


def test_an_answer_goes_to_whoever_has_the_quote():
    message = compose(replace(LETTER, kind=EmailKind.QUOTE_SENT, reply_to="sam@quip.example"), SENDER)
    assert message["Reply-To"] == "sam@quip.example"
    assert compose(LETTER, SENDER)["Reply-To"] is None
    assert compose(replace(LETTER, reply_to="josé@quip.example"), SENDER)["Reply-To"] is None


def test_a_customers_reason_for_declining_is_quoted_and_is_no_markup():
    email = replace(LETTER, kind=EmailKind.QUOTE_DECLINED, message=("Too <b>dear</b>,", "and too late."))
    message = compose(email, SENDER)
    assert message["Subject"] == "Quote 1773018508225: declined by the customer"
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Their message:\n    Too <b>dear</b>,\n    and too late.\n" in plain.get_content()
    assert '<div dir="auto">Too &lt;b&gt;dear&lt;/b&gt;,</div><div dir="auto">and too late.</div>' in html.get_content()


def test_a_tracking_link_can_be_followed_and_is_no_markup():
    link = 'https://carrier.example/1?a=1&b="><script>'
    email = replace(LETTER, kind=EmailKind.DEVICE_ACTION, lines=(), facts=(Fact("Tracking", link),), state="is done")
    body = compose(email, SENDER).get_body(("html",))
    assert body is not None
    escaped = "https://carrier.example/1?a=1&amp;b=&#34;&gt;&lt;script&gt;"
    assert f'<a href="{escaped}" style="color:#1f2328">{escaped}</a>' in body.get_content()


@pytest.mark.parametrize(("count", "phrase"), [(1, "2 × Dell XPS 13."), (3, "3 lines.")])
def test_a_letter_of_acceptance_begins_with_what_was_accepted(count, phrase):
    body = compose(replace(LETTER, kind=EmailKind.ITEM_ACCEPTED, lines=LETTER.lines[1:] * count), SENDER).get_body(
        ("plain",)
    )
    assert body is not None
    assert body.get_content().startswith(f"Accepted on quote 1773018508225: {phrase}\n")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([ORDERED, SERVICE], "The accepted devices are being ordered. "),
        ([WAITING, SERVICE], "The accepted devices are ordered as soon as their recipients are known. "),
        (
            [ORDERED, WAITING],
            "The accepted devices whose recipients are known are being ordered, the others as soon as theirs are. ",
        ),
        ([SERVICE], ""),
    ],
)
def test_a_letter_of_acceptance_says_of_what_is_ordered_only_that_it_is(lines, sentence):
    letter = replace(LETTER, kind=EmailKind.ITEM_ACCEPTED, lines=tuple(replace(LETTER.lines[0], **it) for it in lines))
    for kind in ("plain", "html"):
        body = compose(letter, SENDER).get_body((kind,))
        assert body is not None
        words = " ".join(body.get_content().split())
        assert f"{sentence}The other offers of these lines are rejected." in words
        assert ("ordered" in words) == bool(sentence)


def test_a_quote_that_was_accepted_is_sent_again_without_asking_for_a_decision():
    email = replace(LETTER, kind=EmailKind.QUOTE_SENT, state="was accepted", link="https://quotes.example/q/key")
    for kind in ("plain", "html"):
        body = compose(email, SENDER).get_body((kind,))
        assert body is not None
        words = body.get_content()
        assert "Quote 1773018508225 was accepted." in words
        assert "https://quotes.example/q/key" in words
        assert not any(it in words.lower() for it in ("sign", "before it is accepted", "ready"))


@pytest.mark.parametrize("kind", EmailKind)
def test_every_kind_of_letter_can_be_written(kind):
    letter = replace(LETTER, kind=kind, facts=(), lines=(), state="is done")
    message = compose(letter, SENDER)

    parts = [part.get_content_type() for part in message.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]
    assert "Price each" not in message.as_string()
    # An invitation is about no quote.
    assert (letter.company if kind is EmailKind.MEMBER_INVITED else "1773018508225") in message["Subject"]


async def test_a_name_cannot_become_markup(mailer, server):
    evil = "<img src=x onerror=alert(1)> & Co"
    line = EmailLine(evil, 1, None, (evil,))

    await mailer.send(replace(LETTER, company=evil, facts=(Fact(evil, evil),), lines=(line,)))

    [mail] = await server.received()
    assert "<img" not in mail["html"]
    assert mail["html"].count("&lt;img src=x onerror=alert(1)&gt; &amp; Co") == 5
    assert evil in mail["text"]


async def test_an_order_id_cannot_become_a_header_or_a_line(mailer, server):
    evil = "17\r\nBcc: eve@example.com\r\n\r\nPay here\u2028now\x00"

    await mailer.send(replace(LETTER, number=evil, company=evil, facts=(Fact("Quote", evil),)))

    [mail] = await server.received()
    assert mail["to"] == "ana@example.com"
    assert "Bcc" not in mail["headers"]
    assert mail["subject"].startswith("Quote 17 Bcc: eve@example.com Pay here now requested for 17 Bcc:")
    assert "Quote:         17 Bcc: eve@example.com Pay here now" in mail["text"].splitlines()


async def test_names_of_every_script_arrive(mailer, server):
    names = "李小龙, Жанна Дарк, José Ñandú, 😀"

    await mailer.send(replace(LETTER, facts=(Fact("Requested by", names),), company="Café Ünïcode 株式会社"))

    [mail] = await server.received()
    assert mail["subject"].endswith("Café Ünïcode 株式会社")
    assert names in mail["text"]
    assert names in mail["html"]


async def test_long_lines_and_lines_with_a_lone_dot_arrive_unchanged(mailer, server):
    long = "x" * 3000
    await mailer.send(replace(LETTER, facts=(Fact("Requested by", long),), lines=(EmailLine(".", 1, ".", (".",)),)))

    [mail] = await server.received()
    assert long in mail["text"]
    assert "1 x ." in mail["text"].splitlines()


async def test_an_address_in_another_script_is_used_when_the_server_takes_it(mailer, server):
    await mailer.send(replace(LETTER, to="josé@example.com"))

    [mail] = await server.received()
    assert mail["to"] == "josé@example.com"


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b.c, d@e.f", "a@b.c\r\nBcc: d@e.f", "a@b.c\r\nRCPT TO:<d@e.f>", "Ana <a@b.c>", "a b@c.d"],
)
async def test_what_is_not_one_address_is_refused(mailer, server, address):
    with pytest.raises(Refused):
        await mailer.send(replace(LETTER, to=address))

    assert await server.received() == []


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"verb": "RCPT", "mode": "status", "status": 550}, Refused),
        ({"verb": "DATA", "mode": "status", "status": 554}, Refused),
        ({"verb": "RCPT", "mode": "status", "status": 450}, Unavailable),
        ({"verb": "DATA", "mode": "status", "status": 451}, Unavailable),
        ({"verb": "RCPT", "mode": "drop"}, Unavailable),
        ({"verb": "RCPT", "mode": "slow_before"}, Unavailable),
        ({"verb": "DATA", "mode": "drop"}, Uncertain),
        ({"verb": "DATA", "mode": "accept_then_drop"}, Uncertain),
        ({"verb": "DATA", "mode": "slow_after"}, Uncertain),
    ],
)
async def test_each_failure_says_whether_the_letter_may_have_gone(server, fault, failure):
    await server.go_wrong(**fault)

    with pytest.raises(failure) as caught:
        await SmtpMailer(server.urls["smtp"], SENDER, timeout=0.3).send(LETTER)

    assert type(caught.value) is failure
    assert str(caught.value).startswith("Mail: ")


async def test_a_letter_whose_receipt_was_lost_has_arrived(mailer, server):
    await server.go_wrong(verb="DATA", mode="accept_then_drop")

    with pytest.raises(Uncertain):
        await mailer.send(LETTER)

    assert len(await server.received()) == 1


async def test_no_mail_server_is_a_reason_to_try_later():
    with pytest.raises(Unavailable):
        await SmtpMailer(f"smtp://127.0.0.1:{unused_port()}", SENDER).send(LETTER)


async def test_a_mail_server_without_tls_is_not_spoken_to_by_smtps(server):
    with pytest.raises(Unavailable):
        await SmtpMailer(server.urls["smtp"].replace("smtp:", "smtps:"), SENDER).send(LETTER)


async def test_a_password_that_cannot_be_used_is_not_shown(server):
    with pytest.raises(Unavailable) as caught:
        await SmtpMailer(server.urls["smtp"].replace("//", "//ana:s%3Acret@"), SENDER).send(LETTER)

    assert "cret" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "mail.example.com:25"])
def test_a_mail_server_is_named_by_an_smtp_url(url):
    with pytest.raises(ValueError, match="smtp://host:port"):
        SmtpMailer(url, SENDER)


def test_the_sender_is_an_address():
    with pytest.raises(ValueError, match="sender"):
        SmtpMailer("smtp://localhost", "Quotes")


@pytest.mark.parametrize(
    ("url", "asks"),
    [
        ("smtp://user:secret@mail.example", True),
        ("smtp://user:secret@127.0.0.1:25", None),
        ("smtp://user:secret@localhost", None),
        ("smtp://user:secret@[::1]", None),
        ("smtp://mail.example", None),
        ("smtps://user:secret@mail.example", False),
    ],
)
def test_a_password_leaves_this_machine_under_tls_only(url, asks):
    assert parse_mail_server(url).start_tls is asks


async def test_without_starttls_neither_password_nor_letter_leaves_this_machine(server, monkeypatch):
    monkeypatch.setattr(server_address, "_is_this_machine", lambda _host: False)
    url = server.urls["smtp"].replace("smtp://", "smtp://user:secret@")

    with pytest.raises(OutboundFailure, match="STARTTLS"):
        await SmtpMailer(url, SENDER, timeout=2).send(LETTER)

    assert await server.received() == []


class _Undirected(HTMLParser):
    """Collects what is written in Hebrew outside of every element that has a direction of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self._open.append(("dir", "auto") in attrs)

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if max(data, default="") >= "\u05d0" and not any(self._open):
            self.found.append(data)


@pytest.mark.parametrize("kind", EmailKind)
def test_every_text_that_people_typed_has_its_own_direction_in_a_letter(kind):
    typed = "שלום (2)!"
    line = EmailLine(typed, 2, "1 USD", (typed, "Ana"), "2 USD", (typed,))
    facts, sums = (Fact("Quote", typed),), (Fact(f"Shipping ({typed})", "1 USD"), Fact(typed, "1 USD"))
    email = replace(LETTER, kind=kind, company=typed, facts=facts, lines=(line,), sums=sums, options=sums)
    html = compose(replace(email, message=(typed, "", "Soon"), state="was signed"), SENDER).get_body(("html",))
    assert html is not None
    reader = _Undirected()
    reader.feed(html.get_content())
    assert reader.found == []
    assert typed in html.get_content()
