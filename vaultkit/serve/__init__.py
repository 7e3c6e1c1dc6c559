"""Watching a vault and showing its site while it is written: the watcher, the server, and what joins them."""
