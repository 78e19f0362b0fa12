/** Returns the cursor of the event in a subscription's data. */
export function cursorOf(data: unknown): string | undefined;

/** Throws if a subscription cannot be resumed. */
export function requireResumable(query: unknown): void;

/** Returns how many milliseconds to wait before a connection is tried again after so many failures. */
export function delay(failures: number): number;

/** Options for the clients of graphql-ws and graphql-sse: connect again until it succeeds. */
export const untilConnected: {
  retryAttempts: number;
  retryWait: (retries: number) => Promise<void>;
  retry: (retries: number) => Promise<void>;
  shouldRetry: () => boolean;
};

/** What `resuming` needs of a client of graphql-ws or graphql-sse. */
interface SubscribingClient {
  subscribe: (...args: any[]) => () => void;
}

/**
 * Wraps a client of graphql-ws or graphql-sse, whose subscriptions then go on after their last event. `iterate` throws:
 * use `subscribe`.
 */
export function resuming<Client extends SubscribingClient>(client: Client): Client;
