"""Where typed words, taps and files go."""

import pytest

from criteria.folding import fold
from criteria.items import Answer
from handlers import routing
from handlers.channel import (
    Body,
    BytesDelayed,
    BytesRefused,
    BytesStored,
    Joined,
    Opened,
    Pressed,
    Said,
    Sent,
)
from handlers.conversation import (
    ChoosingItem,
    GivingName,
    GivingReason,
    Idle,
    Menu,
    OnCard,
    OnChecklist,
    Option,
    State,
    menu_of,
)
from handlers.flows.step import View
from handlers.routing import COMMANDS, Route
from handlers.texts import labels
from tests.flows.builders import CAMPAIGN, step, view

CODES = [leaf.code for leaf in CAMPAIGN.catalogue.leaves]
SPELLINGS = ["{}", " {} ", "{}.", "mục {}", "Mã {}", "tiêu chí thành phần {}", "TC {}", "({})", "{} nhé"]
JOINTS = [".", ",", "-", " ", ""]


def said(text: str, state: State | None = None, menu: Menu | None = None) -> Route:
    return routing.choose(state or Idle(), menu or Menu(), Said(text), CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_in_every_spelling(code: str) -> None:
    for spelling in SPELLINGS:
        assert said(spelling.format(code)) == Route("look", "code", code), spelling
    for joint in JOINTS:
        assert said(code.replace(".", joint)) == Route("look", "code", code), joint


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("state", [Idle(), OnCard(1), GivingReason(1, "not_ours"), GivingName(), ChoosingItem("d")])
def test_commands_win_in_every_state(name: str, state: State) -> None:
    known = COMMANDS[name]
    menu = Menu((Option(f"/{name}", "x:y"),))
    for typed in (f"/{name}", f"/{name.upper()}", f"  /{name}  ", f"/{name}@kiemchung_bot"):
        assert said(typed, state, menu) == Route(known.flow, known.verb, "")
    assert said(f"/{name}  3.2.1 ", state) == Route(known.flow, known.verb, "3.2.1")


@pytest.mark.parametrize("typed", ["/lenhla", "/", "//", "/ viec", "", "  ", "?", "👍", "7", "0", "999"])
def test_what_means_nothing(typed: str) -> None:
    assert said(typed) == Route("hi", "lost")


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("việc", "viec"),
        ("VIEC CUA TOI", "viec"),
        ("Làm tiếp", "viec"),
        ("tiến độ", "tiendo"),
        ("tien do", "tiendo"),
        ("Còn thiếu", "thieu"),
        ("bảng kiểm", "bangkiem"),
        ("danh sách", "bangkiem"),
        ("hạn", "han"),
        ("biên nhận", "bienlai"),
        ("hộp thư", "hopthu"),
        ("Chưa phân loại", "hopthu"),
        ("trợ giúp", "trogiup"),
        ("hủy", "huy"),
        ("thôi", "huy"),
        ("tôi", "toi"),
        ("Bắt đầu", "start"),
    ],
)
def test_known_words(typed: str, command: str) -> None:
    assert said(typed) == COMMANDS[command]
    assert said(fold(typed)) == COMMANDS[command]


SIX = menu_of(step("walk", view(View), "open").replies[0])


@pytest.mark.parametrize("place", range(1, 7))
def test_a_choice_by_number_and_by_its_words(place: int) -> None:
    option = SIX.options[place - 1]
    flow, verb, arg = option.data.split(":")
    for typed in (str(place), f" {place} ", option.label, option.label.upper(), fold(option.label)):
        assert said(typed, OnCard(1), SIX) == Route(flow, verb, arg)


@pytest.mark.parametrize("typed", ["0", "7", "12", "99999999999999999999", "-1", "²", "1.5"])
def test_numbers_beyond_the_menu_press_nothing(typed: str) -> None:
    assert said(typed, Idle(), SIX).flow in ("hi", "look")
    assert said("321", OnCard(1), SIX) == Route("look", "code", "3.2.1")


def test_a_beginning_counts_when_it_fits_one_label() -> None:
    assert said("khong thuoc", OnCard(1), SIX).arg.endswith("not_ours")
    assert said("khong", OnCard(1), SIX) == Route("look", "find", "khong")
    assert said("nộp", OnCard(1), SIX).arg.endswith("by_hand")


def test_a_known_word_is_not_taken_for_the_beginning_of_a_label() -> None:
    menu = Menu((Option(labels.UNDERSTOOD, "hi:ack"),))
    assert said("toi", Idle(), menu) == COMMANDS["toi"]
    assert said("tôi đã rõ", Idle(), menu) == Route("hi", "ack")
    never_mind = Menu((Option(labels.REVOKE_NOW, "me:out:1"), Option(labels.NEVER_MIND, "me:keep:1")))
    assert said("thôi", Idle(), never_mind) == Route("me", "keep", "1")


@pytest.mark.parametrize("given", Answer)
def test_answers_are_meant_for_the_open_card(given: Answer) -> None:
    for typed in (labels.ANSWERS[given], fold(labels.ANSWERS[given])):
        assert said(typed, OnCard(7)) == Route("walk", "answer", f"7={given.value}")
        assert said(typed) == COMMANDS["viec"]


@pytest.mark.parametrize("typed", ["Tiếp", "tiep", "bỏ qua"])
def test_onward(typed: str) -> None:
    assert said(typed, OnCard(7)) == Route("walk", "next", "7")
    assert said(typed) == COMMANDS["viec"]


def test_what_a_state_waits_for() -> None:
    assert said("Võ Văn Bình", GivingName()) == Route("hi", "name")
    assert said("3.2.1", GivingReason(1, "not_ours")) == Route("walk", "reason")
    assert said("tiến độ", GivingReason(1, "not_ours")) == Route("walk", "reason")
    assert said("3.2.1", ChoosingItem("d")) == Route("ev", "find", "d")
    assert said("9.9.9", ChoosingItem("d")) == Route("ev", "find", "d")
    assert said("lịch trực", ChoosingItem("d")) == Route("ev", "find", "d")
    assert said("tiến độ", ChoosingItem("d")) == COMMANDS["tiendo"]
    assert said("lịch trực", OnChecklist(0, "k")) == Route("look", "find", "lịch trực")


@pytest.mark.parametrize("typed", ["07D-ACV-8K7", "07d-acv-8k7", "biên nhận 07D-ACV-8K7", "BN 07D-ACV-8K7"])
def test_a_receipt_code_shows_the_receipt(typed: str) -> None:
    assert said(typed) == Route("ev", "receipts", typed)
    assert said(typed[:-1] + "8").verb != "receipts"


@pytest.mark.parametrize(
    ("body", "route"),
    [
        (Joined(1, "u", "can_bo", True, None, False), Route("hi", "joined")),
        (Opened(), Route("hi", "start")),
        (Sent((), "", "b"), Route("ev", "sent")),
        (BytesStored("f", "ab", 1, "jpg", ()), Route("ev", "stored")),
        (BytesRefused("f", "damaged"), Route("ev", "refused")),
        (BytesDelayed("f"), Route("ev", "delayed")),
        (Pressed("walk:answer:7=done"), Route("walk", "answer", "7=done")),
        (Pressed("a:b:c:d"), Route("a", "b", "c:d")),
        (Pressed("a"), Route("a", "", "")),
        (Pressed(""), Route("", "", "")),
    ],
)
def test_other_bodies(body: Body, route: Route) -> None:
    for state in (Idle(), GivingName(), GivingReason(1, "not_ours"), ChoosingItem("d")):
        assert routing.choose(state, SIX, body, CODES) == route
