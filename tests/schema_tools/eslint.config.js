// The linter of schema.graphql: the recommended rules of graphql-eslint, and those of Relay. `make check` runs it.
import graphql from '@graphql-eslint/eslint-plugin'

const recommended = graphql.configs['flat/schema-recommended'].rules
const [severity, names] = recommended['@graphql-eslint/naming-convention']

// A `Connection` is a system that a company has connected, and no page of a list: rules of pages are for longer names.
const ofPages = (rule) => ({
  ...rule,
  create: (context) =>
    Object.fromEntries(
      Object.entries(rule.create(context)).map(([selector, check]) => [
        selector.replaceAll('/Connection$/', '/.Connection$/'),
        check,
      ]),
    ),
})
const rulesOfPages = ['relay-arguments', 'relay-connection-types'].map((it) => [it, ofPages(graphql.rules[it])])
const plugin = { ...graphql, rules: { ...graphql.rules, ...Object.fromEntries(rulesOfPages) } }

export default [
  {
    files: ['**/*.graphql'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: './schema.graphql' } } },
    plugins: { '@graphql-eslint': plugin },
    rules: {
      ...recommended,
      ...graphql.configs['flat/schema-relay'].rules,
      // A `WebhookEventType` is an object that describes a type of events.
      '@graphql-eslint/naming-convention': [
        severity,
        { ...names, 'ObjectTypeDefinition,ObjectTypeExtension': { forbiddenPrefixes: ['Type'] } },
      ],
      // Value objects have no ID, so that no cache takes two of them for one object; whatever has an ID is a Node.
      '@graphql-eslint/strict-id-in-types': 'off',
      // The parts of a quote are plain lists of limited length; other lists are connections.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: true }],
      // `VendorOrder.vendorOrderId` is the number of the order at the vendor, not of the object.
      '@graphql-eslint/no-typename-prefix': 'off',
    },
  },
]
