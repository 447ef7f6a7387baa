"""The web channel from outside: what a browser, a broken client or a stranger can send, and what comes back."""
