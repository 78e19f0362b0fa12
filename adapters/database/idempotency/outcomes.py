"""The outcome of a mutation as stored with its idempotency key: ids, changes and rejections."""

from typing import Any

from adapters.database.history.column_types import dump_changes, load_changes
from domain.ports.unit_of_work import Outcome
from domain.shared.errors import Conflict, ConflictProblem, ErrorCode, NodeRef, Problem, Rejection


def dump_outcome(outcome: Outcome) -> dict[str, Any]:
    """Returns the JSON form of an outcome."""
    return {
        "subjects": [(it.type, it.id) for it in outcome.subjects],
        "changes": dump_changes(outcome.changes),
        "details": dict(outcome.details),
        "rejected": [
            (it.index, it.serial_number, [_dumped(found) for found in it.problems]) for it in outcome.rejected
        ],
    }


def load_outcome(stored: dict[str, Any]) -> Outcome:
    """Parses the JSON form of an outcome."""
    rejected = tuple(
        Rejection(index, serial, tuple(_loaded(it) for it in problems))
        for index, serial, problems in stored["rejected"]
    )
    subjects = tuple(NodeRef(*it) for it in stored["subjects"])
    changes, details = load_changes(stored["changes"]), stored.get("details", {})
    return Outcome(subjects, changes, rejected, details=details, is_replay=True)


def _dumped(problem: Problem | ConflictProblem) -> dict[str, Any]:
    found: dict[str, Any] = {"code": str(problem.code), "message": problem.message, "path": problem.path}
    if isinstance(problem, ConflictProblem):
        conflict = problem.conflict
        found |= {"node": [conflict.node.type, conflict.node.id], "status": str(conflict.current_status)}
    return found


def _loaded(stored: dict[str, Any]) -> Problem | ConflictProblem:
    code, path = ErrorCode(stored["code"]), tuple(stored["path"])
    if "node" not in stored:
        return Problem(code, stored["message"], path)
    conflict = Conflict(stored["message"], NodeRef(*stored["node"]), stored["status"])
    conflict.code = code
    return ConflictProblem(conflict, path)
