"""What stays of a quote of ours that was created in a connected system, beside what its record says
(docs/domain.md#create-in-a-connected-system)."""

from collections.abc import Mapping
from dataclasses import replace

from domain.connections.origins import PartKey
from domain.connections.records import ForeignItem, ForeignQuote
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.rows import QuoteItem
from domain.shared.metadata import MetadataEntry
from domain.shared.parsers import fold

Entries = tuple[MetadataEntry, ...]


def with_own_metadata(quote: QuoteAggregate, before: QuoteAggregate, said: Mapping[str, Entries]) -> QuoteAggregate:
    """The quote of a record, with the metadata that it, its lines and its recipients had and no record has said; `said`
    is what the record before has, by our ids. Where a record says a key too, it wins."""
    own = {id_: kept for id_, had in _metadata_of(before).items() if (kept := _without(had, said.get(id_, ())))}
    if not own:
        return quote
    head = quote.quote._replace(metadata=_beside(quote.quote.metadata, own.get(quote.quote.id, ())))
    return replace(quote, quote=head, lines=tuple(_line_with(line, own) for line in quote.lines))


def with_skus(record: ForeignQuote, before: QuoteAggregate, known: Mapping[PartKey, str]) -> Mapping[PartKey, str]:
    """The known ids, with those of lines that no record has shown before and one shows now: they are known by their
    SKUs."""
    taken = set(known.values())
    skus = {fold(it.item.article.sku): it.item.id for it in before.lines if it.item.article and it.item.article.sku}
    found = {
        key: id_
        for it in record.items
        if (key := PartKey("QuoteItem", "", it.external_id)) not in known
        and it.sku
        and (id_ := skus.pop(fold(it.sku), None)) is not None
        and id_ not in taken
    }
    return {**known, **found} if found else known


def is_called_the_same(record: ForeignItem, known: QuoteItem) -> bool:
    """Whether a record names the device of a line by its title only, and that is still what we call it."""
    title = " ".join((record.title or "").split())
    return not any(record.specification) and title == " ".join(known.title.split())


def _metadata_of(quote: QuoteAggregate) -> dict[str, Entries]:
    found = {quote.quote.id: quote.quote.metadata}
    for line in quote.lines:
        found[line.item.id] = line.item.metadata
        found |= {it.id: it.metadata for it in line.recipients}
    return found


def _without(had: Entries, said: Entries) -> Entries:
    keys = {it.key for it in said}
    return tuple(it for it in had if it.key not in keys)


def _beside(said: Entries, own: Entries) -> Entries:
    return (*said, *_without(own, said))


def _line_with(line: Line, own: Mapping[str, Entries]) -> Line:
    item = line.item._replace(metadata=_beside(line.item.metadata, own.get(line.item.id, ())))
    people = tuple(it._replace(metadata=_beside(it.metadata, own.get(it.id, ()))) for it in line.recipients)
    return replace(line, item=item, recipients=people)
