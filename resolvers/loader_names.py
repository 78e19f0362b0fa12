"""The names of all loaders that the API reads through, and what each gives. Adapters provide them by these names."""

from collections.abc import Mapping

from resolvers.execution.checks import LoaderKind

_ONE = (
    "access_token",
    "active_device_action",
    "alternative",
    "api_key",
    "asset",
    "asset_by_serial",
    "attachment",
    "catalogue_event",
    "company",
    "company_by_code",
    "company_by_tenant",
    "configuration",
    "connection",
    "connection_hook",
    "connection_problem",
    "custom_field",
    "customer",
    "device_action",
    "device_action_comment",
    "employee",
    "employee_by_email",
    "event",
    "item",
    "job",
    "kit",
    "kit_device",
    "last_change_by_quote",
    "last_change_of_device_action",
    "member",
    "movement_by_device_action",
    "origin",
    "origin_change",
    "pending_change_by_quote",
    "pending_change_of_device_action",
    "price_option",
    "product",
    "public_key_by_hash",
    "public_key_by_quote",
    "quote",
    "quote_by_recipient",
    "recipient",
    "signature",
    "tenant_of_company",
    "vendor_order",
    "webhook_delivery",
    "webhook_endpoint",
)
_MANY = (
    "alternatives_by_item",
    "archived_configurations_by_product",
    "assets_by_recipient",
    "attachments_by_quote",
    "attempts_by_webhook_delivery",
    "configurations_by_product",
    "connected_by_tenant",
    "connections_by_tenant",
    "countries_by_quote",
    "customer_documents_by_quote",
    "customers_by_external_id",
    "device_actions_by_action_id",
    "devices_by_kit",
    "items_by_quote",
    "known_values",
    "origins_by_lookup",
    "price_options_by_quote",
    "quotes_by_order_id",
    "recipients_by_item",
    "recipients_by_vendor_order",
    "signatures_by_quote",
    "status_times_by_node",
    "tax_lines_by_quote",
    "vendor_orders_by_item",
    "vendor_orders_by_quote",
)
_PAGE = (
    "access_tokens",
    "access_tokens_by_key",
    "api_keys",
    "assets",
    "assets_by_employee",
    "catalogue_events",
    "comments_by_device_action",
    "connection_problems_by_connection",
    "custom_fields",
    "customers",
    "device_actions",
    "device_actions_by_person",
    "device_actions_by_serial",
    "employees",
    "events_by_node",
    "jobs",
    "kits",
    "members",
    "products",
    "quotes",
    "quotes_by_customer",
    "quotes_by_kit",
    "quotes_by_product",
    "recipients_by_email",
    "vendor_orders",
    "webhook_deliveries_by_endpoint",
    "webhook_endpoints",
)

LOADERS: Mapping[str, LoaderKind] = {
    **dict.fromkeys(_ONE, LoaderKind.ONE),
    **dict.fromkeys(_MANY, LoaderKind.MANY),
    **dict.fromkeys(_PAGE, LoaderKind.PAGE),
}


def check_loaders(provided: Mapping[str, LoaderKind]) -> None:
    """Check that the adapters provide the loaders that the API reads through.

    Raises: TypeError, with every name that only one side has, or that gives something else.
    """
    names = sorted(provided.keys() | LOADERS.keys())
    faults = [
        f"{name}: {_kind_name(LOADERS.get(name))} here, {_kind_name(provided.get(name))} from the adapter"
        for name in names
        if provided.get(name) != LOADERS.get(name)
    ]
    if faults:
        raise TypeError("Loaders that do not agree:\n" + "\n".join(faults))


def _kind_name(kind: LoaderKind | None) -> str:
    return "not known" if kind is None else kind.value
