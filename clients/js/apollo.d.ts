import type { ApolloLink } from "@apollo/client";

/** Returns a link to put before `HttpLink`: subscriptions whose connection is lost go on after their last event. */
export function resumeLink(): ApolloLink;
