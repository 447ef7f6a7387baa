"""A log that cannot be written stops nothing."""

import io

from bot.logs import Unfailing


class FullDisk(io.StringIO):
    """A stream on a disk without space."""

    def write(self, text: str, /) -> int:
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_lines_are_written_where_they_can_be() -> None:
    disk = io.StringIO()
    log = Unfailing(disk)
    log.write("one line\n")
    log.flush()
    assert disk.getvalue() == "one line\n"
    assert log.dropped == 0


def test_a_full_log_disk_drops_lines_and_raises_nothing() -> None:
    log = Unfailing(FullDisk())
    log.write("lost\n")
    log.flush()
    assert log.dropped == 2


def test_a_closed_terminal_drops_lines_and_raises_nothing() -> None:
    terminal = io.StringIO()
    terminal.close()
    log = Unfailing(terminal)
    log.write("lost\n")
    assert log.dropped == 1
