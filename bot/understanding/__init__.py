"""Sentence to Understanding: grammar first, then the classifier, and typed values."""

from bot.understanding.understander import Reading, Understander, Understanding

__all__ = ["Reading", "Understander", "Understanding"]
