"""The product as an administrator meets it: its commands, starting and stopping, its log, its settings."""
