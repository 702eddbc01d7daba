"""Reel."""
