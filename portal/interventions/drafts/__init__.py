"""What somebody types of what they did is kept until they send it."""
