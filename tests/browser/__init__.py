"""The page in a real Chromium, against the real product as its own process."""
