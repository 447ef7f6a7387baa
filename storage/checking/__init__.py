"""Proves incoming files in child processes; the rest of the product uses only `pool`."""
