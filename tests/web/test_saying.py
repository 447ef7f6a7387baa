"""What is said and tapped: once each, in any state of the client's code, and always answered with one sentence."""

import json
import threading
import uuid
from typing import Any

import pytest

from tests.product import Answer, Page
from tests.web.site import ADMIN, CONSOLIDATOR, LEADER, Site
from tests.web.wire import one_sentence, told

OK_JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def page(site: Site) -> Page:
    """An officer who has read the notice and stands on a card."""
    made = site.invited("xa-an-thanh-1")
    made.press("hi:ack")
    return made


def sent(page: Page, body: bytes, headers: dict[str, str] = OK_JSON) -> Answer:
    return page.request("POST", "/chat/say", body, headers)


def buttons(message: dict[str, Any]) -> dict[str, str]:
    return {choice["label"]: choice["data"] for row in message["choices"] for choice in row}


@pytest.mark.parametrize("what", [{"text": "/tiendo"}, {"press": "look:progress"}], ids=["words", "tap"])
def test_the_same_message_five_times_at_once_has_one_effect(page: Page, what: dict[str, str]) -> None:
    before = len(page.messages())
    body = json.dumps({"client_id": uuid.uuid4().hex, **what}).encode()
    statuses: list[int] = []
    tries = [threading.Thread(target=lambda: statuses.append(sent(page, body).status)) for _ in range(5)]
    for one in tries:
        one.start()
    for one in tries:
        one.join()
    assert statuses == [200] * 5
    assert len(page.messages()) - before == 2
    assert sent(page, body).json() == {"seq": 0}
    assert len(page.messages()) - before == 2


def test_the_page_recognises_its_own_message(page: Page) -> None:
    client_id = uuid.uuid4().hex
    seq = page.say("tiến độ", client_id).json()["seq"]
    asked, answered = page.messages()[-2:]
    assert (asked["client_id"], asked["text"], asked["direction"]) == (client_id, "tiến độ", "in")
    assert (answered["client_id"], answered["direction"], answered["seq"]) == (None, "out", seq)


def test_two_people_may_make_up_the_same_id(site: Site, page: Page) -> None:
    other = site.invited("xa-an-thanh-2")
    client_id = uuid.uuid4().hex
    assert page.say("/han", client_id).json()["seq"] > 0
    assert other.say("/han", client_id).json()["seq"] > 0


