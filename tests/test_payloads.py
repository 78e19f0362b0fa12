"""Every mutation has a payload of its own, with what all payloads have."""

import pytest
from graphql import GraphQLObjectType, get_named_type

from tests.exported import SCHEMA

assert SCHEMA.mutation_type is not None
MUTATIONS = SCHEMA.mutation_type.fields


def payload_of(mutation: str) -> GraphQLObjectType:
    type_ = MUTATIONS[mutation].type
    assert isinstance(type_, GraphQLObjectType), f"{mutation} is null where it fails as a whole"
    return type_


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_payload_and_the_input_of_a_mutation_are_named_after_it(mutation):
    capital = mutation[0].upper() + mutation[1:]
    assert payload_of(mutation).name == f"{capital}Payload"
    assert payload_of(mutation).description == f"Return type of `{mutation}`."
    assert [str(it.type) for it in MUTATIONS[mutation].args.values()] == [f"{capital}Input!"]


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_payload_has_user_errors_and_the_root_of_queries(mutation):
    fields = payload_of(mutation).fields
    assert str(fields["userErrors"].type) == "[UserError!]!"
    assert str(fields["query"].type) == "Query!"
    assert list(fields)[-2:] == ["userErrors", "query"]


def test_a_payload_is_the_answer_of_its_mutation_alone():
    answers = {payload_of(it).name for it in MUTATIONS}
    assert len(answers) == len(MUTATIONS)
    assert {it for it in SCHEMA.type_map if it.endswith("Payload")} == answers
    used = [
        f"{type_.name}.{name}"
        for type_ in SCHEMA.type_map.values()
        if type_ is not SCHEMA.mutation_type
        for name, field in getattr(type_, "fields", {}).items()
        if get_named_type(field.type).name in answers
    ]
    assert used == []


# Mutations of objects that have no status, or move none, and those of customers, who are shown no ids.
WITHOUT_CHANGES = {
    *("addAssets", "updateAsset", "addDeviceActionComment"),
    *("addConfiguration", "archiveConfiguration", "unarchiveConfiguration", "updateConfiguration"),
    *("createProduct", "updateProduct", "archiveProduct", "unarchiveProduct"),
    *("createCustomField", "updateCustomField", "deleteCustomField", "createCustomer", "updateCustomer"),
    "updateCompany",
    *("createKit", "updateKit", "deleteKit"),
    *("requireSignatures", "attachDocument", "detachDocument", "requestProjectApproval"),
    *("revokePublicKey", "rotatePublicKey"),
    *("createWebhookEndpoint", "updateWebhookEndpoint", "deleteWebhookEndpoint", "rotateWebhookSecret"),
    # A replay moves up to a thousand deliveries, which `queued` counts.
    *("testWebhookEndpoint", "replayWebhookEvents"),
    *("connectSystem", "updateConnection", "syncConnection"),
    *("createStreamTicket", "setMemberRole"),
    *("createApiKey", "updateApiKey", "rotateApiKey", "createAccessToken"),
    *("signQuote", "declineQuoteByKey", "fillInQuote", "approveProject"),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_payload_has_the_changes_where_a_status_can_move(mutation):
    changes = payload_of(mutation).fields.get("changes")
    assert (changes is None) == (mutation in WITHOUT_CHANGES)
    assert changes is None or str(changes.type) == "[StatusChange!]!"
