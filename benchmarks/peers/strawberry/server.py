"""Strawberry as its documentation shows it: types with async resolvers, aiodataloader for each edge, SQLAlchemy's ORM,
and the view for aiohttp. Nothing is tuned: this is where quotegraph came from."""

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

sys.path.insert(0, str(Path(__file__).parent.parent / "shared"))

import accept
import models
import strawberry
from aiodataloader import DataLoader
from aiohttp import web
from python import PORT, caller, callers, money, open_pool, row_id
from sqlalchemy import select
from strawberry.aiohttp.views import GraphQLView
from strawberry.types import Info

OfferStatus = strawberry.enum(Enum("OfferStatus", "PENDING SOURCED ACCEPTED REJECTED"))
RecipientStatus = strawberry.enum(Enum("RecipientStatus", "PENDING APPROVED SHIPPED DELIVERED REJECTED"))
LineDecision = strawberry.enum(Enum("LineDecision", "UNDECIDED ITEM_ACCEPTED ALTERNATIVE_ACCEPTED REJECTED"))
QuoteStatus = strawberry.enum(
    Enum("QuoteStatus", "PENDING APPROVED IN_PROGRESS DELIVERED COMPLETED REJECTED CANCELLED")
)
ProductType = strawberry.enum(
    Enum("ProductType", "LAPTOP MONITOR MOUSE KEYBOARD HEADPHONES WEBCAM ACCESSORY WARRANTY_MAC WARRANTY_WINDOWS")
)


def loader(info: Info, model: Any, column: Any, many: bool = False) -> DataLoader:
    """Returns the request's loader of a model's rows by a column."""
    loaders = info.context["loaders"]
    if column not in loaders:

        async def load(keys: list[Any]) -> list[Any]:
            statement = select(model).where(column.in_(keys))
            if hasattr(model, "tenant_id"):
                statement = statement.where(model.tenant_id == info.context["caller"]["tenant_id"])
            if many:
                statement = statement.order_by(model.position, model.id)
            async with models.session() as session:
                rows = (await session.scalars(statement)).all()
            found: dict[Any, Any] = {key: [] if many else None for key in keys}
            for row in rows:
                key = getattr(row, column.key)
                if many:
                    found[key].append(row)
                else:
                    found[key] = row
            return [found[key] for key in keys]

        loaders[column] = DataLoader(load)
    return loaders[column]


@strawberry.type
class Money:
    amount: str
    currency_code: str

    @classmethod
    def of(cls, row: Any) -> "Money | None":
        made = money(row.price_minor, row.price_currency)
        return made and cls(amount=made["amount"], currency_code=made["currencyCode"])


@strawberry.type
class Specification:
    brand: str | None
    model: str | None
    ram: str | None
    storage: str | None


@strawberry.type
class Requester:
    email: str
    name: str | None


@strawberry.type
class Company:
    id: strawberry.ID
    code: str
    name: str


@strawberry.type
class Product:
    id: strawberry.ID
    brand: str
    model: str
    active: bool


@strawberry.type
class Employee:
    id: strawberry.ID
    name: str
    email: str
    department: str | None


@strawberry.type
class Alternative:
    id: strawberry.ID
    status: OfferStatus
    price: Money | None
    description: str | None
    is_exact_match: bool


@strawberry.type
class Recipient:
    row: strawberry.Private[Any]
    id: strawberry.ID
    name: str
    country: str
    status: RecipientStatus

    @strawberry.field
    async def employee(self, info: Info) -> Employee | None:
        if self.row.email_key is None:
            return None
        row = await loader(info, models.Employee, models.Employee.email_key).load(self.row.email_key)
        return row and Employee(id=f"Employee_{row.id}", name=row.name, email=row.email, department=row.department)

    @strawberry.field
    async def item(self, info: Info) -> Annotated["QuoteItem", strawberry.lazy(__name__)]:
        return QuoteItem.of(await loader(info, models.QuoteItem, models.QuoteItem.id).load(self.row.item_id))


@strawberry.type
class QuoteItem:
    row: strawberry.Private[Any]
    id: strawberry.ID
    status: OfferStatus
    price: Money | None
    specification: Specification
    product_type: ProductType
    quantity: int
    comments: str | None
    decision: LineDecision

    @classmethod
    def of(cls, row: Any) -> "QuoteItem":
        return cls(
            row=row,
            id=f"QuoteItem_{row.id}",
            status=OfferStatus[row.status],
            price=Money.of(row),
            specification=Specification(brand=row.brand, model=row.model, ram=row.ram, storage=row.storage),
            product_type=ProductType[row.product_type],
            quantity=row.quantity,
            comments=row.comments,
            decision=LineDecision[row.decision],
        )

    @strawberry.field
    async def quote(self, info: Info) -> Annotated["Quote", strawberry.lazy(__name__)]:
        return Quote.of(await loader(info, models.Quote, models.Quote.id).load(self.row.quote_id))

    @strawberry.field
    async def product(self, info: Info) -> Product | None:
        if self.row.product_id is None:
            return None
        row = await loader(info, models.Product, models.Product.id).load(self.row.product_id)
        return row and Product(id=f"Product_{row.id}", brand=row.brand, model=row.model, active=row.active)

    @strawberry.field
    async def alternatives(self, info: Info) -> list[Alternative]:
        rows = await loader(info, models.Alternative, models.Alternative.item_id, many=True).load(self.row.id)
        return [
            Alternative(
                id=f"Alternative_{row.id}",
                status=OfferStatus[row.status],
                price=Money.of(row),
                description=row.description,
                is_exact_match=row.is_exact_match,
            )
            for row in rows
        ]

    @strawberry.field
    async def recipients(self, info: Info) -> list[Recipient]:
        rows = await loader(info, models.Recipient, models.Recipient.item_id, many=True).load(self.row.id)
        return [
            Recipient(
                row=row,
                id=f"Recipient_{row.id}",
                name=row.name,
                country=row.country,
                status=RecipientStatus[row.status],
            )
            for row in rows
        ]


