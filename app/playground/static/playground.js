// The playground: GraphiQL, the explorer, and a box for the API key. The key lives in this tab's
// sessionStorage and goes out as `Authorization: Bearer …`: as a header by HTTP, and by WebSocket in
// connection_init, since a browser sets no headers there.
"use strict";

(async () => {
  const STORE = "quotegraph:key";
  const root = document.getElementById("playground");
  const box = document.getElementById("key");
  const show = document.getElementById("key-show");
  const badge = document.getElementById("key-state");
  const note = document.getElementById("note");

  const endpoint = new URL(root.dataset.endpoint, location.href);
  const socket = new URL(endpoint);
  socket.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

  const react = ReactDOM.createRoot(root);
  const explorer = GraphiQLPluginExplorer.explorerPlugin({ showAttribution: false });
  const defaultQuery = await (await fetch(root.dataset.query)).text();
  let key = "";
  let client = null;

  // ---- the key

  function keyFromAddress() {
    const fragment = new URLSearchParams(location.hash.slice(1));
    const found = fragment.get("key");
    if (found === null) return null;
    // Out of the address bar and the history before anything else happens.
    fragment.delete("key");
    history.replaceState(null, "", location.pathname + location.search + (fragment.size ? `#${fragment}` : ""));
    return found.trim();
  }

  function useKey(next) {
    if (next === key && client) return;
    key = next;
    box.value = key;
    if (key) sessionStorage.setItem(STORE, key);
    else sessionStorage.removeItem(STORE);
    describeKey();
    render();
  }

  function describeKey() {
    const environment = /^qk_(live|test)_/.exec(key)?.[1];
    if (!key) state("", "no key");
    else if (environment) state(environment, `${environment} data`);
    else state("bad", "unusual key");
    tell(key ? "" : "Put an API key in the box above to load the schema and run queries. “make demo” prints some.");
  }

  function refused() {
    state("bad", "key refused");
    tell("The server does not accept this key: mistyped, expired or revoked.");
  }

  function state(name, text) {
    badge.dataset.state = name;
    badge.textContent = text;
  }

  function tell(text) {
    note.textContent = text;
    note.hidden = !text;
  }

  // ---- requests

  function authorization() {
    return { Authorization: `Bearer ${key}` };
  }

  function connect() {
    // A new key means a new socket: connection_init is sent once. Dropping the old one ends its subscriptions.
    client?.dispose();
    const used = key;
    client = graphqlWs.createClient({
      url: socket.href,
      connectionParams: authorization,
      // A dropped subscription is shown, not silently resumed with a gap.
      retryAttempts: 0,
      on: { closed: (event) => { if ([4401, 4403].includes(event?.code) && used === key) refused(); } },
    });
    return client;
  }

  async function send(url, options) {
    const used = key;
    // The key's header comes first, so that one written in GraphiQL's own headers tab wins.
    const response = await fetch(url, { ...options, headers: merged(authorization(), options.headers) });
    if (used === key && (await isUnauthorized(response.clone()))) refused();
    return response;
  }

  // GraphiQL names the operation, and chooses between HTTP and WebSocket, by what it parsed a moment ago: a
  // subscription pasted and run at once would go by HTTP under the old name. Decide by the text that is sent.
  function byOperation(fetcher) {
    return (params, options) => {
      let documentAST;
      try {
        documentAST = GraphiQL.GraphQL.parse(params.query);
      } catch {
        return fetcher(params, options); // the server says what is wrong, better than we could
      }
      const operations = documentAST.definitions.filter((one) => one.kind === "OperationDefinition");
      const operationName = operations.length === 1 ? operations[0].name?.value : params.operationName;
      return fetcher({ ...params, operationName }, { ...options, documentAST });
    };
  }

  function merged(first, second) {
    const headers = new Headers(first);
    new Headers(second).forEach((value, name) => headers.set(name, value));
    return headers;
  }

  async function isUnauthorized(response) {
    if (response.status === 401) return true;
    if (!/json/.test(response.headers.get("content-type") ?? "")) return false;
    // An answer that carries data did not refuse the key.
    const body = await response.json().catch(() => null);
    return !body?.data && Boolean(body?.errors?.some((error) => error.extensions?.code === "UNAUTHORIZED"));
  }

  function withoutKey() {
    return { note: "No API key yet: put one in the box at the top right, then run this again." };
  }

  // ---- the page

  function render() {
    const wsClient = connect();
    const fetcher = key ? byOperation(GraphiQL.createFetcher({ url: endpoint.href, fetch: send, wsClient })) : withoutKey;
    react.render(
      React.createElement(
        GraphiQL,
        {
          // Another key may see another schema and must not see the last one's answers: start over.
          // Open tabs and their queries are in localStorage and stay.
          key: key || "none",
          fetcher,
          // null: do not ask for the schema, there is nothing to ask with.
          schema: key ? undefined : null,
          plugins: [explorer],
          defaultQuery,
          defaultEditorToolsVisibility: false,
          shouldPersistHeaders: false,
        },
        React.createElement(GraphiQL.Logo, null, " "),
      ),
    );
  }

  box.addEventListener("change", () => useKey(box.value.trim()));
  // A pasted key is whole: no need to wait for Enter.
  box.addEventListener("paste", () => setTimeout(() => useKey(box.value.trim())));
  show.addEventListener("click", () => {
    const visible = box.type === "password";
    box.type = visible ? "text" : "password";
    show.textContent = visible ? "Hide" : "Show";
    show.setAttribute("aria-pressed", String(visible));
  });
  addEventListener("hashchange", () => {
    const found = keyFromAddress();
    if (found !== null) useKey(found);
  });

  useKey(keyFromAddress() ?? sessionStorage.getItem(STORE) ?? "");
})();
