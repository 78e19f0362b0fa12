"""Takes the models of the vendor's catalogue into the catalogue (docs/domain.md#vendor-models)."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from domain.catalogue.file_rows import Taken
from domain.catalogue.products import Configuration, Product
from domain.catalogue.snapshot import CatalogueSnapshot
from domain.catalogue.vendor_models import ModelIntake, VendorModel, in_order, keys_of_models
from domain.catalogue.vendor_records import Intake
from domain.ports.dependencies import Dependencies
from domain.shared.access import SYSTEM, Environment, TenantScope
from domain.shared.errors import InvalidInput
from domain.use_cases.catalogue.products import save_snapshot

# No company's: the catalogue serves all of them.
EVERYWHERE = TenantScope(Environment.LIVE, None)
MOST_MODELS = 1_000
# What a change of these fields says is said by other words.
_UNSAID = ("id", "product_id", "position", "created_at", "updated_at")


async def take_models(
    deps: Dependencies,
    models: Sequence[VendorModel],
    intake: Intake,
    dry_run: bool = False,
    stopped: Callable[[], bool] = lambda: False,
    advance: Callable[[int], None] = lambda _: None,
) -> None:
    """Take every model that can be used. Each chunk of 1,000 is one transaction; `stopped` is called before each."""
    ordered, rules, planned = iter(in_order(models)), ModelIntake(deps.new_id), CatalogueSnapshot()
    while chunk := list(islice(ordered, MOST_MODELS)):
        if stopped():
            intake.interrupted = True
            return
        async with deps.unit_of_work(EVERYWHERE) as work:
            snapshot = await work.catalogue.snapshot(keys_of_models(chunk))
            if dry_run:
                planned.load(*snapshot.all())
                snapshot = planned
            for model in chunk:
                _take(model, rules, snapshot, intake)
            if not dry_run:
                await save_snapshot(work, deps, SYSTEM, snapshot)
                await work.commit()
        advance(len(chunk))


def _take(model: VendorModel, rules: ModelIntake, snapshot: CatalogueSnapshot, intake: Intake) -> None:
    for flaw in model.flaws:
        intake.note(model.label, flaw)
    try:
        result = rules.take(model, snapshot)
    except InvalidInput as invalid:
        intake.reject(model.label, " ".join(f"{it.path[-1]}: {it.message}" for it in invalid.problems))
        return
    intake.counts[result] += 1
    if result != Taken.UNCHANGED:
        intake.changes.append(f"{model.label}: {'; '.join(_changes(snapshot))}")


def _changes(snapshot: CatalogueSnapshot) -> Iterator[str]:
    """What the last model changes."""
    changes = snapshot.changes_since_begin()
    if None in changes:
        yield "new"
    for before in changes:
        if before is not None:
            of = snapshot.product if isinstance(before, Product) else snapshot.configuration
            yield from _differences(before, of(before.id))


def _differences(before: Product | Configuration, now: Product | Configuration | None) -> Iterator[str]:
    for name, value in before._asdict().items():
        after = getattr(now, name)
        if name == "active" and value and not after:
            yield "archived"
        elif name not in _UNSAID and value != after:
            yield f"{name} {value or 'none'} → {after or 'none'}"