@pytest.mark.parametrize("length", [4000, 4001, 5000, 6001, 20_000])
def test_long_words(page: Page, length: int) -> None:
    before = len(page.messages())
    words = "tiến độ " * (length // 8) + "a" * (length % 8)
    assert page.say(words).status == 200
    asked, answered = page.messages()[before:] if before < 98 else page.messages()[-2:]
    assert asked["direction"] == "in"
    assert len(asked["text"]) <= 4000
    if length > 4000:
        assert "4.000 ký tự" in one_sentence(answered["text"])


@pytest.mark.parametrize(
    "words",
    [
        "\x00tiến độ\x00",
        "tiến độ \ud800",
        "\udc00\ud800 tiến độ",
        "\x01\x02\x1b[31m tiến độ \x7f\x85\u2028\u2029",
        "\u202etiến độ\u202c\u200b\ufeff",
        "tie\u0302\u0301n đo\u0323\u0302",
        "🏳️‍🌈 tiến độ 👮🏽",
        "'; DROP TABLE messages; --",
        "${jndi:ldap://x} {{7*7}} %s %n",
        "/bienlai " + "\x00" * 50,
        "/tieuchi \ud83d",
        "/tim \x00",
        "/start \ud800",
        "/" + "a" * 3000,
        "/",
        "9" * 3999,
        "٣",
        "\u0000",
    ],
    ids=range(18),
)
def test_odd_words_are_answered(page: Page, words: str) -> None:
    before = page.messages()[-1]["id"]
    answer = page.say(words)
    assert answer.status in (200, 400)
    if answer.status == 400:
        told(answer)
        return
    new = [message for message in page.messages() if message["id"] > before]
    assert [message["direction"] for message in new] == ["in", "out"]
    assert new[1]["text"]
    assert "xin nhắc mã" not in new[1]["text"]
    shown = new[0]["text"]
    assert "\x00" not in shown
    assert "\u202e" not in shown
    assert "\x1b" not in shown


def nothing_changes(page: Page, answer: Answer, before: int) -> None:
    assert 400 <= answer.status < 500, answer
    told(answer)
    assert page.messages()[-1]["id"] == before


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"null", "application/json"),
        (b"[]", "application/json"),
        (b"3", "application/json"),
        (b'"text"', "application/json"),
        (b"NaN", "application/json"),
        (b"9" * 5000, "application/json"),
        (b"[" * 10_000 + b"]" * 10_000, "application/json"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "application/json"),
        (b'{"client_id": "a", "text": {"a":' + b'{"a":' * 5000 + b"1" + b"}" * 5002, "application/json"),
        (b'{"text": "a"}', "application/json"),
        (b'{"client_id": "", "text": "a"}', "application/json"),
        (b'{"client_id": 5, "text": "a"}', "application/json"),
        (b'{"client_id": null, "text": "a"}', "application/json"),
        (b'{"client_id": "' + b"a" * 65 + b'", "text": "a"}', "application/json"),
        (b'{"client_id": "\\ud800", "text": "a"}', "application/json"),
        (b'{"client_id": "a\\u0000b", "text": "a"}', "application/json"),
        ('{"client_id": "ậ", "text": "a"}'.encode(), "application/json"),
        (b'{"client_id": "b1"}', "application/json"),
        (b'{"client_id": "b2", "text": ""}', "application/json"),
        (b'{"client_id": "b3", "text": " \\n\\t\\u3000 "}', "application/json"),
        (b'{"client_id": "b4", "text": 5}', "application/json"),
        (b'{"client_id": "b5", "text": ["a"]}', "application/json"),
        (b'{"client_id": "b6", "text": null, "press": null}', "application/json"),
        (b'{"client_id": "b7", "press": {"a": 1}}', "application/json"),
        (b'{"client_id": "b8", "press": "' + b"a" * 201 + b'"}', "application/json"),
        (b'{"client_id": "b9", "text": "a"}', "application/json; charset=nonsense"),
        (b'{"client_id": "c1", "text": "\xff\xfe"}', "application/json"),
        (b"\xff\xfe{\x00}\x00", "application/json"),
        (b"a" * 1_000_000, "application/json"),
        (b'{"client_id": "c2", "text": "' + b"a" * 1_000_000 + b'"}', "application/json"),
        (b"client_id=c3&text=a", "application/x-www-form-urlencoded"),
    ],
    ids=range(33),
)
def test_a_broken_request_changes_nothing(page: Page, body: bytes, kind: str) -> None:
    before = page.messages()[-1]["id"]
    nothing_changes(page, sent(page, body, {"Content-Type": kind}), before)
    nothing_changes(page, page.request("POST", "/chat/files", body, {"Content-Type": kind}), before)


def test_a_packed_request_is_counted_unpacked(page: Page) -> None:
    import gzip

    body = gzip.compress(b'{"client_id": "z", "text": "' + b"a" * 5_000_000 + b'"}')
    assert len(body) < 20_000
    before = page.messages()[-1]["id"]
    nothing_changes(page, sent(page, body, {**OK_JSON, "Content-Encoding": "gzip"}), before)


