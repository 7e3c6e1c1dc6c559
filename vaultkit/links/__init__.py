"""What links mean."""
