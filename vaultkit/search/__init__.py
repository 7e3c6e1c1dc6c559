"""Finding notes: what they are found by, and how it is laid out in files that a browser or a command reads."""
