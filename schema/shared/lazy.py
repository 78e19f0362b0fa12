"""Types of other modules, named before those are imported, so that modules may refer to each other."""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from schema.access.types import AccessTokenConnection, ApiKeyConnection
    from schema.build import Query
    from schema.catalogue.types import CatalogueEventConnection, Kit, KitConnection
    from schema.companies.types import Customer, CustomerConnection, CustomFieldConnection, CustomFieldValue
    from schema.connections.origins import Origin, OriginSource
    from schema.connections.types import Connection, ConnectionProblemConnection
    from schema.fulfilment.types import VendorCandidate, VendorOrder, VendorOrderConnection
    from schema.history.types import EventConnection
    from schema.inventory.types import Asset, AssetConnection, DeviceAction, DeviceActionConnection
    from schema.members.types import MemberConnection
    from schema.people.types import Employee, EmployeeConnection
    from schema.quotes.recipients import Recipient
    from schema.quotes.types import Alternative, Quote, QuoteConnection, QuoteItem
    from schema.webhooks.types import WebhookDeliveryConnection, WebhookEndpointConnection

LazyAccessTokenConnection = Annotated["AccessTokenConnection", strawberry.lazy("schema.access.types")]
LazyApiKeyConnection = Annotated["ApiKeyConnection", strawberry.lazy("schema.access.types")]
LazyAlternative = Annotated["Alternative", strawberry.lazy("schema.quotes.types")]
LazyAsset = Annotated["Asset", strawberry.lazy("schema.inventory.types")]
LazyAssetConnection = Annotated["AssetConnection", strawberry.lazy("schema.inventory.types")]
LazyCatalogueEventConnection = Annotated["CatalogueEventConnection", strawberry.lazy("schema.catalogue.types")]
LazyConnection = Annotated["Connection", strawberry.lazy("schema.connections.types")]
LazyConnectionProblemConnection = Annotated["ConnectionProblemConnection", strawberry.lazy("schema.connections.types")]
LazyCustomFieldConnection = Annotated["CustomFieldConnection", strawberry.lazy("schema.companies.types")]
LazyCustomFieldValue = Annotated["CustomFieldValue", strawberry.lazy("schema.companies.types")]
LazyCustomer = Annotated["Customer", strawberry.lazy("schema.companies.types")]
LazyCustomerConnection = Annotated["CustomerConnection", strawberry.lazy("schema.companies.types")]
LazyDeviceAction = Annotated["DeviceAction", strawberry.lazy("schema.inventory.types")]
LazyDeviceActionConnection = Annotated["DeviceActionConnection", strawberry.lazy("schema.inventory.types")]
LazyEmployee = Annotated["Employee", strawberry.lazy("schema.people.types")]
LazyEmployeeConnection = Annotated["EmployeeConnection", strawberry.lazy("schema.people.types")]
LazyEventConnection = Annotated["EventConnection", strawberry.lazy("schema.history.types")]
LazyKit = Annotated["Kit", strawberry.lazy("schema.catalogue.types")]
LazyKitConnection = Annotated["KitConnection", strawberry.lazy("schema.catalogue.types")]
LazyMemberConnection = Annotated["MemberConnection", strawberry.lazy("schema.members.types")]
LazyOrigin = Annotated["Origin", strawberry.lazy("schema.connections.origins")]
LazyOriginSource = Annotated["OriginSource", strawberry.lazy("schema.connections.origins")]
LazyQuery = Annotated["Query", strawberry.lazy("schema.build")]
LazyQuote = Annotated["Quote", strawberry.lazy("schema.quotes.types")]
LazyQuoteConnection = Annotated["QuoteConnection", strawberry.lazy("schema.quotes.types")]
LazyQuoteItem = Annotated["QuoteItem", strawberry.lazy("schema.quotes.types")]
LazyRecipient = Annotated["Recipient", strawberry.lazy("schema.quotes.recipients")]
LazyVendorCandidate = Annotated["VendorCandidate", strawberry.lazy("schema.fulfilment.types")]
LazyVendorOrder = Annotated["VendorOrder", strawberry.lazy("schema.fulfilment.types")]
LazyVendorOrderConnection = Annotated["VendorOrderConnection", strawberry.lazy("schema.fulfilment.types")]
LazyWebhookDeliveryConnection = Annotated["WebhookDeliveryConnection", strawberry.lazy("schema.webhooks.types")]
LazyWebhookEndpointConnection = Annotated["WebhookEndpointConnection", strawberry.lazy("schema.webhooks.types")]
