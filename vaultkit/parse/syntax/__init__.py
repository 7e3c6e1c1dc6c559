"""One rule of Obsidian's Markdown per file; each adds itself to a parser with `add(md, …)`."""
