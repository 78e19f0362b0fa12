"""Quick Quote ("Request a Quote") of w3trends, for shops at Shopify."""
