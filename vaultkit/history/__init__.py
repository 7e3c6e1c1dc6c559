"""The history of a vault: read from git or from snapshots, never from what a build left."""
