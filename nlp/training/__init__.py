"""Training of the packaged models: ``python -m nlp.training DATA -o nlp/data``."""
