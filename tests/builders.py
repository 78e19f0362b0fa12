"""Builders of quotes for tests. By default, a quote requests one laptop for one person and was created at `NOW`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from domain.catalogue.kits import Kit, KitAggregate, KitDevice
from domain.catalogue.products import Configuration, Product, ProductType
from domain.companies.customers import Customer
from domain.connections.connections import Connection, ConnectionStatus, SyncPhase
from domain.connections.systems import System
from domain.members.members import Member, MemberStatus, email_key
from domain.members.roles import Role
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.price_option_rows import PriceOption, PriceOptionStatus
from domain.quotes.recipients import Recipient
from domain.quotes.rows import Alternative, Quote, QuoteItem
from domain.quotes.statuses import LineDecision, OfferStatus, QuoteStatus, RecipientStatus
from domain.quotes.totals import totalled
from domain.shared.access import CUSTOMER_SCOPES, Actor, ActorType, Caller, Environment
from domain.shared.addresses import Address
from domain.shared.ids import RowId, new_id
from domain.shared.money import Money
from domain.shared.parsers import fold
from domain.webhooks.deliveries import MAX_ATTEMPTS, DeliveryStatus, WebhookDelivery
from domain.webhooks.endpoints import WebhookEndpoint, WebhookFormat

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TENANT = 1
_order_ids = count(1_763_800_000_000)

ANA = Actor(ActorType.API_KEY, "0190a5b0-0000-7000-8000-00000000a0a0", "Ana's key")

unpriced = None
priced = Money(1450_00, "USD")
cheaper = Money(1190_00, "USD")


def a_quote(*lines: Line, tenant_id: int = TENANT, **given: Any) -> QuoteAggregate:
    """A quote with these lines, by default with one priced line. Its prices are ready if each item has one."""
    lines = lines or (line(priced),)
    quote = Quote(
        id=new_id(),
        tenant_id=tenant_id,
        order_id=str(next(_order_ids)),
        status=QuoteStatus.PENDING,
        po_number="PO-7",
        requester_email="it@austral.example",
        requester_name="Ida Terra",
        notification_emails=(),
        priced_at=NOW if all(it.item.price for it in lines) else None,
        created_at=NOW,
        updated_at=NOW,
    )._replace(**given)
    owner: dict[str, Any] = {"tenant_id": tenant_id, "quote_id": quote.id}
    placed = [
        Line(
            it.item._replace(position=position, **owner),
            tuple(alternative._replace(**owner) for alternative in it.alternatives),
            tuple(recipient._replace(**owner) for recipient in it.recipients),
        )
        for position, it in enumerate(lines)
    ]
    return QuoteAggregate(quote, tuple(placed))


def line(
    price: Money | None = unpriced,
    alternatives: int | Sequence[Money | None] = 0,
    recipients: int | Sequence[Recipient] = 1,
    **given: Any,
) -> Line:
    """A line whose item has this price. `alternatives` is the number of priced alternatives, or their prices."""
    made = (
        recipients
        if isinstance(recipients, Sequence)
        else [a_recipient(email=f"p{n}@x.example") for n in range(recipients)]
    )
    item = QuoteItem(
        id=new_id(),
        tenant_id=TENANT,
        quote_id="",
        position=0,
        status=OfferStatus.PENDING if price is None else OfferStatus.SOURCED,
        decision=LineDecision.UNDECIDED,
        product_type=ProductType.LAPTOP,
        product_id=None,
        configuration_id=None,
        quantity=len(made),
        comments=None,
        brand="Apple",
        model="MacBook Pro 14",
        os="macOS",
        cpu="Apple M5",
        ram="16 GB",
        storage="512 GB",
        screen_size='14"',
        keyboard_layout="ES",
        price_minor=price.minor if price else None,
        price_currency=price.currency if price else None,
        closing_offer_id=None,
        agreed_price_minor=None,
        agreed_price_currency=None,
        agreed_at=None,
        agreed_by_kind=None,
        agreed_by_id=None,
        agreed_by_name=None,
        created_at=NOW,
    )._replace(**given)
    prices = [cheaper] * alternatives if isinstance(alternatives, int) else alternatives
    offered = [an_alternative(it, item_id=item.id, position=position) for position, it in enumerate(prices)]
    people = [it._replace(item_id=item.id, position=position) for position, it in enumerate(made)]
    return Line(item, tuple(offered), tuple(people))


def an_alternative(price: Money | None = unpriced, **given: Any) -> Alternative:
    return Alternative(
        id=new_id(),
        tenant_id=TENANT,
        quote_id="",
        item_id="",
        position=0,
        status=OfferStatus.PENDING if price is None else OfferStatus.SOURCED,
        description="In stock",
        is_exact_match=False,
        image_url=None,
        brand="Lenovo",
        model="ThinkPad T14",
        os="Windows",
        cpu="Core Ultra 5",
        ram="32 GB",
        storage="1 TB",
        screen_size='14"',
        keyboard_layout="US",
        price_minor=price.minor if price else None,
        price_currency=price.currency if price else None,
        created_at=NOW,
    )._replace(**given)


def a_price_option(price: Money = priced, **given: Any) -> PriceOption:
    amounts, nobody = (price.minor, 0, price.currency), (None, None, None, None)
    option = PriceOption(new_id(), TENANT, "", 0, "Purchase", *amounts, PriceOptionStatus.OFFERED, *nobody)
    return option._replace(**given)


def at_prices(quote: QuoteAggregate, *prices: Money) -> QuoteAggregate:
    """The quote with price options at these prices."""
    options = [
        a_price_option(price, quote_id=quote.quote.id, position=number, name=f"Option {number + 1}")
        for number, price in enumerate(prices)
    ]
    head = quote.quote._replace(currency=prices[0].currency) if prices else quote.quote
    return totalled(replace(quote, quote=head, options=tuple(options)))


def a_recipient(**given: Any) -> Recipient:
    made = Recipient(
        id=new_id(),
        tenant_id=TENANT,
        quote_id="",
        item_id="",
        position=0,
        status=RecipientStatus.PENDING,
        name="Bruno Silva",
        email="bruno@austral.example",
        email_key=None,
        country="UY",
        phone_number=None,
        address=None,
        storage=False,
        hire_date=None,
        tracking_code=None,
        tracking_link=None,
        serial_number=None,
        invoice_number=None,
        vendor_order_id=None,
    )._replace(**given)
    return made._replace(email_key=fold(made.email) if made.email else None)


def a_product(**given: Any) -> Product:
    return Product(new_id(), ProductType.LAPTOP, "Apple", "MacBook Pro 14", True)._replace(**given)


def a_configuration(product: Product, **given: Any) -> Configuration:
    parts = ("macOS", "Apple M5", "16 GB", "512 GB", '14"', None, None)
    return Configuration(new_id(), product.id, 0, True, *parts)._replace(**given)


def a_kit(*quantities: int, **given: Any) -> KitAggregate:
    """A kit with these quantities of devices, by default one laptop."""
    kit = Kit(new_id(), TENANT, "Desk", "LATAM", ("starters",), NOW, NOW)._replace(**given)
    device = (ProductType.LAPTOP, None, None)
    parts = ("Apple", "MacBook Pro 14", "macOS", "Apple M5", "16 GB", "512 GB", '14"', "ES")
    devices = [
        KitDevice(new_id(), kit.tenant_id, kit.id, position, *device, quantity, *parts)
        for position, quantity in enumerate(quantities or (1,))
    ]
    return KitAggregate(kit, tuple(devices))


def a_customer(**given: Any) -> Customer:
    address = Address("Mitte 1", None, "10115", "Berlin", None, None, "DE")
    names, reached = ("Ada Lovelace", None, None, "Engines Ltd"), ("ada@engines.example", None)
    return Customer(new_id(), TENANT, *names, *reached, address, None, NOW, NOW)._replace(**given)


def a_caller(tenant_id: int | None = TENANT, **given: Any) -> Caller:
    caller = Caller(ANA.id, ANA.name, Environment.LIVE, None, tenant_id, frozenset(CUSTOMER_SCOPES))
    return replace(caller, **given)


def item_of(quote: QuoteAggregate, number: int = 0) -> RowId:
    """The id of a line's item."""
    return RowId(quote.lines[number].item.id)


