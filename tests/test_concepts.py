"""docs/concepts.md maps every field and verb of the five systems to a name that the graph has.

The original names stand here as data, so that none can be lost from the tables.
"""

import re
from pathlib import Path

import pytest
from graphql import GraphQLEnumType

from tests.exported import SCHEMA

ROOT = Path(__file__).parent.parent
DOCUMENT = (ROOT / "docs" / "concepts.md").read_text(encoding="utf-8")
NOT = "*not*"

# Names with blanks in them are set apart by semicolons.
ORIGINALS: dict[tuple[str, str], str] = {
    ("quipteams: quotes", "Quote"): """
        order_id id po_number status status_timestamps countries requester items created_at updated_at
    """,
    ("quipteams: quotes", "Item"): """
        id product_type quantity status price specification brand model os cpu ram storage screen_size
        keyboard_layout comments recipients alternatives created_at
    """,
    ("quipteams: quotes", "Recipient"): """
        id name email country status status_timestamps phone_number address storage serial_number tracking_code
        tracking_link invoice_number hire_date
    """,
    ("quipteams: quotes", "Alternative"): """
        id brand model description price status is_exact_match image_url
    """,
    ("quipteams: quotes", "Statuses"): """
        Pending; Approved; In Progress; Delivered; Completed; Sourced; accepted; rejected; Selected
    """,
    ("quipteams: quotes", "Lists, bodies and answers"): """
        GET /quotes; GET /quotes/:id; POST /quotes; PATCH /quotes/:id/items/:itemId;
        POST /quotes/:id/items/:itemId/action; status (filter); country (filter); created_after;
        created_before; sort; limit; cursor; has_more; next_cursor; requester_email; requester_name;
        po_number (body); notification_emails; items (body); product_id; configuration_id;
        specification (body); kit_id; product_type (freeform); quantity (body); comments (body);
        recipients (body); action; alternative_id; recipients (accept); type (answer)
    """,
    ("quipteams: devices, people and catalogue", "Verbs"): """
        GET /assets; POST /devices; GET /device-actions; GET /device-actions/:id; POST /device-actions;
        POST /device-actions/external; GET /products; GET /products/:id; available_filters; GET /kits; GET /kits/:id;
        GET /employees; GET /employees/:id
    """,
    ("Tecspal: orders", "Verbs"): """
        POST /orders/quote; GET /orders; GET /orders/{orderId};
        POST /orders/{orderId}/hardware-alternatives/select; POST /orders/confirm; POST /orders/cancel
    """,
    ("Tecspal: orders", "What an order is made of"): """
        countryCode sendTo companyCode company company.name company.companyCode company.countryCode
        company.legalNumber company.contactEmail company.phone hardwares employeeEmail employee
        employee.firstName employee.lastName employee.email employee.phone employee.governmentDNI
        employee.address employee.city employee.postCode employee.countryCode employee.addressExtraInfo
        poNumber clientName ABMId autoQuote hardwareType brand ram diskSize displaySize model processor amount
        externalItemId notes
    """,
    ("Tecspal: orders", "What the vendor answers"): """
        id orderNumber createdAt updatedAt status date eta maxEta minEta localInvoice trackingLink trackingCode
        currency dateCompleted requesterEmail apiClientRequesterName companyName description employeeProfile
        resellerIds createdHardwares line.id line.amount line.notes line.poNumber line.createdAt line.quotedUnitPrice
        line.catalogModelId line.brand line.name line.ram line.diskSpace line.displaySize line.processor
        line.image line.externalItemId alternativeGroup.id alternativeGroup.candidates alternativeGroupId
        hardwareRequestId PENDING QUOTED ACCEPTED CANCELLED DELIVERED IN_TRANSIT EMPLOYEE STORAGE OFFICE
        QUOTE_ONLY MACBOOK PC EXTENDED_WARRANTY_MAC EXTENDED_WARRANTY_WINDOWS
    """,
    ("Tecspal: catalogue and devices", "Catalogue"): """
        GET /catalog; id; countryCode; price; stock; brand; name; ram; diskSpace; displaySize; processor; image;
        deprecated; manufacturerPartNumber; hardwareType
    """,
    ("Tecspal: catalogue and devices", "Devices"): """
        GET /hardwares; GET /hardwares/{hardwareId}; GET /hardwares/storages; POST /hardwares; id; description;
        serialNumber; brand; name; ram; diskSpace; displaySize; processor; image; dateBought; countryCode; status;
        newHardware; externalReference; factoryReset; damaged; cost; costCurrency; employeeProfile; companyName;
        storage
    """,
    ("kitchen.co", "Quote"): """
        GET /quotes; GET /quotes/{quote_id}; GET /projects/{project_id}/quotes; id; name; status; sent_at;
        expires_at; voided_at; accepted_at; updated_at; created_at; delivery_date; author; prices; currency;
        project_id; message_id; body; draft; sent; accepted; expired; voided; per_page; page; current_page;
        from; last_page; path; to; total; links.next
    """,
    ("kitchen.co", "Price option"): """
        id quote_id name price currency upfront is_accepted accepted_by accepted_at
    """,
    ("kitchen.co", "User and client"): """
        id added_on name email phone username password timezone group role avatar_* color default_color
        is_active last_seen
    """,
    ("SalesByte", "Verbs and lists"): """
        GET /api/quotes; GET /api/quotes/<key>; POST /integrations/create_quote;
        POST /integrations/create_quote/template; POST /integrations/create_brandawareness;
        webhook quote checkout; page; created_from; created_to; updated_from; updated_to; sort_by; sort_order
    """,
    ("SalesByte", "What is sent"): """
        uuid; quote_profile_id; quote_template_id; salesperson_email; customer_name; customer_email;
        customer_phone; customer_company; customer_fields; send_type; type; chat_enabled; message;
        trigger_created_messages_to_customer; workflows_enabled; allow_customer_document_upload; signable;
        signable_until; alternatives; bundle_id; skus; sort_order (alternatives); title; custom_fields;
        attribute.required; attribute.editableByContact; attribute.hideFromContact; value;
        custom_field_1_content; tag_1; links.edit; links.customer_view; links.customer_verificate;
        links.customer_project_approval
    """,
    ("SalesByte", "Quote"): """
        id key quote_profile_name customer_name customer_first_name customer_last_name customer_company
        customer_phone customer_email address_firstline address_secondline address_postcode address_city
        custom_fields quote_value created_at updated_at salesperson is_signed is_fully_signed
        requires_more_signatures is_project_approval_pending is_project_approval_signed signed_offer
        signed_offer.main_document_name signed_offer.main_document_url signed_offer.extra_documents
        extra_documents.name extra_documents.pdf_url signed_products
        signed_products.original_price_including_vat signed_products.price_including_vat
        signed_products.discount_including_vat signed_products.currency signed_products.products products.sku
        products.amount products.url products.name products.original_price_including_vat
        products.price_including_vat products.original_sum_including_vat products.sum_including_vat
        products.currency products.price_unit additional_documents_signed
        additional_documents_requiring_signature statuses links
    """,
    ("w3trends Quick Quote", "Verbs and lists"): """
        POST /quotes; GET /quotes/{id}; GET /quotes; GET /customers/{id}/quotes; PUT /quotes/{id};
        DELETE /quotes/{id}; POST /quotes/email; POST /quotes/{id}/line_items; GET /quotes/{id}/line_items;
        PUT /quotes/{id}/line_items/{lid}; DELETE /quotes/{id}/line_items/{lid};
        POST /quotes/{id}/line_items/{lid}/properties; GET /quotes/{id}/line_items/{lid}/properties;
        PUT /quotes/{id}/line_items/{lid}/properties/{pid};
        DELETE /quotes/{id}/line_items/{lid}/properties/{pid}; data; next_page; total_records; page_size; page;
        quote_id; include_link; include_pdf; email_assignee
    """,
    ("w3trends Quick Quote", "Quote"): """
        id quote_number status created_on email first_name last_name phone remarks internal_notes public_notes
        tags customer_id assignee assignee.assignee_id assignee.assignee_name custom_fields custom_fields.id
        custom_fields.name custom_fields.value discount_amount discount_reason discount_total discount_type
        line_items shipping shipping.shipping_handle shipping.shipping_name shipping.shipping_price
        shipping.shipping_total shopify_order_id shopify_order_number subtotal total_tax total created sent
        viewed accepted declined canceled ordered
    """,
    ("w3trends Quick Quote", "Line"): """
        id; quantity; custom_product; price; title; sku; barcode; image_url; weight; weight_units;
        requires_shipping; taxable; discount; discount.discount_amount; discount.discount_type;
        discount.reason; properties; item_properties; property.id; property.key; property.value; product_id;
        variant_id; variant_title; barcode (output); original_line_price; line_price; total; discount_amount;
        discount_reason; discount_total; discount_type; grams; image; custom_image_path; url
    """,
    ("w3trends Quick Quote", "Custom fields"): """
        radio drop-down checklist text date address city country countryName line1 postalOrZip provinceOrState
        provinceOrStateName
    """,
}


