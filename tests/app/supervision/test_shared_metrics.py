"""The metrics of several processes as one text."""

from prometheus_client.parser import text_string_to_metric_families

from app.supervision.shared_metrics import merged

OWN = """
# HELP quotegraph_plans_total Plans.
# TYPE quotegraph_plans_total counter
quotegraph_plans_total{outcome="hit"} 3.0
# HELP quotegraph_jobs_due Jobs that are due.
# TYPE quotegraph_jobs_due gauge
quotegraph_jobs_due{kind="MAIL"} 7.0
"""
OTHER = OWN.replace("3.0", "4.0").replace("7.0", "6.0")


def samples(text: bytes) -> set[tuple[str, tuple[tuple[str, str], ...], float]]:
    found = text_string_to_metric_families(text.decode())
    return {(it.name, tuple(sorted(it.labels.items())), it.value) for family in found for it in family.samples}


def test_each_sample_has_the_number_of_its_process():
    found = samples(merged(1, {1: OWN, 2: OTHER}))
    assert ("quotegraph_plans_total", (("outcome", "hit"), ("process", "1")), 3.0) in found
    assert ("quotegraph_plans_total", (("outcome", "hit"), ("process", "2")), 4.0) in found


def test_what_is_counted_in_the_database_is_there_once():
    found = samples(merged(1, {1: OWN, 2: OTHER}))
    assert [it for it in found if it[0] == "quotegraph_jobs_due"] == [("quotegraph_jobs_due", (("kind", "MAIL"),), 7.0)]


def test_a_process_that_does_not_answer_is_reported_and_the_others_are_there():
    found = samples(merged(1, {1: OWN, 2: None}))
    assert ("quotegraph_process_answers", (("process", "1"),), 1.0) in found
    assert ("quotegraph_process_answers", (("process", "2"),), 0.0) in found
