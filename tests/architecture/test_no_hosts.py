"""No file of the repository names a package registry or a folder of the machine it was written on."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import ROOT, tracked

# Put together here, so that this file passes its own check.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("anaconda", "org"),
        ("crates", "io"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
    )
]
SHAPES = [r"https?://[^\s)]*(?:/simple/?(?=[\s\"')]|$)|/packages/|/-/|\.whl\b|\.tgz\b|\.tar\.gz\b)"]


def folders() -> list[str]:
    """This machine's own: the project's folder and the home folder, where they are more than one common word."""
    own = {str(ROOT), str(Path.home())}
    return [folder + "/" for folder in sorted(own) if folder.count("/") > 1 or folder == "/root"]


def pattern() -> re.Pattern[str]:
    hosts = map(re.escape, REGISTRIES)
    own = (r"(?<![\w.])" + re.escape(folder) for folder in folders())
    return re.compile("|".join([*hosts, *SHAPES, *own]))


def places(content: str) -> Iterator[tuple[int, str]]:
    forbidden = pattern()
    for number, line in enumerate(content.splitlines(), start=1):
        if found := forbidden.search(line):
            yield number, found.group()


def test_no_file_names_a_registry_or_this_machine() -> None:
    found = []
    for name in tracked():
        content = (ROOT / name).read_bytes().decode("utf-8", errors="ignore")
        found += [f"{name}:{line}: {words}" for line, words in places(content)]
    assert not found, "\n".join(found)


def test_the_scan_sees_hosts_addresses_and_folders() -> None:
    bad = [
        f"index-url = https://{REGISTRIES[0]}/",
        f"{REGISTRIES[1]}",
        "https://mirror.example/" + "simple/",
        "https://mirror.example/a/b-1.0" + ".whl",
        f"cd {ROOT}/bot",
    ]
    good = ["https://api.telegram.org/file/bot", "https://openapi.zalo.me/v3.0/oa/message/cs", "a simple/one", "docs/x"]
    lines = [line for line, _ in places("\n".join(bad + good))]
    expected = [1, 2, 3, 4] + ([5] if any(folder.startswith(str(ROOT)) for folder in folders()) else [])
    assert lines == expected
