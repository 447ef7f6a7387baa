"""History in pages and the event stream: nothing lost, nothing twice, whoever comes and goes."""

import itertools
import json
import threading

import pytest

from tests.product import Page
from tests.web.site import Site
from tests.web.wire import Event, Stream, cookie, plainly, told


@pytest.fixture(scope="module")
def talker(site: Site) -> Page:
    """Somebody with a conversation of some length."""
    page = site.invited("xa-an-thanh-nam")
    for number in range(20):
        assert page.say(f"tiến độ {number}").status == 200
    return page


def feed(page: Page, query: str = "") -> dict[str, object]:
    answer = page.request("GET", f"/chat/feed{query}")
    assert answer.status == 200
    found: dict[str, object] = answer.json()
    return found


def ids(found: dict[str, object]) -> list[int]:
    messages = found["messages"]
    assert isinstance(messages, list)
    return [message["id"] for message in messages]


@pytest.mark.parametrize("size", [1, 7, 30, 100])
def test_paging_back_shows_everything_once_in_order(talker: Page, size: int) -> None:
    whole = ids(feed(talker, "?limit=100"))
    assert len(whole) >= 40
    assert whole == sorted(whole)
    found: list[int] = []
    page = feed(talker, f"?limit={size}")
    while True:
        found = ids(page) + found
        assert len(ids(page)) <= size
        if not page["more"]:
            break
        page = feed(talker, f"?limit={size}&before={found[0]}")
    assert found == whole


def test_the_feed_names_the_number_to_go_on_from(talker: Page) -> None:
    newest = feed(talker)
    messages = newest["messages"]
    assert isinstance(messages, list)
    assert newest["seq"] == max(message["seq"] for message in messages)
    assert feed(talker, f"?before={messages[0]['id']}&limit=1")["seq"] == newest["seq"]
    with Stream(talker, messages[-1]["seq"] - 2) as stream:
        assert [event.message() for event in stream.messages(2)] == messages[-2:]


@pytest.mark.parametrize(
    "query",
    ["?limit=0", "?limit=-1", "?limit=100000", "?limit=x", "?limit=" + "9" * 5000, "?before=x", "?before=" + "9" * 400,
     "?before=-5", "?limit=٣", "?before=%00", "?limit=1&limit=2", "?before=1e3"],
)  # fmt: skip
def test_a_strange_page_is_a_usual_page(talker: Page, query: str) -> None:
    from urllib.parse import quote

    found = feed(talker, quote(query, safe="?=&%"))
    assert 0 < len(ids(found)) <= 100


def test_everybody_reads_only_the_own_conversation(site: Site, talker: Page) -> None:
    other = site.invited("xa-an-thanh-tay")
    assert not set(ids(feed(other, "?limit=100"))) & set(ids(feed(talker, "?limit=100")))
    with Stream(other) as stream:
        stream.messages(1)
        talker.say("/han")
        event = stream.next()
        assert event is not None
        assert event.kind == "ping"


def test_a_stream_begins_where_the_page_stopped(talker: Page) -> None:
    seq = feed(talker)["seq"]
    assert isinstance(seq, int)
    with Stream(talker, seq) as stream:
        talker.say("/han")
        first, second = stream.messages(2)
    assert [int(first.id), int(second.id)] == [seq + 1, seq + 2]
    assert first.message()["text"] == "/han"
    assert (first.message()["direction"], second.message()["direction"]) == ("in", "out")


def test_the_number_of_the_stream_itself_wins(talker: Page) -> None:
    seq = feed(talker)["seq"]
    assert isinstance(seq, int)
    with Stream(talker, after=0, last=str(seq - 1)) as stream:
        (event,) = stream.messages(1)
        assert int(event.id) == seq
    with Stream(talker, after=seq, last="0") as stream:
        assert int(stream.messages(1)[0].id) < seq


