// An operation as code that runs as it stands, with the key in the environment variable QUOTEGRAPH_KEY. The arguments
// of each function: the address of the API, the operation's name, text and variables, and whether it subscribes.

export const SNIPPETS = { curl, TypeScript: typescript, Python: python };

const EVENTS = "text/event-stream";

function curl({ url, streams, ...operation }) {
  const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  return [
    `curl ${streams ? "-sSN" : "-sS"} ${quoted(url)}`,
    `-H "Authorization: Bearer $QUOTEGRAPH_KEY"`,
    `-H 'Content-Type: application/json'`,
    ...(streams ? [`-H 'Accept: ${EVENTS}'`] : []),
    `-d ${quoted(JSON.stringify(bodyOf(operation)))}`,
  ].join(" \\\n  ") + "\n";
}

function typescript({ url, streams, query, variables, operationName }) {
  const text = query.trim().replace(/[\\`]|\$(?=\{)/g, "\\$&");
  const names = operationName ? "operationName, query, variables" : "query, variables";
  return `${operationName ? `const operationName = ${JSON.stringify(operationName)};\n` : ""}const query = \`
${text}
\`;
const variables = ${JSON.stringify(variables ?? {}, null, 2)};

const response = await fetch(${JSON.stringify(url)}, {
  method: "POST",
  headers: {
    Authorization: \`Bearer \${process.env.QUOTEGRAPH_KEY}\`,
    "Content-Type": "application/json",${streams ? `\n    Accept: "${EVENTS}",` : ""}
  },
  body: JSON.stringify({ ${names} }),
});
${streams ? TYPESCRIPT_EVENTS : TYPESCRIPT_ANSWER}`;
}

const TYPESCRIPT_ANSWER = `type Answer = { data?: unknown; errors?: { message: string }[] };
const { data, errors } = (await response.json()) as Answer;
if (errors) console.error(errors);
console.log(JSON.stringify(data, null, 2));
`;

const TYPESCRIPT_EVENTS = `if (!response.ok || !response.body) throw new Error(await response.text());
let rest = "";
const decoder = new TextDecoder();
for await (const bytes of response.body) {
  const lines = (rest + decoder.decode(bytes, { stream: true })).split("\\n");
  rest = lines.pop() ?? "";
  for (const line of lines) if (line.startsWith("data: ")) console.log(JSON.parse(line.slice(6)));
}
`;

function python({ url, streams, query, variables, operationName }) {
  const text = query.trim().replaceAll("\\", "\\\\").replaceAll("'''", "\\'\\'\\'");
  const named = operationName ? `"operationName": ${JSON.stringify(operationName)}, ` : "";
  return `import json
import os
import urllib.request

query = '''
${text}
'''
variables = ${pythonLiteral(variables ?? {})}

request = urllib.request.Request(
    ${JSON.stringify(url)},
    json.dumps({${named}"query": query, "variables": variables}).encode(),
    {
        "Authorization": f"Bearer {os.environ['QUOTEGRAPH_KEY']}",
        "Content-Type": "application/json",${streams ? `\n        "Accept": "${EVENTS}",` : ""}
    },
)
with urllib.request.urlopen(request) as response:
${streams ? PYTHON_EVENTS : PYTHON_ANSWER}`;
}

const PYTHON_ANSWER = `    answer = json.load(response)
print(json.dumps(answer, indent=2))
`;

const PYTHON_EVENTS = `    for line in response:
        if line.startswith(b"data: "):
            print(json.dumps(json.loads(line[6:]), indent=2), flush=True)
`;

function bodyOf({ query, variables, operationName }) {
  return { ...(operationName && { operationName }), query: query.trim(), ...(variables && { variables }) };
}

function pythonLiteral(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, it]) => `${JSON.stringify(name)}: ${pythonLiteral(it)}`).join(", ")}}`;
}
