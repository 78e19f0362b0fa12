// Signing in with the identity provider: authorization code with PKCE. The token is kept in memory only, so that it ends
// with the page; what the way to the provider and back needs is in this tab's sessionStorage until then.
const STORE = "quotegraph:sign-in";
const offer = JSON.parse(document.getElementById("playground").dataset.signIn);

/** Whether the server has an identity provider. */
export const canSignIn = offer !== null;

/** Goes to the identity provider, which comes back to this page. */
export async function signIn() {
  const started = { state: random(), nonce: random(), verifier: random(), choice: choiceInAddress() };
  sessionStorage.setItem(STORE, JSON.stringify(started));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(started.verifier));
  const address = new URL(offer.authorizationEndpoint);
  const asked = {
    response_type: "code",
    client_id: offer.clientId,
    redirect_uri: here(),
    scope: offer.scope,
    state: started.state,
    nonce: started.nonce,
    code_challenge: encoded(new Uint8Array(digest)),
    code_challenge_method: "S256",
    ...(offer.audience && { audience: offer.audience }),
  };
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  location.assign(address);
}

/**
 * Returns `{ token, name, choice }` if this page was opened by the provider's answer, `{ problem }` if that is no use, or null.
 * The answer leaves the address at once.
 */
export async function signedIn() {
  const answer = new URLSearchParams(location.search);
  if (!canSignIn || !answer.has("state") || !(answer.has("code") || answer.has("error"))) return null;
  history.replaceState(null, "", location.pathname + location.hash);
  const started = JSON.parse(sessionStorage.getItem(STORE));
  sessionStorage.removeItem(STORE);
  if (answer.get("error") === "access_denied") return { problem: "You have not signed in." };
  if (answer.has("error")) return { problem: `The identity provider does not let you sign in: ${answer.get("error")}.` };
  const isOurs = started?.state === answer.get("state") && [null, offer.issuer].includes(answer.get("iss"));
  return isOurs ? exchanged(answer.get("code"), started) : { problem: "This sign-in was not begun in this tab. Sign in again." };
}

async function exchanged(code, { verifier, nonce, choice }) {
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: here(),
    client_id: offer.clientId,
    code_verifier: verifier,
  });
  try {
    const response = await fetch(offer.tokenEndpoint, { method: "POST", body });
    if (!response.ok) return { problem: "The identity provider gives no token for this sign-in. Sign in again." };
    const tokens = await response.json();
    const claims = tokens.id_token ? claimsOf(tokens.id_token) : {};
    if (tokens.id_token && claims.nonce !== nonce) return { problem: "The token is of another sign-in. Sign in again." };
    const token = offer.usesIdToken ? tokens.id_token : tokens.access_token;
    if (!token) return { problem: "The identity provider gave no token." };
    return { token, name: claims.name ?? claims.email ?? "Signed in", choice };
  } catch {
    return { problem: "The identity provider cannot be reached from this page." };
  }
}

/** Who a token is about. It is the server that verifies it. */
function claimsOf(token) {
  const bytes = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (it) => it.charCodeAt(0))));
}

/** The headers that choose a company, for people who are members of several: a link in an invitation names it. */
function choiceInAddress() {
  const named = new URLSearchParams(location.search);
  const headers = { "X-Quotegraph-Company": named.get("company"), "X-Quotegraph-Environment": named.get("environment") };
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value));
}

const here = () => location.origin + location.pathname;
const random = () => encoded(crypto.getRandomValues(new Uint8Array(32)));
const encoded = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
