"""Typed operations for quotegraph's API, and subscriptions that resume."""

from quotegraph_client.client import OperationFailed, Quotegraph
from quotegraph_client.operations import Operation, Request
from quotegraph_client.resume import cursor_of, resuming

__all__ = ["Operation", "OperationFailed", "Quotegraph", "Request", "cursor_of", "resuming"]