def tables() -> dict[tuple[str, str], dict[str, tuple[str, str]]]:
    """The rows of each section and table: what stands here and the note, by the original name."""
    found: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    section = table = ""
    for line in DOCUMENT.splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith("### "):
            table = line[4:]
        elif line.startswith("| ") and not line.startswith("| original |"):
            original, here, note = (cell.strip() for cell in line.strip().strip("|").split("|"))
            rows = found.setdefault((section, table), {})
            assert original not in rows, f"{original} stands twice in {section}, {table}"
            rows[original] = (here, note)
    return found


TABLES = tables()
ROWS = [
    pytest.param(here, note, id=f"{section.split()[0]} {table}: {original}")
    for (section, table), rows in TABLES.items()
    for original, (here, note) in rows.items()
]


def names(listed: str) -> list[str]:
    return [it.strip() for it in (listed.split(";") if ";" in listed else listed.split()) if it.strip()]


def has(name: str) -> bool:
    """Whether the graph has a `Type.field`, an enum's value, a type, or a root field of this name."""
    type_name, dot, field = name.partition(".")
    if not dot:
        roots = (SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type)
        return name in SCHEMA.type_map or any(root is not None and name in root.fields for root in roots)
    type_ = SCHEMA.type_map.get(type_name)
    return field in (type_.values if isinstance(type_, GraphQLEnumType) else getattr(type_, "fields", ()))


