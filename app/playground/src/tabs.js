// Which tabs GraphiQL opens with: the last ones, or those of the examples, and what a share link has brought. It writes
// them to where GraphiQL keeps them, before GraphiQL starts.
const TABS = "graphiql:tabState";
// The variables that were filled in for each example, to renew them where nobody has changed them.
const FILLED = "quotegraph:examples";

export function prepareTabs(examples, shared) {
  const state = stored(TABS) ?? { activeTabIndex: 0, tabs: examples.map((it) => tabOf(it)) };
  renew(state.tabs, examples);
  if (shared) {
    const same = state.tabs.findIndex((it) => it.query === shared.query && it.variables === shared.variables);
    if (same < 0) state.tabs.push(tabOf(shared));
    state.activeTabIndex = same < 0 ? state.tabs.length - 1 : same;
  }
  const active = state.tabs[state.activeTabIndex];
  localStorage.setItem(TABS, JSON.stringify(state));
  localStorage.setItem("graphiql:query", active?.query ?? "");
  localStorage.setItem("graphiql:variables", active?.variables ?? "");
}

// The ids of another key's or server's objects would be strange to this one.
function renew(tabs, examples) {
  const before = stored(FILLED) ?? {};
  for (const { name, query, variables } of examples) {
    for (const tab of tabs) if (tab.query === query && tab.variables === before[name]) tab.variables = variables;
  }
  localStorage.setItem(FILLED, JSON.stringify(Object.fromEntries(examples.map((it) => [it.name, it.variables]))));
}

function tabOf({ name, query, variables }) {
  const title = name || /(?:query|mutation|subscription)\s+(\w+)/.exec(query)?.[1] || "Shared";
  const id = Array.from(crypto.getRandomValues(new Uint32Array(4)), (it) => it.toString(16)).join("-");
  return { id, title, query, variables, headers: null, operationName: name ?? null, response: null };
}

function stored(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}
