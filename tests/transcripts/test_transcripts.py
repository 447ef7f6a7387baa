"""Whole conversations as people would have them, kept as text. After a change that is meant:
`pytest tests/transcripts --update-transcripts`, then read the difference aloud.
"""

from pathlib import Path
from typing import Final

import pytest

from handlers.replies import DATA_MAX
from tests.transcripts.play import Play, script_of
from tests.world import World

FOLDER: Final = Path(__file__).parent
STORIES: Final = sorted(path.stem for path in FOLDER.glob("*.txt"))


def told(story: str) -> str:
    return (FOLDER / f"{story}.txt").read_text(encoding="utf-8")


def keep(story: str, played: str) -> None:
    (FOLDER / f"{story}.txt").write_text(played, encoding="utf-8")


@pytest.mark.parametrize("story", STORIES)
async def test_conversation(world: World, story: str, updating: bool) -> None:
    play = Play(world)
    played = await play.run(script_of(told(story)))
    if updating:
        keep(story, played)
    assert played == told(story)
    assert all(len(choice.data.encode()) <= DATA_MAX for say in play.said for choice in say.choices())


def test_there_are_stories() -> None:
    assert len(STORIES) >= 14
