"""What every use case is handed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from domain.portal.links import Links
from domain.ports.external import NoPrinter, Outside, Printer
from domain.ports.jobs import Calendar, JobQueue, NoCalendar
from domain.ports.unit_of_work import Begin
from domain.shared.jobs import DEFAULT_PATIENCE, Patience


@dataclass(frozen=True, slots=True)
class House:
    """What every use case is handed."""

    begin: Begin
    jobs: JobQueue
    outside: Outside
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    patience: Patience = DEFAULT_PATIENCE
    printer: Printer = field(default_factory=NoPrinter)
    links: Links = field(default_factory=Links)
    calendar: Calendar = field(default_factory=NoCalendar)
