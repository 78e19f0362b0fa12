"""Public keys, signatures and what was signed, on both databases."""

import pytest

from adapters.database.portal.public_keys import SqlPublicKeyring
from adapters.database.portal.signatures import SqlSignedDocuments
from domain.portal.printed_quote import document_hash
from domain.portal.public_keys import KeyGrant, public_key
from domain.portal.signatures import QuoteAttachment, Signature, SignaturePurpose
from domain.shared.access import Environment, TenantScope
from domain.shared.ids import RowId, new_id
from tests.builders import LATER, NOW, a_quote
from tests.databases import LIVE, a_company, dependencies_on, write_quotes


async def a_stored_quote(database):
    company = await a_company(database)
    quote = a_quote(tenant_id=company.live)
    await write_quotes(database, quote)
    return company, quote.quote


def a_signature(quote, **given):
    texts = ("Carla", "carla@x.example", "carla@x.example", "192.0.2.1", None, "d" * 64)
    documents = (("Terms", "https://x.example", None),)
    made = Signature(
        new_id(), quote.tenant_id, quote.id, SignaturePurpose.QUOTE, *texts, documents, superseded=False, signed_at=NOW
    )
    return made._replace(**given)


async def test_a_key_is_found_by_itself_alone(database):
    company, quote = await a_stored_quote(database)
    key = public_key(quote, new_id(), NOW)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.public_keys.add(key)
        await work.commit()
    keyring = SqlPublicKeyring(database)

    assert await keyring.find(key.key) == KeyGrant(key.id, Environment.LIVE, company.live, quote.id)
    for wrong in ("", key.key[:-1], key.key + "x", key.hash, key.key.swapcase(), "\ud800"):
        assert await keyring.find(wrong) is None


async def test_only_the_newest_key_counts_and_only_until_it_is_revoked(database):
    _, quote = await a_stored_quote(database)
    keyring, deps = SqlPublicKeyring(database), dependencies_on(database)
    old, new = public_key(quote, new_id(), NOW), public_key(quote, new_id(), LATER)
    async with deps.unit_of_work(LIVE) as work:
        await work.public_keys.add(old)
        assert await work.public_keys.current(quote.id) == old
        await work.public_keys.revoke(quote.id, LATER)
        await work.public_keys.add(new)
        await work.commit()
    assert (await keyring.find(old.key), (await keyring.find(new.key) or old).id) == (None, new.id)
    async with deps.unit_of_work(LIVE) as work:
        assert await work.public_keys.current(quote.id) == new
        await work.public_keys.revoke(quote.id, LATER)
        assert await work.public_keys.current(quote.id) is None
        await work.commit()
    assert await keyring.find(new.key) is None


async def test_another_tenants_keys_and_signatures_are_out_of_reach(database):
    company, quote = await a_stored_quote(database)
    deps = dependencies_on(database)
    async with deps.unit_of_work(LIVE) as work:
        await work.public_keys.add(public_key(quote, new_id(), NOW))
        await work.signatures.add(a_signature(quote))
        await work.commit()
    async with deps.unit_of_work(TenantScope(Environment.TEST, company.test)) as work:
        assert await work.public_keys.current(quote.id) is None
        assert await work.signatures.of_quote(quote.id) == []
        await work.public_keys.revoke(quote.id, LATER)
        await work.commit()
    async with deps.unit_of_work(LIVE) as work:
        assert await work.public_keys.current(quote.id) is not None


async def test_signatures_come_back_as_they_were_given(database):
    _, quote = await a_stored_quote(database)
    one, two = a_signature(quote), a_signature(quote, email="dan@x.example", user_agent="A browser")
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.signatures.add(one)
        await work.signatures.add(two)
        await work.signatures.supersede([one])
        found = {it.id: it for it in await work.signatures.of_quote(quote.id)}
    assert found[one.id]._replace(documents=one.documents) == one._replace(superseded=True)
    assert [tuple(it) for it in found[two.id].signed_documents] == [("Terms", "https://x.example", None)]


async def test_further_documents_keep_their_order(database):
    _, quote = await a_stored_quote(database)
    made = [
        QuoteAttachment(
            new_id(), quote.tenant_id, quote.id, place, f"Part {place}", "https://x.example", None, True, NOW
        )
        for place in (1, 0)
    ]
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        for it in made:
            await work.signatures.attach(it)
        assert await work.signatures.attachments(quote.id) == made[::-1]
        assert await work.signatures.quote_of_attachment(RowId(made[0].id)) == quote.id
        await work.signatures.detach(made[0].id)
        assert await work.signatures.attachments(quote.id) == [made[1]]
        assert await work.signatures.quote_of_attachment(RowId(made[0].id)) is None


@pytest.mark.parametrize("content", [b"%PDF-1.7 \x00\xff", b""])
async def test_what_was_signed_is_kept_byte_for_byte(database, content):
    company, quote = await a_stored_quote(database)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.signatures.keep_document(quote, content, NOW)
        await work.signatures.keep_document(quote, content, LATER)
        await work.commit()
    kept, sha256 = SqlSignedDocuments(database), document_hash(content)

    assert await kept.find(quote.id, sha256, LIVE) == content
    assert await kept.find(quote.id, sha256, TenantScope(Environment.TEST, company.test)) is None
    assert await kept.find(quote.id, "0" * 64, LIVE) is None
