"""What each file says, read alone."""
