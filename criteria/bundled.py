"""The plans and catalogues that come with the product, read once each. Called by `kiemchung init` and by tests.

The only module of `criteria` that opens files: read-only data of its own package.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from criteria import catalogue as catalogues
from criteria import plan as plans


@dataclass(frozen=True, slots=True)
class Names:
    """What there is, by name, sorted."""

    plans: tuple[str, ...]
    catalogues: tuple[str, ...]


@cache
def names() -> Names:
    """Names for `plan` and `catalogue`."""
    return Names(_stems("plans"), _stems("catalogues"))


@cache
def plan(name: str) -> plans.Plan:
    """A bundled plan, such as "cu-lao-dung-2021"; `KeyError` for an unknown name."""
    return plans.load(plan_text(name))


@cache
def catalogue(name: str) -> catalogues.Catalogue:
    """A bundled catalogue, such as "mau-cap-huyen-2021"; `KeyError` for an unknown name."""
    return catalogues.load(*catalogue_texts(name))


def plan_text(name: str) -> bytes:
    """The file itself, for keeping with the campaign; `KeyError` for an unknown name."""
    if name not in names().plans:
        raise KeyError(name)
    return files("criteria").joinpath("plans", f"{name}.toml").read_bytes()


def catalogue_texts(name: str) -> tuple[bytes, bytes]:
    """TOML and CSV of a catalogue; `KeyError` for an unknown name."""
    if name not in names().catalogues:
        raise KeyError(name)
    folder = files("criteria").joinpath("catalogues")
    return folder.joinpath(f"{name}.toml").read_bytes(), folder.joinpath(f"{name}.csv").read_bytes()


def _stems(folder: str) -> tuple[str, ...]:
    entries = files("criteria").joinpath(folder).iterdir()
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in entries if entry.name.endswith(".toml")))
