// Share links: the operation in `?query=…&variables=…&operationName=…`, never the key.

// A server need not accept longer addresses. What is after the `#` never reaches it.
const LONGEST = 4000;

/** Returns the operation in the page's address, or null. */
export const sharedOperation = () => operationIn(location.search) ?? operationInFragment();

/** Returns the operation after the `#` of the page's address, or null. */
export const operationInFragment = () => operationIn(location.hash);

function operationIn(part) {
  const found = new URLSearchParams(part.slice(1));
  if (!found.get("query")) return null;
  return { query: found.get("query"), variables: found.get("variables") ?? "", name: found.get("operationName") };
}

/** Returns the address that opens the playground with this operation. */
export function shareLink({ query, variables, operationName }) {
  const values = { query, ...(variables.trim() && { variables }), ...(operationName && { operationName }) };
  const parameters = new URLSearchParams(values).toString();
  const page = location.origin + location.pathname;
  return parameters.length > LONGEST ? `${page}#${parameters}` : `${page}?${parameters}`;
}

/** Copies a text. Returns whether it could: pages without TLS may not, except those of this machine. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
