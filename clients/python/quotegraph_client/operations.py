"""An operation with the types of its variables and its data, as `quotegraph_client.generate` writes it."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Variables = TypeVar("Variables")
Data = TypeVar("Data")


@dataclass(frozen=True)
class Request(Generic[Data]):
    """An operation with its variables, ready to be sent."""

    name: str
    text: str
    variables: Any

    @property
    def body(self) -> dict[str, Any]:
        return {"query": self.text, "operationName": self.name, "variables": self.variables}


@dataclass(frozen=True)
class Operation(Generic[Variables, Data]):
    """A document with one operation. Call it with the variables to get a request."""

    name: str
    text: str

    def __call__(self, variables: Variables) -> Request[Data]:
        return Request(self.name, self.text, variables)