@strawberry.type
class Quote:
    row: strawberry.Private[Any]
    id: strawberry.ID
    order_id: str
    status: QuoteStatus
    po_number: str | None
    created_at: str
    requester: Requester

    @classmethod
    def of(cls, row: Any) -> "Quote":
        return cls(
            row=row,
            id=f"Quote_{row.id}",
            order_id=row.order_id,
            status=QuoteStatus[row.status],
            po_number=row.po_number,
            created_at=row.created_at.isoformat().replace("+00:00", "Z"),
            requester=Requester(email=row.requester_email, name=row.requester_name),
        )

    @strawberry.field
    async def items(self, info: Info) -> list[QuoteItem]:
        rows = await loader(info, models.QuoteItem, models.QuoteItem.quote_id, many=True).load(self.row.id)
        return [QuoteItem.of(row) for row in rows]

    @strawberry.field
    async def company(self, info: Info) -> Company:
        row = await loader(info, models.CompanyOfTenant, models.CompanyOfTenant.of).load(self.row.tenant_id)
        return Company(id=f"Company_{row.id}", code=row.code, name=row.name)


@strawberry.type
class PageInfo:
    has_next_page: bool


@strawberry.type
class QuoteConnection:
    nodes: list[Quote]
    page_info: PageInfo


@strawberry.input
class QuoteBy:
    id: strawberry.ID


@strawberry.input
class AcceptItemInput:
    item_id: strawberry.ID


@strawberry.type
class StatusChange:
    from_: str = strawberry.field(name="from")
    to: str


@strawberry.type
class UserError:
    message: str
    code: str


@strawberry.type
class DecisionPayload:
    quote: Quote | None
    item: QuoteItem | None
    changes: list[StatusChange]
    user_errors: list[UserError]


@strawberry.type
class Query:
    @strawberry.field
    async def quotes(self, info: Info, first: int = 25) -> QuoteConnection:
        size, of = min(first, 100), models.Quote
        mine = select(of).where(of.tenant_id == info.context["caller"]["tenant_id"])
        newest = mine.order_by(of.created_at.desc(), of.id.desc()).limit(size + 1)
        async with models.session() as session:
            rows = (await session.scalars(newest)).all()
        nodes = [Quote.of(row) for row in rows[:size]]
        return QuoteConnection(nodes=nodes, page_info=PageInfo(has_next_page=len(rows) > size))

    @strawberry.field
    async def quote(self, info: Info, by: QuoteBy) -> Quote | None:
        row = await loader(info, models.Quote, models.Quote.id).load(row_id(by.id))
        return row and Quote.of(row)


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def accept_item(self, info: Info, input: AcceptItemInput) -> DecisionPayload:
        item_id = row_id(input.item_id)
        quote_id, changes = await accept.accept_item(info.context["pool"], info.context["caller"], item_id)
        item = await loader(info, models.QuoteItem, models.QuoteItem.id).load(item_id)
        quote = await loader(info, models.Quote, models.Quote.id).load(quote_id)
        return DecisionPayload(
            quote=Quote.of(quote),
            item=QuoteItem.of(item),
            changes=[StatusChange(from_=it["from"], to=it["to"]) for it in changes],
            user_errors=[],
        )


class View(GraphQLView):
    """Strawberry's view, with the caller and the request's loaders in its context."""

    async def get_context(self, request: web.Request, response: web.Response) -> Any:
        return {"caller": request["caller"], "pool": request.app["pool"], "loaders": {}}


@web.middleware
async def admit(request: web.Request, handler: Any) -> Any:
    asking = caller(request.app["known"], request.headers.get("Authorization"))
    if asking is None:
        raise web.HTTPUnauthorized
    request["caller"] = asking
    return await handler(request)


async def start(app: web.Application) -> None:
    app["pool"] = await open_pool()
    app["known"] = await callers(app["pool"])


if __name__ == "__main__":
    app = web.Application(middlewares=[admit])
    app.on_startup.append(start)
    app.router.add_route("*", "/graphql", View(schema=strawberry.Schema(Query, Mutation), graphql_ide=None))
    web.run_app(app, host="127.0.0.1", port=PORT, access_log=None, print=None)
