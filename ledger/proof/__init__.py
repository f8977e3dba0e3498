"""Proofs: the tree over the log, signed checkpoints of it, and what can be shown with them."""
