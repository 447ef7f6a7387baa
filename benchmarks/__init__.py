"""How fast the product is, measured from inside and from outside. `python -m benchmarks` prints the table."""