@pytest.mark.parametrize(
    "last", ["-1", "x", "", "9" * 5000, "1.5", "0x10", " ", "1 OR 1=1"], ids=lambda last: f"{last[:10]}{len(last)}"
)
def test_a_strange_number_falls_back(talker: Page, last: str) -> None:
    seq = feed(talker)["seq"]
    assert isinstance(seq, int)
    with Stream(talker, after=seq - 1, last=last) as stream:
        assert int(stream.messages(1)[0].id) == seq
    with Stream(talker, query=f"after={'9' * 5000}") as stream:
        stream.messages(1)


def test_a_number_from_the_future_is_silent(talker: Page) -> None:
    with Stream(talker, after=10**14) as stream:
        event = stream.next()
        assert event is not None
        assert event.kind == "ping"


def test_a_quiet_stream_says_that_it_lives(talker: Page) -> None:
    seq = feed(talker)["seq"]
    assert isinstance(seq, int)
    with Stream(talker, seq) as stream:
        events = [stream.next() for _ in range(3)]
    assert [(e.kind, e.data) for e in events if e] == [("ping", "{}")] * 3


def test_more_than_one_reading_comes_at_once(site: Site) -> None:
    """A page that was away for long gets everything without waiting for the next sign of life."""
    page = site.invited("xa-an-thanh-3")
    for number in range(130):
        page.say(f"{number} {number}")
    with Stream(page) as stream:
        found: list[Event] = []
        while len(found) < 250:
            event = stream.next()
            assert event is not None
            assert event.kind == "message"
            found.append(event)
    numbers = [int(event.id) for event in found]
    assert numbers == sorted(set(numbers))


def test_reconnecting_while_messages_are_written_loses_and_doubles_nothing(site: Site) -> None:
    page = site.invited("xa-dai-an-1")
    start = feed(page)["seq"]
    assert isinstance(start, int)
    said = [f"câu {number:03d}" for number in range(60)]
    talk = threading.Thread(target=lambda: [page.say(words) for words in said])
    talk.start()
    seen: list[Event] = []
    last = start
    for reading in itertools.cycle([1, 4, 2, 9, 3]):
        with Stream(page, after=0, last=str(last)) as stream:
            for event in stream.messages(min(reading, 2 * len(said) - len(seen))):
                seen.append(event)
                last = int(event.id)
        if len(seen) == 2 * len(said):
            break
    talk.join()
    numbers = [int(event.id) for event in seen]
    assert numbers == list(range(start + 1, start + 1 + 2 * len(said)))
    assert [e.message()["text"] for e in seen if e.message()["direction"] == "in"] == said
    with Stream(page, last) as stream:
        quiet = stream.next()
        assert quiet is not None
        assert quiet.kind == "ping"


def test_many_streams_of_one_person_all_hear(talker: Page) -> None:
    seq = feed(talker)["seq"]
    assert isinstance(seq, int)
    streams = [Stream(talker, seq) for _ in range(8)]
    talker.say("/han")
    heard = [[event.id for event in stream.messages(2)] for stream in streams]
    assert heard == [[str(seq + 1), str(seq + 2)]] * 8
    for stream in streams:
        stream.close()


def test_messages_are_data_and_stay_text(site: Site) -> None:
    """Markup that somebody typed comes back as it was, inside JSON, and on no page."""
    page = site.invited("xa-an-thanh-dong")
    markup = '<script>alert(1)</script><img src=x onerror=alert(1)>"&amp;'
    page.say(markup)
    answer = page.request("GET", "/chat/feed")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert markup in [message["text"] for message in answer.json()["messages"]]
    assert "alert(1)" not in page.request("GET", "/chat").body.decode()
    with Stream(page) as stream:
        texts = [json.loads(event.data)["text"] for event in stream.messages(3)]
    assert markup in texts


def test_a_stream_needs_a_session(site: Site) -> None:
    answer = plainly(site.base, "GET", "/chat/events?after=0")
    assert answer.status == 401
    told(answer)
    assert plainly(site.base, "HEAD", "/chat/feed", headers={"Cookie": cookie(site.page())}).status == 200
