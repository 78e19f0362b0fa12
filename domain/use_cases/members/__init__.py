"""Managing the members of a company, and letting them join."""
