"""Stream tickets: what opens an event stream where no API key can be sent."""
