// Sorts what the documentation shows. Arguments and enum values keep the schema's order, which has a meaning.
const byName = (one, other) => one.name.localeCompare(other.name, "en");

export function sorted(result) {
  const schema = result.data?.__schema;
  if (!schema) return result;
  schema.types.sort(byName);
  schema.directives.sort(byName);
  for (const type of schema.types) {
    type.fields?.sort(byName);
    type.inputFields?.sort(byName);
    type.possibleTypes?.sort(byName);
  }
  return result;
}
