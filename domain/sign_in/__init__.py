"""People who sign in with the identity provider of their company."""