@pytest.mark.parametrize(("where", "listed"), ORIGINALS.items(), ids=[" ".join(it) for it in ORIGINALS])
def test_every_original_name_has_a_row(where, listed):
    assert sorted(TABLES.get(where, {})) == sorted(names(listed))


def test_no_table_is_missing_here():
    assert TABLES.keys() == ORIGINALS.keys()
    assert len(ROWS) > 300


@pytest.mark.parametrize(("here", "note"), ROWS)
def test_a_row_names_what_the_graph_has_or_says_why_not(here, note):
    if here == NOT:
        assert note, "say why not"
        return
    targets = re.findall(r"^`([^`]+)`$", here)
    assert targets, f"{here} is no name"
    mentioned = re.findall(r"`([A-Za-z]+(?:\.[A-Za-z0-9_]+)?)`", note)
    assert [it for it in [*targets, *mentioned] if not has(it) and it not in WORDS] == []


def test_every_name_in_the_text_is_in_the_graph():
    mentioned = set(re.findall(r"`([A-Z][A-Za-z]+(?:\.[A-Za-z][A-Za-z0-9_]*)?)`", DOCUMENT)) - FORMATS
    assert sorted(it for it in mentioned if not has(it)) == []


def test_what_has_no_place_here_is_not_in_the_graph():
    missing = {original for rows in TABLES.values() for original, (here, _) in rows.items() if here == NOT}
    known = {folded(it) for type_ in SCHEMA.type_map.values() for it in getattr(type_, "fields", ())}
    assert {it for it in missing if folded(it) in known} == NAMESAKES.keys()


def test_what_no_key_reads_is_no_field_of_the_type():
    unread = [
        (original, here.strip("`"))
        for rows in TABLES.values()
        for original, (here, note) in rows.items()
        if note.endswith("not readable by the API")
    ]
    assert len(unread) == 4
    assert [it for it, type_name in unread if has(f"{type_name}.{it.rpartition('.')[2]}")] == []


def folded(name: str) -> str:
    """The last part of a name, whichever way it joins its words."""
    return name.rpartition(".")[2].replace("_", "").lower()


# Arguments and formats that notes speak of.
WORDS = {"first", "after"}
FORMATS = {"Type.field"}
# Names that other systems and the graph have for different things.
NAMESAKES = {
    "id": "at Tecspal a key of its own catalogue, here the id of an object",
    "price": "in Tecspal's catalogue what it asks in a country, here what was quoted or paid",
    "requesterEmail": "at Tecspal a user of its dashboard, here who asks for a quote",
    "from": "at kitchen.co a place in numbered pages, here the status before a change",
    "to": "at kitchen.co a place in numbered pages, here the status after a change",
    "path": "at kitchen.co the address of its endpoint, here the place of an error in the input",
    "property.id": "at Quick Quote the id of a property, here of other things",
    "is_active": "at kitchen.co a login that can be used, here a product that can be chosen",
}
