"""Which line of an order a device was created for: an order of several lines lists the devices by themselves, and they
do not name their line (docs/domain.md#order-batches)."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any

Fields = dict[str, Any]

# A device of another brand or model was not created for a line; its other data may be written in another way.
_IDENTITY = ("brand", "name")
_DETAILS = ("processor", "ram", "diskSpace", "displaySize")


def created_by_line(
    lines: Sequence[Fields], devices: Sequence[Fields], known: Sequence[int | None] = ()
) -> list[list[Fields]]:
    """Returns the devices of each line. A device stays with the line that `known` has for it. Each other one goes to
    the line whose description it has, compared only by what the line names, as long as that lacks some; what is left
    goes to lines that lack some, and any more to the first line."""
    created: list[list[Fields]] = [[] for _ in lines]
    new, others = list[Fields](), list[Fields]()
    for device, number in zip_longest(devices, known):
        (new if number is None else created[number]).append(device)

    def lacking() -> list[int]:
        return [number for number, line in enumerate(lines) if len(created[number]) < _amount(line)]

    for device in new:
        fits = {number: _common(lines[number], device) for number in lacking()}
        best = max(fits, key=lambda number: fits[number], default=None)
        if best is not None and fits[best]:
            created[best].append(device)
        else:
            others.append(device)
    for device in others:
        # A warranty, for which no device is created, names nothing.
        left = sorted(lacking(), key=lambda number: not any(lines[number].get(it) for it in _IDENTITY))
        created[left[0] if left else 0].append(device)
    return created


def _common(line: Fields, device: Fields) -> int:
    """Returns how many values a device has as its line names them: none if the line is for another device."""
    named = [it for it in (*_IDENTITY, *_DETAILS) if line.get(it)]
    same = [it for it in named if _text(line[it]) == _text(device.get(it))]
    return 0 if any(it in _IDENTITY and it not in same for it in named) else len(same)


def _text(value: Any) -> str:
    return str(value).strip().casefold()


def _amount(line: Fields) -> int:
    amount = line.get("amount")
    return int(amount) if isinstance(amount, int | Decimal) and amount > 0 else 1
