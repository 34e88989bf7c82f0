"""Lists out: the report's figures and the records, as CSV, Excel and JSON."""
