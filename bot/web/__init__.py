"""The web channel: pages, the chat's feed and its uploads. It only translates; no flow knows it."""
