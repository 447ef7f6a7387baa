"""`python -m bot` is the same as `kiemchung`."""

from bot.cli import main

main()
