"""The graph, the facts and the tables of a vault in formats that other programs read; the same vault gives the same bytes."""
