"""Changes to an open and undecided quote, its details and its lines; and the first recipients of an accepted line."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.catalogue.products import WARRANTIES, Specification, parse_specification, require_named, require_none
from domain.companies.references import NO_REFERENCES, References
from domain.quotes.aggregate import Line, QuoteAggregate, RuleResult
from domain.quotes.decisions import awaits_recipients, check_open, open_offer, rule_result
from domain.quotes.details import Details, with_details
from domain.quotes.drafts import RecipientDraft, build_recipients, check_recipients
from domain.quotes.item_details import ArticleDraft, parse_article
from domain.quotes.lifecycle import refusal, renewed, state_of
from domain.quotes.recipients import Recipient
from domain.quotes.rows import Quote, QuoteItem
from domain.quotes.state_machines import CALLED_OFF, LIVE
from domain.quotes.statuses import DecisionStatus, OfferStatus, QuoteOfferStatus, RecipientStatus
from domain.shared.access import Actor
from domain.shared.errors import Conflict, ErrorCode, Problems
from domain.shared.events import StatusField
from domain.shared.limits import MOST_DEVICES
from domain.shared.metadata import GivenMetadata, parse_external_id, parse_metadata
from domain.shared.parsers import NOTE_LENGTH, optional_text
from domain.shared.wording import counted


class NotEditable(Conflict):
    """The quote can no longer be changed (docs/domain.md#edit-quote)."""

    code = ErrorCode.NOT_EDITABLE


class LastItem(Conflict):
    """The last line of a quote cannot be removed: cancel or delete the quote instead."""

    code = ErrorCode.LAST_ITEM


# What integrators note on a quote, which they may do at any time.
NOTED = {"external_id", "metadata"}


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A change of a line as entered. None keeps the value; an empty text, article or metadata clears it."""

    quantity: int | None = None
    comments: str | None = None
    specification: Specification | None = None
    recipients: tuple[RecipientDraft, ...] | None = None
    article: ArticleDraft | None = None
    internal_notes: str | None = None
    external_id: str | None = None
    metadata: GivenMetadata | None = None

    @property
    def is_noted(self) -> bool:
        """Whether only what integrators note on a line is changed."""
        noted = ItemChange(external_id=self.external_id, metadata=self.metadata)
        return self == noted != ItemChange()


def check_editable(quote: Quote, at: datetime) -> None:
    """Check that the quote is open and undecided. Raises: NotEditable."""
    offer = state_of(quote, StatusField.OFFER_STATUS, at)
    blocking = offer if offer not in LIVE else quote.decision_status
    if blocking != DecisionStatus.PENDING:
        message = f"This quote is {blocking}. It can be changed while it is open and its decision PENDING."
        if blocking == QuoteOfferStatus.EXPIRED and quote.decision_status == DecisionStatus.PENDING:
            message += " To renew it, send a later expiresAt with updateQuote."
        raise NotEditable(message, quote.ref, blocking, DecisionStatus.PENDING)


def edit(
    quote: QuoteAggregate,
    details: Details,
    problems: Problems,
    actor: Actor,
    at: datetime,
    known: References = NO_REFERENCES,
) -> RuleResult:
    """Change details; problems are added. Equal values are no change.

    Changing `expires_at` renews an undecided quote that has expired. What integrators note is changed at any time
    (docs/domain.md#metadata). Raises: NotEditable.
    """
    head = quote.quote
    if details and details.keys() <= NOTED:
        noted = with_details(head, details, problems, at)
        return RuleResult(quote if noted == head else replace(quote, quote=noted._replace(updated_at=at)), ())
    if "expires_at" in details and head.decision_status == DecisionStatus.PENDING:
        head = renewed(head, actor, at)
    check_editable(head, at)
    changed = with_details(head, details, problems, at, known)
    return RuleResult(quote, ()) if changed == quote.quote else rule_result(quote, replace(quote, quote=changed), at)


def add_lines(quote: QuoteAggregate, lines: tuple[Line, ...], at: datetime) -> RuleResult:
    """Append lines. Raises: NotEditable."""
    check_editable(quote.quote, at)
    return rule_result(quote, replace(quote, lines=(*quote.lines, *lines)), at)


def change_line(
    quote: QuoteAggregate,
    item_id: str,
    change: ItemChange,
    problems: Problems,
    at: datetime,
    new_id: Callable[[], str],
) -> RuleResult:
    """Change an undecided line, or what integrators note on any. Another device must be priced again; problems are
    added.

    Raises: NotEditable, LineClosed, OfferDecided.
    """
    line = quote.line_of(item_id)
    item = _noted(line.item, change, problems)
    if change.is_noted:
        noted = replace(quote.with_line(replace(line, item=item)), quote=quote.quote._replace(updated_at=at))
        return RuleResult(quote if item == line.item else noted, ())
    check_editable(quote.quote, at)
    check_open(line, line.item, OfferStatus.PENDING)
    if change.specification is not None:
        open_offer(quote.quote, line, item_id, OfferStatus.PENDING, at)
        item = _specified(item, change.specification, problems)
    if change.comments is not None:
        given = problems.check(("comments",), optional_text, change.comments, NOTE_LENGTH, lines=True)
        item = item._replace(comments=given)
    if change.internal_notes is not None:
        notes = problems.check(("internalNotes",), optional_text, change.internal_notes, NOTE_LENGTH, lines=True)
        item = item._replace(internal_notes=notes)
    if change.article is not None:
        item = item._replace(article=parse_article(change.article, problems, ("article",)))
    if change.quantity is not None:
        item = item._replace(quantity=_quantity(change.quantity, problems))
    changed = replace(line, item=item, recipients=_recipients(line, item, change, problems, new_id))
    check_recipients(quote.lines, quote.with_line(changed).lines, problems, ("recipients",))
    return RuleResult(quote, ()) if changed == line else rule_result(quote, quote.with_line(changed), at)


def is_first_recipients(line: Line, change: ItemChange) -> bool:
    """Whether a change gives an accepted line without recipients the ones it goes to, and nothing else."""
    given = change.recipients
    return awaits_recipients(line) and bool(given) and change == ItemChange(recipients=given)


def give_recipients(
    quote: QuoteAggregate,
    item_id: str,
    drafts: tuple[RecipientDraft, ...],
    problems: Problems,
    at: datetime,
    new_id: Callable[[], str],
) -> RuleResult:
    """Give an accepted line without recipients the ones it goes to, which are approved with that
    (docs/domain.md#lines-without-recipients); problems are added. Raises: WrongStatus."""
    line = quote.line_of(item_id)
    offer = state_of(quote.quote, StatusField.OFFER_STATUS, at)
    if offer in CALLED_OFF:
        raise refusal(quote.quote, StatusField.OFFER_STATUS, offer, RecipientStatus.APPROVED)
    people = build_recipients(drafts, line.item, problems, ("recipients",), new_id)
    approved = tuple(it._replace(status=RecipientStatus.APPROVED) for it in people)
    changed = quote.with_line(replace(line, recipients=approved))
    check_recipients(quote.lines, changed.lines, problems, ("recipients",))
    return rule_result(quote, changed, at)


def remove_line(quote: QuoteAggregate, item_id: str, at: datetime) -> RuleResult:
    """Remove an undecided line. Raises: NotEditable, LineClosed, LastItem."""
    check_editable(quote.quote, at)
    line = quote.line_of(item_id)
    check_open(line, line.item, None)
    if len(quote.lines) == 1:
        message = f"This is the only line of its quote; it is {line.item.status} and cannot be removed."
        raise LastItem(message, line.item.ref, line.item.status)
    left = (it for it in quote.lines if it.item.id != item_id)
    renumbered = tuple(replace(it, item=it.item._replace(position=place)) for place, it in enumerate(left))
    return rule_result(quote, replace(quote, lines=renumbered), at)


def _noted(item: QuoteItem, change: ItemChange, problems: Problems) -> QuoteItem:
    if change.external_id is not None:
        item = item._replace(external_id=parse_external_id(change.external_id, problems, ("externalId",)))
    if change.metadata is not None:
        item = item._replace(metadata=parse_metadata(change.metadata, problems, ("metadata",)))
    return item


def _specified(item: QuoteItem, given: Specification, problems: Problems) -> QuoteItem:
    specification = parse_specification(given, problems, ("specification",)).over(item.specification)
    check = require_none if item.product_type in WARRANTIES else require_named
    check(specification, problems, ("specification",))
    if specification == item.specification:
        return item
    unpriced = item._replace(status=OfferStatus.PENDING, price_minor=None, price_currency=None)
    if specification[:2] != item.specification[:2]:
        # With another brand or model it is no longer the selected device of the catalogue.
        unpriced = unpriced._replace(product_id=None, configuration_id=None)
    return unpriced._replace(**specification._asdict())


def _quantity(given: int, problems: Problems) -> int:
    if not 1 <= given <= MOST_DEVICES:
        message = f"The quantity is 1 to {MOST_DEVICES:,}, not {given}."
        problems.add(("quantity",), ErrorCode.OUT_OF_RANGE, message)
    return given


def _recipients(
    line: Line, item: QuoteItem, change: ItemChange, problems: Problems, new_id: Callable[[], str]
) -> tuple[Recipient, ...]:
    if change.recipients is not None:
        return build_recipients(change.recipients, item, problems, ("recipients",), new_id)
    if len(line.recipients) > 1 and len(line.recipients) != item.quantity:
        devices = counted(item.quantity, "device")
        message = f"The line has {len(line.recipients)} recipients for {devices}. Send `recipients` with the quantity."
        problems.add(("quantity",), ErrorCode.RECIPIENT_COUNT, message)
    return line.recipients
