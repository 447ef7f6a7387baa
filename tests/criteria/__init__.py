"""Tests of the criteria floor."""
