"""quipteams' REST API (v1), answered by the graph: each endpoint is a GraphQL document and a mapping of its answer
(docs/rest.md)."""
