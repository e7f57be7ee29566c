"""What a pole answers to proposed dates from an e-mail."""
