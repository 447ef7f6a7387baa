"""Checks on the code itself: what may import what, who starts tasks, where sentences live."""
