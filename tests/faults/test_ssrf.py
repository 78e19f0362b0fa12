"""The programs of this folder hold what they say. The first is run as it is, as it takes a second."""

from tests.faults.ssrf import tried


async def test_every_way_inside_is_refused_at_every_place():
    done = await tried()
    assert [(it.name, it.let_through, it.inside) for it in done if not it.held] == []
    assert len(done) == 13
