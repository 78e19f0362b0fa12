// Our buttons beside the query: share, copy as code, examples.
import { useEffect } from "react";
import { ToolbarMenu, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { endpoint, selected } from "./fetcher.js";
import { tell } from "./key.js";
import { copy, shareLink } from "./share.js";
import { SNIPPETS } from "./snippets.js";

const editors = ({ queryEditor, variableEditor, headerEditor, responseEditor, operations, operationName }) => (
  { queryEditor, variableEditor, headerEditor, responseEditor, operations, operationName });
// A little smaller than GraphiQL's own size, so that more of a query and its answer is seen.
const SIZE = { fontSize: 13 };
const NARROW = innerWidth <= 640 && { lineNumbers: "off" };

export function OwnTools({ examples, chosen }) {
  const { queryEditor, variableEditor, headerEditor, responseEditor, operations, operationName } = useGraphiQL(editors);
  const { addTab, setOperationName } = useGraphiQLActions();
  const parsed = operations?.length > 0;

  useEffect(() => {
    for (const editor of [queryEditor, variableEditor, headerEditor, responseEditor]) editor?.updateOptions({ ...SIZE, ...NARROW });
  }, [queryEditor, variableEditor, headerEditor, responseEditor]);

  useEffect(() => {
    if (chosen && parsed) setOperationName(chosen); // GraphiQL begins with the first operation.
  }, [chosen, parsed]);

  function operation() {
    const query = queryEditor.getValue();
    const { document, operation: chosen } = selected({ query, operationName });
    const several = document?.definitions.filter((it) => it.kind === "OperationDefinition").length > 1;
    return {
      query,
      variables: variableEditor.getValue(),
      operationName: several ? chosen?.name?.value : undefined,
      streams: chosen?.operation === "subscription",
    };
  }

  async function share() {
    await copied(shareLink(operation()), "The link");
  }

  async function copyAs(language) {
    const { variables, ...rest } = operation();
    let values;
    try {
      values = variables.trim() ? JSON.parse(variables) : undefined;
    } catch {
      tell("The variables are not valid JSON.");
      return;
    }
    await copied(SNIPPETS[language]({ ...rest, url: endpoint.href, variables: values }), `The code for ${language}`);
  }

  function open({ query, variables }) {
    addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(variables);
  }

  return (
    <>
      <Tool label="Share: copy a link to this operation" onClick={share} shape={SHARE} />
      <Menu label="Copy as code" shape={CODE} entries={Object.keys(SNIPPETS).map((it) => [it, () => copyAs(it)])} />
      <Menu label="Examples" shape={BOOK} entries={examples.map((it) => [it.words, () => open(it)])} />
    </>
  );
}

async function copied(text, name) {
  if (await copy(text)) tell(`${name} was copied. It does not contain the API key.`);
  else prompt("The browser does not let this page copy. Copy it from here:", text);
  setTimeout(() => tell(""), 6000);
}

function Tool({ shape, label, ...rest }) {
  return (
    <button type="button" className="graphiql-un-styled graphiql-toolbar-button" aria-label={label} title={label} {...rest}>
      <svg className="graphiql-toolbar-icon" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
        <path d={shape} strokeLinecap="round" strokeLinejoin="round" />
      </svg>
    </button>
  );
}

function Menu({ entries, ...button }) {
  return (
    <ToolbarMenu button={<Tool {...button} />}>
      {entries.map(([words, act]) => (
        <ToolbarMenu.Item key={words} onSelect={act}>{words}</ToolbarMenu.Item>
      ))}
    </ToolbarMenu>
  );
}

const SHARE = "M8 12 L12 8 M9 6 L11.5 3.5 a3.5 3.5 0 0 1 5 5 L14 11 M11 14 L8.5 16.5 a3.5 3.5 0 0 1 -5 -5 L6 9";
const CODE = "M7 5 L2 10 L7 15 M13 5 L18 10 L13 15";
const BOOK = "M3 4 h5 a2 2 0 0 1 2 2 v11 a2 2 0 0 0 -2 -2 h-5 z M17 4 h-5 a2 2 0 0 0 -2 2 v11 a2 2 0 0 1 2 -2 h5 z";
