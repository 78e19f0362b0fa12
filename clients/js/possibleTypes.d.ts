/** The possible types of each interface and union: for `new InMemoryCache({ possibleTypes })`. */
export const possibleTypes: Record<string, string[]>;
