"""Members: the people of a company who sign in themselves, their roles, and what each role may do."""
