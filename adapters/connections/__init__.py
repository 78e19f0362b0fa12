"""The systems that a company can connect, each behind the `ConnectedSystem` port."""
