// The documents of a page. relay-compiler writes an artifact for each, which run.js uses.
const { graphql } = require("relay-runtime");

module.exports = () => [
  graphql`
    query PageQuery($first: Int!) {
      ...Page_quotes @arguments(first: $first)
    }
  `,

  graphql`
    fragment Page_quotes on Query
    @argumentDefinitions(first: { type: "Int", defaultValue: 25 }, after: { type: "String" })
    @refetchable(queryName: "PagePaginationQuery") {
      quotes(first: $first, after: $after) @connection(key: "Page_quotes") {
        edges {
          node {
            id
            orderId
            status
          }
        }
      }
    }
  `,

  graphql`
    mutation PageCreateMutation($input: CreateQuoteInput!, $connections: [ID!]!) {
      createQuote(input: $input) {
        quoteEdge @prependEdge(connections: $connections) {
          node {
            orderId
            status
          }
        }
        userErrors {
          message
        }
      }
    }
  `,

  graphql`
    mutation PageAppendMutation($input: CreateQuoteInput!, $connections: [ID!]!) {
      createQuote(input: $input) {
        quoteEdge @appendEdge(connections: $connections) {
          node {
            orderId
            status
          }
        }
        userErrors {
          message
        }
      }
    }
  `,

  graphql`
    mutation PageDeleteMutation($input: DeleteQuoteInput!) {
      deleteQuote(input: $input) {
        deletedQuoteId @deleteRecord
        userErrors {
          message
        }
      }
    }
  `,

  graphql`
    subscription PageChangedSubscription($id: ID!, $after: String) {
      quoteChanged(id: $id, after: $after, includeCurrent: true) {
        cursor
        type
        node {
          ... on Quote {
            status
          }
        }
      }
    }
  `,

  graphql`
    subscription PageEventsSubscription($after: String) {
      events(after: $after, includeCurrent: true) {
        id
        type
        cursor
      }
    }
  `,
];
