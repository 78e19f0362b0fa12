// The line under the answer: how it came, what it cost, and how a subscription goes on.
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect } from "react";
import { useLastAnswer } from "./answers.js";

export function LastAnswer() {
  const last = useLastAnswer();

  useEffect(() => {
    // On a phone the answer stands below the query, out of sight.
    if (last) document.querySelector(".graphiql-response").scrollIntoView({ block: "nearest" });
  }, [last]);

  if (!last) return <p className="answer" role="status">Costs are shown here.</p>;
  return last.subscription ? <Subscription {...last.subscription} /> : <Answer {...last} />;
}

function Answer({ status, milliseconds, bytes, cost }) {
  const parts = [
    `HTTP ${status}`,
    milliseconds && `${Math.round(milliseconds)} ms`,
    bytes && size(bytes),
    cost?.statements !== undefined && counted(cost.statements, "SQL statement"),
    cost && `${counted(cost.actualQueryCost, "point")} of ${counted(cost.requestedQueryCost, "", "requested")}`,
  ];
  return <p className="answer" role="status">{parts.filter(Boolean).join(" · ")}</p>;
}

function Subscription({ state, received, cursor }) {
  const { variableEditor, isFetching, subscription } = useGraphiQL(({ variableEditor, isFetching, subscription }) => (
    { variableEditor, isFetching, subscription }));
  const { run } = useGraphiQLActions();
  const resumable = cursor && !isFetching && !subscription;

  function resume() {
    const variables = JSON.parse(variableEditor.getValue() || "{}");
    variableEditor.setValue(JSON.stringify({ ...variables, after: cursor }, null, 2));
    run();
  }

  return (
    <div className="answer">
      <p role="status">{`Subscription ${state} · ${counted(received, "event")}, the newest first`}</p>
      {resumable && <button type="button" onClick={resume}>Resume after the last event</button>}
    </div>
  );
}

const counted = (number, noun, plural = `${noun}s`) =>
  `${number.toLocaleString("en")} ${number === 1 && noun ? noun : plural}`;
const size = (bytes) => (bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} kB`);
