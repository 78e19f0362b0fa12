"""What `quotegraph jobs` prints."""

from datetime import timedelta

from adapters.database.jobs.figures import JobFigures
from app.cli.jobs import as_data, report
from domain.shared.jobs import JobType
from tests.builders import NOW

FOUND = {
    JobType.PLACE_VENDOR_ORDER: JobFigures(1_200, 4, 3, NOW - timedelta(minutes=75), 7, 2),
    JobType.CREATE_TASK: JobFigures(),
    JobType.SEND_QUOTE: JobFigures(scheduled=1),
}


def test_the_table_has_a_line_for_each_type_that_has_jobs_and_their_sum():
    assert list(report(FOUND, NOW)) == [
        "type                 lane              due    running  scheduled    failing       dead        oldest due",
        "PLACE_VENDOR_ORDER   PLACING         1,200          4          3          7          2           1:15:00",
        "SEND_QUOTE           MAIL                0          0          1          0          0                 -",
        "all                                  1,200          4          4          7          2",
    ]


def test_a_queue_without_jobs_says_so():
    assert list(report({JobType.CREATE_TASK: JobFigures()}, NOW)) == ["Nothing is to be done, and nothing has failed."]


def test_a_script_gets_every_type():
    order, task, _ = as_data(FOUND, NOW)
    assert order == {
        "type": "PLACE_VENDOR_ORDER",
        "lane": "PLACING",
        "due": 1_200,
        "running": 4,
        "scheduled": 3,
        "failing": 7,
        "dead": 2,
        "oldestDueSeconds": 4_500.0,
    }
    assert (task["due"], task["oldestDueSeconds"]) == (0, None)
