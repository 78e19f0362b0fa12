"""The schema as exported: equal to `schema.graphql`, described throughout, and with the names that clients rely on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    DirectiveLocation,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_introspection_type,
    is_required_input_field,
    is_specified_directive,
    is_specified_scalar_type,
)

from schema.build import build_schema as build
from schema.build import core_schema, sdl

FILE = Path(__file__).parent.parent / "schema.graphql"
EXPORTED = sdl()
SCHEMA: GraphQLSchema = build_schema(EXPORTED)
OWN_DIRECTIVES = [it for it in SCHEMA.directives if not is_specified_directive(it)]

# Names and types that clients and scripts were promised. More may be added beside them, nothing taken away.
PROMISED = """
type Query {
    viewer: Viewer!
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    quote(by: QuoteBy!): Quote
    quotes(
        filter: QuoteFilter, orderBy: QuoteOrder, first: Int, after: String, last: Int, before: String
    ): QuoteConnection
    product(by: ProductBy!): Product
    products(first: Int, after: String, last: Int, before: String): ProductConnection
    employee(by: EmployeeBy!): Employee
    employees(first: Int, after: String, last: Int, before: String): EmployeeConnection
    deadJobs(first: Int, after: String, last: Int, before: String): JobConnection
}
type Mutation {
    createQuote(input: CreateQuoteInput!): CreateQuotePayload
    priceItem(input: PriceItemInput!): PriceItemPayload
    proposeAlternative(input: ProposeAlternativeInput!): ProposeAlternativePayload
    acceptItem(input: AcceptItemInput!): AcceptItemPayload
    rejectItem(input: RejectItemInput!): RejectItemPayload
    acceptAlternative(input: AcceptAlternativeInput!): AcceptAlternativePayload
    rejectAlternative(input: RejectAlternativeInput!): RejectAlternativePayload
    decideItem(input: DecideItemInput!): DecideItemPayload
}
type Subscription {
    quoteChanged(id: ID!, after: String, includeCurrent: Boolean! = false): Event!
    events(companyId: ID, after: String, types: [EventType!]): Event!
}
input QuoteBy @oneOf { id: ID orderId: String }
input EmployeeBy @oneOf { id: ID email: EmailAddress }
input ProductBy @oneOf { id: ID sku: String }
input QuoteFilter { status: [QuoteStatus!] createdAt: DateTimeRange }
input DateTimeRange { after: DateTime before: DateTime }
input CreateQuoteInput {
    companyId: ID requesterEmail: EmailAddress! requesterName: String poNumber: String
    notificationEmails: [EmailAddress!] items: [QuoteItemInput!]
}
input QuoteItemInput { device: DeviceInput! quantity: Int comments: String recipients: [RecipientInput!] }
input DeviceInput @oneOf { catalogue: CatalogueDeviceInput kitId: ID custom: CustomDeviceInput }
input CatalogueDeviceInput { productId: ID! configurationId: ID specification: SpecificationInput }
input CustomDeviceInput { productType: ProductType! specification: SpecificationInput! }
input SpecificationInput {
    brand: String model: String os: String cpu: String ram: String storage: String screenSize: String
    keyboardLayout: String
}
input RecipientInput {
    name: String! country: CountryCode! email: EmailAddress phoneNumber: String address: String
    isForStorage: Boolean! = false hireDate: Date
}
input PriceItemInput { itemId: ID! price: MoneyInput! }
input MoneyInput { amount: Decimal! currencyCode: CurrencyCode! }
input ProposeAlternativeInput {
    itemId: ID! specification: SpecificationInput! description: String price: MoneyInput
    isExactMatch: Boolean! = false imageUrl: URL
}
input AcceptItemInput {
    itemId: ID! recipients: [RecipientInput!] expectedPrice: MoneyInput dryRun: Boolean! = false
}
input RejectItemInput { itemId: ID! dryRun: Boolean! = false }
input AcceptAlternativeInput {
    alternativeId: ID! recipients: [RecipientInput!] expectedPrice: MoneyInput dryRun: Boolean! = false
}
input RejectAlternativeInput { alternativeId: ID! dryRun: Boolean! = false }
input DecideItemInput { offerId: ID! decision: Verdict! dryRun: Boolean! = false }
enum Verdict { ACCEPT REJECT }
type Viewer { company: Company environment: Environment! scopes: [String!]! }
enum Environment { LIVE TEST }
type CreateQuotePayload { quote: Quote userErrors: [UserError!]! query: Query! }
type PriceItemPayload { quote: Quote item: QuoteItem userErrors: [UserError!]! query: Query! }
type ProposeAlternativePayload {
    quote: Quote item: QuoteItem alternative: Alternative userErrors: [UserError!]! query: Query!
}
type AcceptItemPayload {
    quote: Quote item: QuoteItem alternative: Alternative changes: [StatusChange!]! userErrors: [UserError!]!
    query: Query!
}
type RejectItemPayload {
    quote: Quote item: QuoteItem alternative: Alternative changes: [StatusChange!]! userErrors: [UserError!]!
    query: Query!
}
type AcceptAlternativePayload {
    quote: Quote item: QuoteItem alternative: Alternative changes: [StatusChange!]! userErrors: [UserError!]!
    query: Query!
}
type RejectAlternativePayload {
    quote: Quote item: QuoteItem alternative: Alternative changes: [StatusChange!]! userErrors: [UserError!]!
    query: Query!
}
type DecideItemPayload {
    quote: Quote item: QuoteItem alternative: Alternative changes: [StatusChange!]! userErrors: [UserError!]!
    query: Query!
}
type StatusChange { node: Node from: Status! to: Status! }
enum Status { PENDING APPROVED SOURCED ACCEPTED REJECTED SHIPPED QUEUED }
interface HasStatus { displayStatus: Status! }
interface Node { id: ID! }
interface UserError { message: String! code: UserErrorCode! path: [String!]! }
type ValidationError implements UserError { message: String! code: UserErrorCode! path: [String!]! }
type NotFoundError implements UserError { message: String! code: UserErrorCode! path: [String!]! }
type ConflictError implements UserError {
    message: String! code: UserErrorCode! path: [String!]! node: Node currentStatus: Status!
}
enum UserErrorCode { NOT_PRICED ALREADY_DECIDED PRICE_CHANGED }
interface Offer { id: ID! status: OfferStatus! price: Money specification: Specification! }
enum OfferStatus { PENDING SOURCED ACCEPTED REJECTED }
type Money { amount: Decimal! currencyCode: CurrencyCode! }
type Specification {
    brand: String model: String os: String cpu: String ram: String storage: String screenSize: String
    keyboardLayout: String
}
type Event {
    id: ID! cursor: String! type: EventType! occurredAt: DateTime! actor: Actor! node: Node changes: [StatusChange!]!
}
enum EventType { QUOTE_CREATED QUOTE_ITEM_ACCEPTED }
type Actor { type: ActorType! name: String! }
enum ActorType { API_KEY PERSON CUSTOMER SYSTEM }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type QuoteConnection { edges: [QuoteEdge!]! nodes: [Quote!]! pageInfo: PageInfo! totalCount: Int! }
type QuoteEdge { cursor: String! node: Quote! }
type ProductConnection { nodes: [Product!]! pageInfo: PageInfo! totalCount: Int! }
type EmployeeConnection { nodes: [Employee!]! pageInfo: PageInfo! totalCount: Int! }
type JobConnection { nodes: [Job!]! pageInfo: PageInfo! totalCount: Int! }
type Company implements Node { id: ID! code: String! name: String! }
type Quote implements Node {
    id: ID! orderId: String! status: QuoteStatus! poNumber: String requester: Requester! countries: [CountryCode!]!
    items: [QuoteItem!]! vendorOrders: [VendorOrder!]! createdAt: DateTime! updatedAt: DateTime!
    statusTimestamps: [StatusTimestamp!]! company: Company!
}
enum QuoteStatus { PENDING APPROVED IN_PROGRESS DELIVERED COMPLETED REJECTED CANCELLED }
type Requester { email: EmailAddress name: String }
type StatusTimestamp { status: Status! at: DateTime! }
type QuoteItem implements Node & Offer {
    id: ID! status: OfferStatus! price: Money specification: Specification! quote: Quote! productType: ProductType!
    product: Product quantity: Int! comments: String recipients: [Recipient!]! alternatives: [Alternative!]!
    decision: LineDecision! acceptedOffer: Offer agreedPrice: AgreedPrice
}
enum ProductType { LAPTOP MONITOR MOUSE KEYBOARD HEADPHONES WEBCAM ACCESSORY }
enum LineDecision { UNDECIDED ITEM_ACCEPTED ALTERNATIVE_ACCEPTED REJECTED }
type AgreedPrice { price: Money! at: DateTime! by: Actor! }
type Alternative implements Node & Offer {
    id: ID! status: OfferStatus! price: Money specification: Specification! item: QuoteItem! description: String
    isExactMatch: Boolean! imageUrl: URL
}
type Recipient implements Node {
    id: ID! item: QuoteItem! name: String! email: EmailAddress country: CountryCode! status: RecipientStatus!
    statusTimestamps: [StatusTimestamp!]! phoneNumber: String address: String isForStorage: Boolean!
    trackingCode: String
    trackingLink: URL serialNumber: String invoiceNumber: String hireDate: Date employee: Employee
}
enum RecipientStatus { PENDING APPROVED SHIPPED DELIVERED REJECTED }
type Product implements Node { id: ID! configurations: [Configuration!]! }
type Configuration implements Node { id: ID! }
type Employee implements Node { id: ID! name: String! email: EmailAddress! }
type VendorOrder implements Node { id: ID! status: VendorOrderStatus! }
enum VendorOrderStatus { NEEDS_DATA NOT_ORDERABLE QUEUED }
type Job implements Node { id: ID! }
scalar EmailAddress
scalar URL
scalar Decimal
scalar CountryCode
scalar CurrencyCode
scalar DateTime
scalar Date
input QuoteOrder { field: QuoteOrderField! direction: OrderDirection! }
enum QuoteOrderField { CREATED_AT }
enum OrderDirection { ASC DESC }
"""


def test_the_exported_schema_is_the_one_in_the_repository():
    assert FILE.exists(), "There is no schema.graphql; write it by `make schema`."
    # Compared without showing both: they have a thousand lines each.
    same = FILE.read_text(encoding="utf-8") == EXPORTED
    assert same, "schema.graphql is not the schema of the code. Refresh it by `make schema` and look at the diff."


# ---- order


def test_the_roots_come_first_then_the_directives_then_the_types_by_name():
    defined = re.findall(r"^(?:type|interface|input|enum|scalar|union|directive) @?(\w+)", EXPORTED, re.MULTILINE)
    roots, directives = ["Query", "Mutation", "Subscription"], [it.name for it in OWN_DIRECTIVES]
    assert EXPORTED.index("\nschema {") < EXPORTED.index("\ntype Query")
    assert defined == roots + directives + sorted(set(defined) - {*roots, *directives})


@pytest.mark.parametrize("root", ["Query", "Mutation", "Subscription"])
def test_what_can_be_requested_is_in_alphabetical_order(root):
    type_ = SCHEMA.type_map[root]
    assert isinstance(type_, GraphQLObjectType)
    fields = list(type_.fields)
    assert fields == sorted(fields)


def test_introspection_lists_types_in_the_order_of_the_file():
    names = [name for name in core_schema(build()).type_map if name in SCHEMA.type_map and not name.startswith("__")]
    assert names[:3] == ["Query", "Mutation", "Subscription"]
    assert names[3:] == sorted(names[3:])


# ---- descriptions


def undescribed(schema: GraphQLSchema) -> Iterator[str]:
    if not schema.description:
        yield "schema"
    for directive in OWN_DIRECTIVES:
        if not directive.description:
            yield f"@{directive.name}"
        yield from (f"@{directive.name}({it})" for it, given in directive.args.items() if not given.description)
    for name, type_ in schema.type_map.items():
        if is_introspection_type(type_) or is_specified_scalar_type(type_):
            continue
        if not type_.description:
            yield name
        if isinstance(type_, GraphQLEnumType):
            yield from (f"{name}.{value}" for value, given in type_.values.items() if not given.description)
        if isinstance(type_, GraphQLInputObjectType):
            yield from (f"{name}.{field}" for field, given in type_.fields.items() if not given.description)
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field, declared in type_.fields.items():
                if not declared.description:
                    yield f"{name}.{field}"
                yield from (f"{name}.{field}({it})" for it, given in declared.args.items() if not given.description)


def test_everything_in_the_schema_is_described():
    assert list(undescribed(SCHEMA)) == []


def test_descriptions_are_sentences():
    described = [it.description for it in SCHEMA.type_map.values() if it.description and not it.name.startswith("__")]
    assert [it for it in described if not it.rstrip().endswith((".", "`", ":"))] == []


def test_a_mutation_says_which_scope_it_takes_or_that_it_takes_no_key():
    assert SCHEMA.mutation_type is not None
    told = {n: it.description or "" for n, it in SCHEMA.mutation_type.fields.items()}
    stated = ("Requires scope `", "Does not require an API key.", "Requires no scope.")
    assert [name for name, text in told.items() if not any(it in text for it in stated)] == []


# ---- what was promised

PROMISES = build_schema(PROMISED)
PROMISED_TYPES = sorted(name for name in PROMISES.type_map if not name.startswith("__"))


@pytest.mark.parametrize("name", PROMISED_TYPES)
def test_a_type_that_was_promised_is_there_with_its_parts(name):
    promised, present = PROMISES.type_map[name], SCHEMA.type_map[name]
    assert type(present) is type(promised)
    if isinstance(promised, GraphQLEnumType):
        assert isinstance(present, GraphQLEnumType)
        assert promised.values.keys() <= present.values.keys()
    if isinstance(promised, GraphQLInputObjectType):
        assert isinstance(present, GraphQLInputObjectType)
        assert present.is_one_of == promised.is_one_of
        inputs = {field: (str(it.type), default(it)) for field, it in promised.fields.items()}
        assert inputs == {field: (str(it.type), default(it)) for field, it in present.fields.items() if field in inputs}
        new = present.fields.keys() - promised.fields.keys()
        assert [field for field in new if is_required_input_field(present.fields[field])] == []
    if isinstance(promised, GraphQLObjectType | GraphQLInterfaceType):
        assert isinstance(present, GraphQLObjectType | GraphQLInterfaceType)
        assert {it.name for it in promised.interfaces} <= {it.name for it in present.interfaces}
        for field, declared in promised.fields.items():
            found = present.fields[field]
            assert str(found.type) == str(declared.type), field
            arguments = {argument: (str(it.type), default(it)) for argument, it in declared.args.items()}
            assert arguments == {it: (str(found.args[it].type), default(found.args[it])) for it in arguments}, field


def default(given: object) -> object:
    value = getattr(given, "default_value", None)
    return value if isinstance(value, bool | int | str) else None


def test_the_idempotent_directive_is_part_of_the_schema():
    directive = SCHEMA.get_directive("idempotent")
    assert directive is not None
    assert directive.locations == (DirectiveLocation.FIELD,)
    assert directive.description
    assert str(directive.args["key"].type) == "String!"
