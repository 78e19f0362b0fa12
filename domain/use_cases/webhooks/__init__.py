"""Managing webhook endpoints, and delivering events to them."""
