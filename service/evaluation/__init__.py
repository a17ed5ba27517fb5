"""Measuring on files: one module for recommendations, one for text."""
