"""How a declared field is answered. Knows GraphQL and loaders, and nothing of our domain."""
