"""Alarms on what crosses the edge, and the packs made of them."""
