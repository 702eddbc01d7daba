"""Tests of Reel; each folder mirrors one of the integration."""
