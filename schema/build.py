"""The schema as a whole: every type together, its declarations bound to their fields."""

from functools import cache

import strawberry
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    get_named_type,
)
from strawberry.schema.config import StrawberryConfig

from resolvers.directives import DEFER, IDEMPOTENT, STREAM
from resolvers.execution.checks import check_declarations
from resolvers.execution.declarations import bind
from resolvers.loader_names import LOADERS
from schema.access.mutations import AccessMutations
from schema.access.queries import AccessQueries
from schema.applied_directives import APPLIED
from schema.arguments import compile_argument_converters, with_converted_arguments
from schema.catalogue.mutations import CatalogueMutations, KitMutations
from schema.catalogue.queries import CatalogueQueries, KitQueries
from schema.companies.mutations import CompanyMutations, CustomerMutations, CustomFieldMutations
from schema.companies.queries import CompanyQueries, CustomerQueries, CustomFieldQueries
from schema.companies.types import VALUE_TYPES
from schema.connections.mutations import ConnectionMutations
from schema.connections.queries import ConnectionQueries
from schema.declare import declaration_of, rows_of
from schema.fulfilment.mutations import FulfilmentMutations, VendorOrderMutations
from schema.fulfilment.queries import VendorOrderQueries
from schema.history.subscriptions import Subscription
from schema.inventory.mutations import AssetMutations, DeviceActionMutations
from schema.inventory.queries import AssetQueries, DeviceActionQueries
from schema.jobs.mutations import JobMutations
from schema.jobs.queries import JobQueries
from schema.members.mutations import MemberMutations
from schema.members.queries import MemberQueries
from schema.people.queries import EmployeeQueries
from schema.portal.mutations import PublicMutations, SigningMutations
from schema.portal.queries import PublicQueries
from schema.quotes.alternatives import AlternativeMutations
from schema.quotes.closings import ClosingMutations
from schema.quotes.creation import CreationMutations
from schema.quotes.decisions import LineDecisionMutations, QuoteDecisionMutations
from schema.quotes.edits import EditMutations
from schema.quotes.price_options import PriceOptionMutations
from schema.quotes.pricing import OfferPriceMutations, QuotePriceMutations
from schema.quotes.queries import QuoteQueries
from schema.rate_limits.queries import RateLimitQueries
from schema.sdl import arrange, print_sdl
from schema.shared.errors import ConflictError, NotFoundError, ValidationError
from schema.shared.nodes import NodeQueries
from schema.shared.scalars import SCALARS
from schema.stream_tickets.mutations import StreamTicketMutations
from schema.webhooks.event_types import WebhookEventTypeQueries
from schema.webhooks.mutations import WebhookMutations
from schema.webhooks.queries import WebhookQueries

DESCRIPTION = (
    "Hardware procurement: companies request quotes for devices, decide on items and their alternatives, and keep the "
    "assets that were delivered. Sign in with the header `Authorization: Bearer` and an API key; the description of a "
    "root field names the scope that the key needs. Lists are Relay connections, IDs are global and opaque, and a "
    "mutation that is refused says why in `userErrors` and changes nothing."
)


@strawberry.type(description="Root of all queries.")
class Query(
    CompanyQueries,
    NodeQueries,
    QuoteQueries,
    PublicQueries,
    CatalogueQueries,
    KitQueries,
    CustomerQueries,
    CustomFieldQueries,
    EmployeeQueries,
    MemberQueries,
    AssetQueries,
    DeviceActionQueries,
    VendorOrderQueries,
    JobQueries,
    WebhookEventTypeQueries,
    WebhookQueries,
    RateLimitQueries,
    AccessQueries,
    ConnectionQueries,
):
    pass


@strawberry.type(
    description="Root of all mutations. The mutations of a request are executed one after the other. An optional input "
    "string that is blank is treated as null, also where it stands for an ID, a date or a currency."
)
class Mutation(
    CreationMutations,
    OfferPriceMutations,
    AlternativeMutations,
    LineDecisionMutations,
    EditMutations,
    QuoteDecisionMutations,
    ClosingMutations,
    QuotePriceMutations,
    PriceOptionMutations,
    KitMutations,
    CatalogueMutations,
    VendorOrderMutations,
    FulfilmentMutations,
    CustomFieldMutations,
    CompanyMutations,
    CustomerMutations,
    AssetMutations,
    DeviceActionMutations,
    JobMutations,
    WebhookMutations,
    ConnectionMutations,
    MemberMutations,
    StreamTicketMutations,
    AccessMutations,
    SigningMutations,
    PublicMutations,
):
    pass


@cache
def build_schema() -> strawberry.Schema:
    """The schema, ready to be executed; one for the process, as nothing changes it. Raises: TypeError, for fields whose
    declarations cannot be answered.
    """
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[ValidationError, NotFoundError, ConflictError, *VALUE_TYPES],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    core = core_schema(schema)
    core.description = DESCRIPTION
    core.directives = (*core.directives, IDEMPOTENT, DEFER, STREAM, *APPLIED)
    converting = (schema.config.name_converter, SCALARS)
    compile_argument_converters(core, *converting)
    bind(core, with_converted_arguments(declaration_of, *converting))
    check_declarations(core, rows_of, LOADERS)
    _mark_one_of(core)
    _hide_null_defaults(core)
    _describe_inputs(core)
    arrange(core)
    return schema


def _mark_one_of(core: GraphQLSchema) -> None:
    """Strawberry keeps `one_of` to itself; graphql-core prints and checks it where it knows of it."""
    for type_ in core.type_map.values():
        if isinstance(type_, GraphQLInputObjectType):
            type_.is_one_of = type_.extensions["strawberry-definition"].is_one_of


def _hide_null_defaults(core: GraphQLSchema) -> None:
    """Leaving out what is optional is the same as null; the SDL need not say so at every argument."""
    for type_ in core.type_map.values():
        inputs = list(type_.fields.values()) if isinstance(type_, GraphQLInputObjectType) else []
        fields = type_.fields.values() if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) else ()
        for given in [*inputs, *(argument for field in fields for argument in field.args.values())]:
            if given.default_value is None:
                given.default_value = Undefined
                given.default = None


def _describe_inputs(core: GraphQLSchema) -> None:
    """An argument that takes an input object is what that object is."""
    for type_ in core.type_map.values():
        for field in type_.fields.values() if isinstance(type_, GraphQLObjectType) else ():
            for argument in field.args.values():
                given = get_named_type(argument.type)
                if argument.description is None and isinstance(given, GraphQLInputObjectType):
                    argument.description = given.description


def core_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """The schema as graphql-core has it."""
    return schema._schema


@cache
def sdl() -> str:
    """The schema in the schema definition language, as in `schema.graphql`; written once for the process."""
    return print_sdl(core_schema(build_schema()))
