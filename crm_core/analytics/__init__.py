"""What the history of the customers says about what they will do next."""
