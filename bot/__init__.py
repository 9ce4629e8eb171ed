"""The conversation: from a neutral Message to a neutral Reply. Knows no chat platform."""
