"""The engine: tables, their memo, and how a Map runs. It knows nothing of notes."""
