"""How the record of a quote becomes a quote of ours (docs/domain.md#incoming-quotes).

The record is right: statuses are those that it says, and are not walked through our state machines. What it lacks, such
as the recipients of a line, is lacking here too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from domain.connections.incoming_lines import Ids, Surroundings, incoming_line
from domain.connections.kept_values import with_own_metadata, with_skus
from domain.connections.origins import PartKey
from domain.connections.records import Flaw, ForeignOption, ForeignPerson, ForeignQuote
from domain.connections.systems import OURS, UNSHOWN, System
from domain.connections.values import Values, rest_of
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.lifecycle import with_status
from domain.quotes.price_option_rows import PriceOption, PriceOptionStatus
from domain.quotes.rows import SUMS, Quote
from domain.quotes.statuses import QuoteOfferStatus, QuoteStatus
from domain.quotes.totals import totalled
from domain.shared.access import Actor, ActorType
from domain.shared.errors import InvalidInput
from domain.shared.metadata import MetadataEntry
from domain.shared.parsers import NAME_LENGTH
from domain.shared.times import UTC_ZONE

LONGEST_BODY = 100_000


@dataclass(frozen=True, slots=True)
class IncomingQuote:
    """A quote as its record says, the ids of its parts, and what of the record could not be used."""

    quote: QuoteAggregate
    ids: Mapping[PartKey, str]
    flaws: tuple[Flaw, ...]


def incoming_quote(
    record: ForeignQuote,
    before: QuoteAggregate | None,
    known: Mapping[PartKey, str],
    order_id: str,
    customer_id: str | None,
    around: Surroundings,
    said: Mapping[str, tuple[MetadataEntry, ...]] | None = None,
) -> IncomingQuote:
    """The quote of a record; `before` is the quote as we have it, and `known` are the ids of its parts. `said` is the
    metadata of the record before, by our ids."""
    system = System(around.connection.system)
    known = known if before is None else with_skus(record, before, known)
    values, ids = Values(), Ids(known, around.new_id)
    currency = values.currency("currency", record.currency, around.connection.currency)
    quote_id = ids.of("Quote", record.external_id)
    blank = _blank(record, quote_id, order_id, around) if before is None else before.quote
    head = blank._replace(
        connection_id=around.connection.id,
        void_reason=None,
        order_id=order_id,
        customer_id=customer_id,
        currency=currency,
        prices_include_tax=record.prices_include_tax,
        delivery_date=record.delivery_date,
        **_statuses(record, before),
        **_people(record, values),
        author=_actor(record.author, "author", ActorType.PERSON, values) or blank.author,
        **_texts(record, values),
        **_expiry(record),
        metadata=rest_of(record.metadata),
    )
    head = head._replace(**{name: getattr(blank, name) for name in OURS[system]})
    head = head._replace(**{name: getattr(head, name) or getattr(blank, name) for name in UNSHOWN[system]})
    lines = _lines(record, head, before, ids, values, around)
    options = _options(record.options, head, before, ids, values, around)
    accepted = next((it for it in options if it.status == PriceOptionStatus.ACCEPTED), None)
    head = with_status(
        head._replace(
            accepted_option_id=accepted.id if accepted else None,
            option_price_minor=accepted.price_minor if accepted else None,
            priced_at=blank.priced_at or (around.now if _is_priced(record, lines) else None),
        )
    )
    quote = _with_sums(QuoteAggregate(head, lines, options), record, values)
    if before is not None:
        quote = with_own_metadata(quote, before, said or {})
    if before is not None and quote != before:
        quote = QuoteAggregate(quote.quote._replace(updated_at=around.now), quote.lines, quote.options)
    return IncomingQuote(quote, ids.used, (*record.flaws, *values.flaws))


def _blank(record: ForeignQuote, quote_id: str, order_id: str, around: Surroundings) -> Quote:
    return Quote(
        id=quote_id,
        tenant_id=around.connection.tenant_id,
        order_id=order_id,
        status=QuoteStatus.PENDING,
        po_number=None,
        requester_email="",
        requester_name=None,
        notification_emails=(),
        priced_at=None,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        tax_rounding=around.tax_rounding,
        connection_id=around.connection.id,
    )


def _statuses(record: ForeignQuote, before: QuoteAggregate | None) -> dict[str, Any]:
    """The statuses of the record, or the earlier ones if its status is not known. What was viewed stays viewed: most
    words of systems say nothing of it."""
    if before is not None and not record.is_status_known:
        return {}
    was_viewed = before is not None and before.quote.offer_status == QuoteOfferStatus.VIEWED
    is_sent = record.offer_status == QuoteOfferStatus.SENT
    return {
        "offer_status": QuoteOfferStatus.VIEWED if was_viewed and is_sent else record.offer_status,
        "decision_status": record.decision_status,
        "fulfilment_status": record.fulfilment_status,
    }


def _people(record: ForeignQuote, values: Values) -> dict[str, Any]:
    """Who asked for the quote, or else whom it is for; and who is responsible for it."""
    asking = record.requester or record.customer or ForeignPerson()
    responsible = record.assignee or record.author or ForeignPerson()
    return {
        "requester_email": values.email("requester.email", asking.email) or "",
        "requester_name": values.line("requester.name", asking.name, NAME_LENGTH),
        "assignee_email": values.email("assignee.email", responsible.email),
        "assignee_name": values.line("assignee.name", responsible.name, NAME_LENGTH),
    }


def _texts(record: ForeignQuote, values: Values) -> dict[str, Any]:
    return {
        "title": values.line("title", record.title),
        "body": values.lines("body", record.body, LONGEST_BODY),
        "po_number": values.line("po_number", record.po_number, NAME_LENGTH),
        "project_reference": values.line("project_reference", record.project_reference, NAME_LENGTH),
        "remarks": values.lines("remarks", record.remarks),
        "notes": values.lines("notes", record.notes),
        "public_notes": values.lines("public_notes", record.public_notes),
        "tags": values.tags("tags", record.tags),
    }


def _expiry(record: ForeignQuote) -> dict[str, Any]:
    if record.expires_at is not None or record.expires_on is None:
        return {"expires_at": record.expires_at, "expires_zone": None, "expires_whole_day": False}
    day_end = datetime.combine(record.expires_on, time.max, UTC)
    return {"expires_at": day_end, "expires_zone": UTC_ZONE, "expires_whole_day": True}


def _lines(
    record: ForeignQuote, head: Quote, before: QuoteAggregate | None, ids: Ids, values: Values, around: Surroundings
) -> tuple[Line, ...]:
    """The lines of the record; if it does not say which ones there are, the earlier ones."""
    if before is not None and not record.are_items_known:
        ids.keep_parts()
        return before.lines
    lines_before = {} if before is None else {line.item.id: line for line in before.lines}
    return tuple(
        incoming_line(item, head, position, lines_before, ids, values, around)
        for position, item in enumerate(record.items)
    )


def _is_priced(record: ForeignQuote, lines: tuple[Line, ...]) -> bool:
    return record.total is not None or (bool(lines) and all(it.item.price_minor is not None for it in lines))


def _options(
    given: tuple[ForeignOption, ...],
    head: Quote,
    before: QuoteAggregate | None,
    ids: Ids,
    values: Values,
    around: Surroundings,
) -> tuple[PriceOption, ...]:
    """The price options with an exact price. Once one of them is accepted, the others are rejected."""
    old = {} if before is None else {it.id: it for it in before.options}
    is_decided = any(it.accepted_at for it in given)
    found = []
    for position, it in enumerate(given):
        minor = values.minor(f"options.{position}.price", it.price, head.currency)
        upfront = values.minor(f"options.{position}.upfront", it.upfront, head.currency)
        if minor is None:
            continue
        option_id = ids.of("PriceOption", it.external_id)
        accepted = it.accepted_at is not None
        undecided = PriceOptionStatus.REJECTED if is_decided else PriceOptionStatus.OFFERED
        by = _actor(it.accepted_by, f"options.{position}.accepted_by", ActorType.CUSTOMER, values)
        actor = by or around.connection.actor
        row = PriceOption(
            id=option_id,
            tenant_id=head.tenant_id,
            quote_id=head.id,
            position=position,
            name=values.line(f"options.{position}.name", it.name, NAME_LENGTH) or str(position + 1),
            price_minor=minor,
            upfront_minor=upfront or 0,
            price_currency=head.currency or "",
            status=PriceOptionStatus.ACCEPTED if accepted else undecided,
            accepted_at=it.accepted_at,
            accepted_by_kind=str(actor.kind) if accepted else None,
            accepted_by_id=actor.id if accepted else None,
            accepted_by_name=actor.name if accepted else None,
        )
        found.append(row if option_id not in old else row._replace(accepted_by_name=_name_before(old[option_id], row)))
    return tuple(found)


def _actor(person: ForeignPerson | None, path: str, unnamed: ActorType, values: Values) -> Actor | None:
    """The person that a record names, by the e-mail address; without one, a name of the type `unnamed`."""
    given = person or ForeignPerson()
    name = values.line(f"{path}.name", given.name, NAME_LENGTH)
    if (address := values.email(f"{path}.email", given.email)) is not None:
        return Actor(ActorType.PERSON, address, name or address)
    return Actor(unnamed, "", name) if name else None


def _name_before(before: PriceOption, now: PriceOption) -> str | None:
    """The name under which an option was accepted stays when the person or the connection gets another."""
    same = (before.status, before.accepted_by_id) == (now.status, now.accepted_by_id)
    return before.accepted_by_name if same else now.accepted_by_name


def _with_sums(quote: QuoteAggregate, record: ForeignQuote, values: Values) -> QuoteAggregate:
    """The quote with its totals: those that the system says, and those that follow from its lines for the rest."""
    try:
        summed = totalled(quote) if quote.lines else _without_sums(quote)
    except InvalidInput:
        values.note("total", str(record.total), "The total of the lines is too large.")
        summed = _without_sums(quote)
    said = {name: values.minor(name, getattr(record, name), quote.quote.currency) for name in SUMS}
    known: dict[str, Any] = {f"{name}_minor": minor for name, minor in said.items() if minor is not None}
    return QuoteAggregate(summed.quote._replace(**known), summed.lines, summed.options)


def _without_sums(quote: QuoteAggregate) -> QuoteAggregate:
    none: dict[str, Any] = dict.fromkeys(f"{name}_minor" for name in SUMS)
    return QuoteAggregate(quote.quote._replace(**none), quote.lines, quote.options)