def first(quote: QuoteAggregate) -> RowId:
    """The id of the first alternative of the first line."""
    return RowId(quote.lines[0].alternatives[0].id)


def second(quote: QuoteAggregate) -> str:
    """The id of the second alternative of the first line."""
    return quote.lines[0].alternatives[1].id


def statuses(quote: QuoteAggregate, number: int = 0) -> dict[str, Any]:
    """The statuses of the offers and recipients of one line."""
    of = quote.lines[number]
    return {
        "item": of.item.status,
        "alternatives": [it.status for it in of.alternatives],
        "recipients": [it.status for it in of.recipients],
    }


def a_member(role: Role = Role.REQUESTER, tenant_id: int = TENANT, **given: Any) -> Member:
    """A member who was invited and has signed in."""
    member = Member(
        id=new_id(),
        tenant_id=tenant_id,
        email="mira@austral.example",
        email_key="mira@austral.example",
        name="Mira Sol",
        role=role,
        status=MemberStatus.ACTIVE,
        issuer="https://id.example",
        subject="mira-1",
        actor_kind=ANA.kind,
        actor_id=ANA.id,
        actor_name=ANA.name,
        invited_at=NOW,
        joined_at=NOW,
        removed_at=None,
        last_seen_at=None,
    )._replace(**given)
    return member._replace(email_key=email_key(member.email))


