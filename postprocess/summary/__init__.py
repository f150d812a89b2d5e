"""What one run came to: the numbers of its report, and where they come from."""
