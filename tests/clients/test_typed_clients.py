"""Types that codegen and gql.tada make from the schema, under strict tsc, and a page that runs with them."""

import json
import re
import shutil

from tests.api.support.makers import a_quote
from tests.clients.conftest import HERE
from tests.clients.support import push

PACKAGES = HERE / "node_modules"


async def test_pages_pass_strict_tsc_and_run_by_the_identifiers_of_their_documents(api, run_node):
    # What was made of an earlier schema is not used.
    for tool in ("codegen", "tada"):
        shutil.rmtree(HERE / tool / "generated", ignore_errors=True)
    await run_node(str(PACKAGES / ".bin" / "graphql-codegen"), "--config", "codegen/codegen.json")
    (HERE / "tada" / "generated").mkdir()
    await run_node(str(PACKAGES / ".bin" / "gql.tada"), "generate-output", "--tsconfig", "tsconfig.json")
    # Lines after `@ts-expect-error` are mistakes; tsc fails if it does not find one.
    await run_node(str(PACKAGES / ".bin" / "tsc"), "--project", "tsconfig.json")

    await push(api, HERE / "codegen" / "generated" / "persisted-documents.json")
    quote = await a_quote(api, prices="1450.00")
    printed = await run_node("codegen/page.ts", api.url, api.customer)
    assert printed.split() == [quote.order_id, "PENDING", "1450.00"]


def test_the_guide_shows_the_configuration_that_is_tested():
    guide = (HERE.parents[1] / "docs" / "guides" / "codegen.md").read_text()
    shown = [json.loads(it) for it in re.findall(r"```json\n(.*?)```", guide, re.DOTALL)]
    tested = json.loads((HERE / "codegen" / "codegen.json").read_text())
    [output, tested_output] = [next(iter(it["generates"].values())) for it in (*shown, tested) if "generates" in it]
    assert output == tested_output
