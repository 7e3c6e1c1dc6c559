"""What the author knows: annotated links, tables and properties read as facts, each with its source."""
