"""SalesByte: its Quotes API, which is read, and its Integration API, which creates quotes."""
