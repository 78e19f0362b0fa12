// A server on loopback that hands each request to a function with its bytes, and answers with the status it returns.

import { createServer } from "node:http";

const MOST_BYTES = 1024 ** 2;

/** The bytes as they came: the same JSON written again would have another signature. Null if there are too many. */
async function bytes(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > MOST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function serve(receive) {
  createServer({ requestTimeout: 10_000 }, async (request, response) => {
    try {
      const body = await bytes(request);
      if (body === null) response.writeHead(413, { Connection: "close" });
      else response.writeHead(request.method === "POST" ? receive(body, request.headers) : 405);
    } catch {
      response.writeHead(400);
    }
    response.end();
  }).listen(Number(process.argv[2] ?? 9000), "127.0.0.1");
}
