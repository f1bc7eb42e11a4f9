"""The report: one HTML page of what was found in an asset, made by one pure function."""