@pytest.mark.parametrize(
    "data",
    [
        "x",
        ":",
        "::",
        "ev",
        "ev:",
        "ev:done",
        "ev:done:",
        "ev:done:aaaaaaaaaaaaaaaa",
        "ev:put:x=1",
        "ev:put:=",
        "ev:drop:x",
        "walk:answer:1=done",
        "walk:answer:999999=done",
        "walk:answer:x",
        "walk:open:-1",
        "walk:next:" + "9" * 60,
        "me:out:1",
        "me:out:" + "9" * 60,
        "me:agree:2",
        "hi:joined",
        "ev:sent",
        "ev:stored",
        "ev:refused:x",
        "ev:delayed",
        "hi:name",
        "nonsense:x:y",
        "ev:" + "x" * 190,
        "ậ" * 70,
        "\ud800:\udfff",
        "ev:\u0000:\u0000",
        "me:\n:{}",
        "__init__:step",
        "look:code:../../etc",
        "list:open:1:2:3",
        "hi:ack:" + "a" * 100,
        "",
    ],
    ids=range(36),
)  # fmt: skip
def test_a_made_up_button_is_answered_and_harmless(site: Site, page: Page, data: str) -> None:
    before = page.messages()[-1]["id"]
    answer = page.press(data)
    assert answer.status == 200, answer
    said = [m for m in page.messages() if m["id"] > before and m["direction"] == "out"]
    assert len(said) <= 1 or data.startswith("hi:ack")
    for message in said:
        assert message["text"]
        assert "xin nhắc mã" not in message["text"], data
    assert page.request("GET", "/chat/feed").status == 200


def test_another_units_ids_are_of_no_use(site: Site, page: Page) -> None:
    """Item ids and document ids of a neighbour, taken from the neighbour's own buttons, change and show nothing."""
    other = site.invited("xa-an-thanh-tay")
    other.press("hi:ack")
    theirs = buttons(other.messages()[-1])
    from tests import hostile

    arrival = other.announce("báo cáo riêng.jpg", len(hostile.jpg())).json()["id"]
    assert other.put(arrival, hostile.jpg()).status == 200
    other.settled(arrival)
    theirs |= {f"file {label}": data for label, data in buttons(other.messages()[-1]).items()}
    theirs |= {"drop": f"ev:drop:{arrival}", "back": f"ev:back:{arrival}"}
    before = [(m["id"], m["seq"]) for m in other.messages()]
    checked = 0
    for label, data in theirs.items():
        if data.count(":") < 2:
            continue  # it names nobody's thing
        checked += 1
        page.press(data)
        words = page.messages()[-1]["text"]
        assert "báo cáo riêng" not in words, label
        assert "An Thạnh Tây" not in words, label
    assert checked >= 5
    assert [(m["id"], m["seq"]) for m in other.messages()] == before
    assert other.files()[arrival]["state"] == "stored"


@pytest.mark.parametrize("who", [CONSOLIDATOR, LEADER, ADMIN])
def test_a_role_without_that_units_work_cannot_answer_for_it(site: Site, page: Page, who: int) -> None:
    mine = [data for data in buttons(page.messages()[-1]).values() if data.startswith("walk:answer:")]
    page.say("/viec")
    mine = [data for data in buttons(page.messages()[-1]).values() if data.startswith("walk:answer:")]
    assert mine
    answered = site.command("status", "--json").json()["items"]["answered"]
    other = site.page(who)
    other.press(mine[0])
    one_sentence(other.messages()[-1]["text"])
    assert site.command("status", "--json").json()["items"]["answered"] == answered


def test_an_officer_cannot_put_anybody_out(site: Site, page: Page) -> None:
    page.press("me:out:1")
    assert page.messages()[-1]["text"].startswith("Vai trò của đồng chí không làm việc này.")
    assert site.page().request("GET", "/chat/feed").status == 200


def test_guessing_codes_in_the_chat_is_stopped(site: Site) -> None:
    guesser = site.invited("xa-an-thanh-2")
    for _ in range(5):
        guesser.say(f"/start {'B' * 43}")
        assert guesser.messages()[-1]["text"] == "Mã không dùng được. Xin liên hệ Đội Tổng hợp."
    guesser.say(f"/start {'B' * 43}")
    assert guesser.messages()[-1]["text"].startswith("Đồng chí đã thử quá nhiều lần.")
