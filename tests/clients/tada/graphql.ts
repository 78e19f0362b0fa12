import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./generated/schema.d.ts";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { CurrencyCode: string; Date: string; DateTime: string; Decimal: string; EmailAddress: string; URL: string };
}>();

export { readFragment } from "gql.tada";
export type { FragmentOf, ResultOf, VariablesOf } from "gql.tada";
