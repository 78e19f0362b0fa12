// The playground: GraphiQL with an API key, examples, share links and what an answer cost.
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./page.css";
import "./workers.js";
import { LastAnswer } from "./answer.jsx";
import { report } from "./answers.js";
import { examples } from "./examples.js";
import { fetcherForKey } from "./fetcher.js";
import { currentKey, watchKey } from "./key.js";
import { operationInFragment, sharedOperation } from "./share.js";
import { prepareTabs } from "./tabs.js";
import { OwnTools } from "./toolbar.jsx";

const root = createRoot(document.getElementById("playground"));
const plugins = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];
let shared = sharedOperation();

watchKey(async (key) => {
  const fetcher = fetcherForKey();
  const found = await examples();
  if (key !== currentKey()) return; // Another key came meanwhile.
  report(null);
  prepareTabs(found, shared);
  // Another key may see another schema and must not see the answers to the last one, so GraphiQL starts again.
  root.render(<Playground key={key || "none"} hasKey={Boolean(key)} fetcher={fetcher} examples={found} chosen={shared?.name} />);
  shared = null;
});

// A link whose operation is in the fragment does not load a page that is open already.
addEventListener("hashchange", () => operationInFragment() && location.reload());

function Playground({ hasKey, fetcher, examples, chosen }) {
  return (
    <GraphiQL
      fetcher={fetcher}
      // null: do not request the schema without a key.
      schema={hasKey ? undefined : null}
      schemaDescription
      plugins={plugins}
      defaultEditorToolsVisibility
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo> </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <OwnTools examples={examples} chosen={chosen} />
          </>
        )}
      </GraphiQL.Toolbar>
      <GraphiQL.Footer>
        <LastAnswer />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}
