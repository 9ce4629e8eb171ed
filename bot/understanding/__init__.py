"""Sentence to Understanding: grammar first, then the classifier, and typed values."""
