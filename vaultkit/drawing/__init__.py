"""Where the nodes of a graph stand in a picture, by whole numbers, so that every machine draws the same."""
