"""The process: settings, command line, wiring, and one folder per channel."""
