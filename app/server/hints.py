"""What a message of graphql-core lacks for the author of a front end: what to write, and which field of a form."""

import re

from graphql import GraphQLSchema

# What clients with a normalised cache add to the objects that they read.
_TYPENAME = "not to include unknown field '__typename'"
_ARGUMENT = re.compile(r"Unknown argument '\w+' on field '(?P<type>\w+)\.(?P<field>\w+)'\.")
_FIELD = re.compile(r"Cannot query field '\w+' on type '\w+Connection'\.")
_VARIABLE = re.compile(r"Variable '\$(?P<name>\w+)'(?: has invalid value(?: at (?P<within>[\w.\[\]]+))?:| of)")
_STEP = re.compile(r"\w+")
# The field is named at the end where it is missing in an object, or unknown.
_MEMBER = re.compile(r"Expected value of type '\w+' (?:not )?to include (?:required|unknown) field '(?P<name>\w+)'")


def corrected(schema: GraphQLSchema, message: str) -> str:
    """Returns the message of a validation error with what the author can write, unless it says so already."""
    if _FIELD.fullmatch(message):
        return f"{message} The objects of the list are in `nodes`, or in `edges {{ node }}`."
    if found := _ARGUMENT.fullmatch(message):
        fields = getattr(schema.get_type(found["type"]), "fields", {})
        if found["field"] in fields and (names := fields[found["field"]].args):
            return f"{message} It takes {', '.join(f'`{name}`' for name in names)}."
    return message


def without_typename(message: str) -> str:
    """Returns the message with where a `__typename` in a variable comes from."""
    if _TYPENAME not in message:
        return message
    return f"{message} Clients add `__typename` to objects that they read: leave it out of variables."


def path_of_variable(message: str) -> list[str] | None:
    """Returns the variable that a message is about, and the path in it: `["input", "items", "0", "quantity"]`."""
    if (found := _VARIABLE.match(message)) is None:
        return None
    within = _STEP.findall(found["within"] or "")
    member = _MEMBER.match(message, found.end() + 1)
    return [found["name"], *within, *([member["name"]] if member else [])]
