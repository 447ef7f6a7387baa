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
STORIES: Final = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
async def test_conversation(world: World, story: Path, updating: bool) -> None:
    expected = story.read_text(encoding="utf-8")
    play = Play(world)
    played = await play.run(script_of(expected))
    if updating:
        story.write_text(played, encoding="utf-8")
    else:
        assert played == expected
    assert all(len(choice.data.encode()) <= DATA_MAX for say in play.said for choice in say.choices())


def test_there_are_stories() -> None:
    assert len(STORIES) >= 14
