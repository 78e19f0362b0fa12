// Sends operations to quotegraph with nothing but fetch; the other programs of this folder use it.

const url = process.env.QUOTEGRAPH_URL ?? "http://localhost:8000/graphql";
const key = process.env.QUOTEGRAPH_KEY;

/** An error outside of the payload: the request was refused, or a field failed. */
export class RequestError extends Error {
  constructor(errors) {
    super(errors.map((it) => `${it.extensions.code}: ${it.message}`).join("\n"));
    this.errors = errors;
  }
}

export function post(query, variables, headers = {}) {
  return fetch(url, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
}

/** The data of an operation. Throws RequestError. */
export async function run(query, variables, headers) {
  const answer = await (await post(query, variables, { Accept: "application/graphql-response+json", ...headers })).json();
  if (answer.errors) throw new RequestError(answer.errors);
  return answer.data;
}
