// The playground: GraphiQL, the explorer, and a field for the API key. The key is stored in this tab's
// sessionStorage and sent as `Authorization: Bearer …`: in a header over HTTP, and in connection_init
// over WebSockets, where browsers cannot set headers.
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
    // Remove the key from the address bar and the history first.
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
    else state("bad", "invalid key");
    tell(key ? "" : "Enter an API key in the field above to load the schema and run queries. “make demo” prints some.");
  }

  function refused() {
    state("bad", "key rejected");
    tell("The server rejected this key: it is unknown, expired or revoked.");
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
      // A lost subscription is shown as ended, not silently resumed with a gap.
      retryAttempts: 0,
      on: { closed: (event) => { if ([4401, 4403].includes(event?.code) && used === key) refused(); } },
    });
    return client;
  }

  async function send(url, options) {
    const used = key;
    // A header in GraphiQL's own headers tab takes precedence over the key's.
    const response = await fetch(url, { ...options, headers: merged(authorization(), options.headers) });
    if (used === key && (await isUnauthorized(response.clone()))) refused();
    return response;
  }

  // GraphiQL takes the operation's name and the transport from its last parse, so a subscription that is pasted and run
  // immediately would be sent over HTTP with the old name. This uses the text that is sent.
  function byOperation(fetcher) {
    return (params, options) => {
      let documentAST;
      try {
        documentAST = GraphiQL.GraphQL.parse(params.query);
      } catch {
        return fetcher(params, options); // the server reports syntax errors
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
    // An answer with data means that the key was accepted.
    const body = await response.json().catch(() => null);
    return !body?.data && Boolean(body?.errors?.some((error) => error.extensions?.code === "UNAUTHORIZED"));
  }

  function withoutKey() {
    return { note: "No API key: enter one in the field at the top right, then run this again." };
  }

  // ---- the page

  function render() {
    const wsClient = connect();
    const fetcher = key ? byOperation(GraphiQL.createFetcher({ url: endpoint.href, fetch: send, wsClient })) : withoutKey;
    react.render(
      React.createElement(
        GraphiQL,
        {
          // Another key may see another schema and must not see the answers to the last one, so GraphiQL is recreated.
          // Open tabs and their queries are kept in localStorage.
          key: key || "none",
          fetcher,
          // null: do not request the schema without a key.
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
  // A pasted key is complete, so it is used without Enter.
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
