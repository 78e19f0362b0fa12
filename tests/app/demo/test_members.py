"""The people of the demo's identity provider are members of its first company."""

from sqlalchemy import update

from adapters.database.core.engine import open_database
from adapters.database.members.tables import members
from app.demo.members import stock_members
from tests.databases import a_company, rows_of

ISSUER = "http://127.0.0.1:1001"
STORED = """SELECT environment, email, role, status, subject, issuer FROM members
    JOIN tenants ON tenants.id = members.tenant_id ORDER BY environment, email"""
EVENTS = "SELECT type, count(*) FROM events GROUP BY type ORDER BY type"


async def test_the_people_of_the_identity_provider_are_members_in_both_environments_and_stay_as_they_are(
    migrated, tmp_path
):
    database = open_database(await migrated.new("sqlite", tmp_path / "demo.db"))
    await a_company(database)
    await stock_members(database, "AUSTRAL", ISSUER)
    found = [tuple(it) for it in await rows_of(database, STORED)]
    people = [
        ("ada@austral.example", "ADMIN", "ACTIVE", "demo-admin", ISSUER),
        ("arturo@austral.example", "APPROVER", "ACTIVE", "demo-approver", ISSUER),
        ("rita@austral.example", "REQUESTER", "ACTIVE", "demo-requester", ISSUER),
    ]
    assert found == [(environment, *person) for environment in ("LIVE", "TEST") for person in people]
    async with database.write.begin() as connection:
        await connection.execute(update(members).where(members.c.subject == "demo-admin").values(role="VIEWER"))
    await stock_members(database, "AUSTRAL", "http://127.0.0.1:1002")
    assert {tuple(it)[2] for it in await rows_of(database, STORED) if "ada" in it[1]} == {"VIEWER"}
    assert [tuple(it) for it in await rows_of(database, EVENTS)] == [("MEMBER_INVITED", 6), ("MEMBER_JOINED", 6)]
    await database.close()
