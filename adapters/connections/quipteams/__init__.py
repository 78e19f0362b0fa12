"""quipteams as a connected system: quotes, assets, device actions, employees and products."""
