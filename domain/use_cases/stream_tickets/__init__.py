"""Making stream tickets."""
