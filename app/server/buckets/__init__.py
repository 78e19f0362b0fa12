"""The buckets of points that operations are paid from: whose they are, and where their state is kept."""
