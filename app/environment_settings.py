"""The settings that apply to the keys of some environments: live, test, or both. `Settings` inherits them."""

from pydantic import BaseModel, field_validator

from app.server.disclosure import Disclosure
from domain.shared.access import Environment


class EnvironmentSettings(BaseModel):
    """Each is `live`, `test`, both separated by a comma, or `off`."""

    # The environments whose keys may run trusted documents only.
    only_trusted: str = "off"
    # Whose keys may read the schema by introspection, and whose errors name what is in it (app/server/disclosure.py).
    introspection: str = "test"
    suggestions: str = "test"

    @field_validator("only_trusted", "introspection", "suggestions")
    @classmethod
    def _environments(cls, value: str) -> str:
        if value.strip().lower() != "off" and not {it.upper() for it in listed(value)} <= set(Environment):
            raise ValueError("set live, test, live,test or off")
        return value

    @property
    def environments_with_only_trusted(self) -> frozenset[Environment]:
        """The environments whose keys may run trusted documents only."""
        return _named(self.only_trusted)

    @property
    def disclosure(self) -> Disclosure:
        return Disclosure(_named(self.introspection), _named(self.suggestions))


def listed(value: str) -> list[str]:
    """The parts of a setting that are separated by commas."""
    return [part.strip() for part in value.split(",") if part.strip()]


def _named(value: str) -> frozenset[Environment]:
    named = value.strip().lower()
    return frozenset() if named == "off" else frozenset(Environment(it.upper()) for it in listed(named))
