// What all programs share. A program is run as `node PROGRAM URL KEY` and prints one line of JSON for each finding.

export const [url, key] = process.argv.slice(2);
export const headers = { authorization: `Bearer ${key}` };

export const print = (value) => console.log(JSON.stringify(value));

/** A subscription as docs/guides/resume.md recommends it. */
export const EVENTS = `subscription Events($after: String) {
  events(after: $after, includeCurrent: true) { id type cursor }
}`;

/** Prints the events of a subscription, and how it ends, which it should not. */
export const printing = {
  next: ({ data, errors, error }) => print(data?.events ?? { failed: errors ?? String(error) }),
  error: (error) => print({ failed: String(error?.message ?? error), code: error?.code }),
  complete: () => print({ failed: "complete" }),
};
