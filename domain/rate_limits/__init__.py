"""Rate limits: buckets of points, restored at a steady rate."""
