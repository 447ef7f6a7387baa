"""What the command line does, one module per group of commands; imported only when such a command runs."""