def a_connection(tenant_id: int = TENANT, **given: Any) -> Connection:
    """A connection to quipteams that was not read yet."""
    return Connection(
        id=new_id(),
        tenant_id=tenant_id,
        system=System.QUIPTEAMS,
        name="quipteams of Austral",
        base_url="https://api.quipteams.example",
        currency="USD",
        status=ConnectionStatus.ACTIVE,
        last_synced_at=None,
        sync_phase=SyncPhase.IDLE,
        sync_full=True,
        sync_collection=None,
        sync_cursor=None,
        sync_marks={},
        sync_highest=None,
        sync_collection_at=None,
        sync_read=0,
        sync_total=None,
        sync_changed=0,
        sync_started_at=None,
        sync_error=None,
        sync_failures=0,
        created_at=NOW,
        updated_at=NOW,
    )._replace(**given)


def an_endpoint(tenant_id: int = TENANT, **given: Any) -> WebhookEndpoint:
    """A webhook endpoint that wants all events of quotes."""
    return WebhookEndpoint(
        id=new_id(),
        tenant_id=tenant_id,
        url="https://hooks.example/quotegraph",
        events=("quote.*",),
        description=None,
        format=WebhookFormat.QUIPTEAMS,
        query=None,
        scopes=tuple(sorted(CUSTOMER_SCOPES)),
        secret_prefix="0123abcd",
        is_active=True,
        disabled_reason=None,
        actor_kind=ANA.kind,
        actor_id=ANA.id,
        actor_name=ANA.name,
        last_event=0,
        consecutive_failures=0,
        failing_since=None,
        paused_until=None,
        created_at=NOW,
        updated_at=NOW,
    )._replace(**given)


def a_delivery(**given: Any) -> WebhookDelivery:
    """A webhook delivery that is due."""
    return WebhookDelivery(
        id=new_id(),
        tenant_id=TENANT,
        endpoint_id=new_id(),
        event_id=new_id(),
        event_type="quote.pending",
        sequence=1,
        status=DeliveryStatus.PENDING,
        attempt_count=0,
        attempts_left=MAX_ATTEMPTS,
        last_response_status=None,
        last_error=None,
        next_attempt_at=NOW,
        payload=None,
        delivered_at=None,
        created_at=NOW,
        updated_at=NOW,
    )._replace(**given)
