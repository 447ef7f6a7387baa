"""The conversation: one turn, pure flows, their loaders and texts. Knows no channel and no SQL."""
