"""The doors: links and invites, used once, by a POST, and told apart by nobody."""

import re
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.product import Answer, Page, Product
from tests.web.site import Site
from tests.web.wire import Stream, one_sentence, plainly, told

REFUSED = "Mã không dùng được. Xin liên hệ Đội Tổng hợp."
WRONG = "A" * 43
_AS_FILE = b'--b\r\nContent-Disposition: form-data; name="code"; filename="a"\r\n\r\nx\r\n--b--'
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def path_of(link: str) -> str:
    return link[link.index("/in/") :]


def enter(site: Site, token: str, source: str) -> Answer:
    return plainly(site.base, "POST", f"/in/{token}", b"", source=source)


def paste(site: Site, text: str, source: str) -> Answer:
    return plainly(site.base, "POST", "/in", urlencode({"code": text}).encode(), _FORM, source)


def session(answer: Answer) -> str:
    assert answer.status == 303, told(answer)
    assert answer.headers["Location"] == "/chat"
    return SimpleCookie(answer.headers["Set-Cookie"])["kiemchung"].value


def works(site: Site, cookie: str) -> bool:
    return plainly(site.base, "GET", "/chat/feed", headers={"Cookie": f"kiemchung={cookie}"}).status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_a_link_changes_nothing(site: Site, method: str) -> None:
    code = site.invite()
    before = site.command("people", "--json").out
    right = [plainly(site.base, method, f"/in/{code}") for _ in range(3)]
    wrong = [plainly(site.base, method, f"/in/{token}") for token in (WRONG, "x", "%F0%9F", "a" * 3000)]
    assert {(a.status, a.body, a.headers.get("Set-Cookie")) for a in right + wrong} == {(200, right[0].body, None)}
    assert site.command("people", "--json").out == before
    assert works(site, session(enter(site, code, "127.0.1.1")))


def test_a_link_is_used_once_and_gives_a_careful_cookie(site: Site) -> None:
    answer = enter(site, path_of(site.product.links[1])[4:], "127.0.1.2")
    flags = {part.strip().lower() for part in answer.headers["Set-Cookie"].split(";")[1:]}
    assert flags == {"httponly", "samesite=lax", "path=/", f"max-age={90 * 24 * 3600}"} | {
        flag for flag in flags if flag.startswith("expires=")
    }
    assert works(site, session(answer))
    again = enter(site, path_of(site.product.links[1])[4:], "127.0.1.2")
    assert (again.status, told(again)) == (403, REFUSED)


def test_the_cookie_travels_only_encrypted_where_the_page_is_https(tmp_path: Path) -> None:
    with Product(tmp_path, env={"PUBLIC_URL": "https://kiemchung.example"}) as product:
        answer = plainly(product.base, "POST", f"/in/{Site(product).invite()}", b"", {"Host": "kiemchung.example"})
        assert "secure" in [part.strip().lower() for part in answer.headers["Set-Cookie"].split(";")]


def test_every_useless_code_gets_the_same_answer(site: Site) -> None:
    used, revoked = site.invite(), site.invite()
    session(enter(site, used, "127.0.2.1"))
    assert site.command("revoke", revoked).status == 0
    link = path_of(site.product.links[2])[4:]
    session(enter(site, link, "127.0.2.1"))
    tokens = [used, revoked, link, WRONG, used[:-1], used.swapcase(), f" {used}", "%00", "..%2f..", "%F0%28", "ậ" * 100]
    answers = []
    for number, token in enumerate(tokens):
        quoted = token if "%" in token else urlencode({"": token})[1:].replace("+", "%20")
        answers.append(enter(site, quoted, f"127.0.3.{number + 1}"))
    assert {(a.status, a.body) for a in answers} == {(403, answers[0].body)}
    assert {told(a) for a in answers} == {REFUSED}
    shapes = {tuple(sorted(set(a.headers) - {"Date"})) for a in answers}
    assert len(shapes) == 1
    assert not any("Set-Cookie" in a.headers for a in answers)


def test_an_address_that_guesses_is_stopped_after_five(site: Site) -> None:
    code = site.invite()
    statuses = [enter(site, WRONG, "127.0.4.1").status for _ in range(5)]
    stopped = enter(site, WRONG, "127.0.4.1")
    assert statuses == [403] * 5
    assert told(stopped) == ("Đồng chí đã thử quá nhiều lần. Xin chờ một giờ rồi thử lại, hoặc liên hệ Đội Tổng hợp.")
    assert paste(site, WRONG, "127.0.4.1").body == stopped.body
    assert works(site, session(enter(site, code, "127.0.4.2")))


@pytest.mark.parametrize("dress", ["{}", "  {}\n", "{base}/in/{}", "{base}/in/{}/", " http://other.example/in/{} "])
def test_a_pasted_code_or_link_lets_in(site: Site, dress: str) -> None:
    text = dress.format(site.invite(), base=site.base)
    assert works(site, session(paste(site, text, "127.0.5.1")))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (_FORM["Content-Type"], b""),
        (_FORM["Content-Type"], b"code="),
        (_FORM["Content-Type"], b"code=%FF%FE%00"),
        (_FORM["Content-Type"], b"other=1&" * 900),
        ("application/x-www-form-urlencoded; charset=nonsense", b"code=x"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=b", b"--b\r\nnonsense"),
        ("multipart/form-data; boundary=b", _AS_FILE),
        ("application/json", b'{"code": "x"}'),
        (_FORM["Content-Type"], b"code=" + b"a" * 1_000_000),
    ],
)  # fmt: skip
def test_a_broken_form_gets_a_sentence(site: Site, kind: str, body: bytes) -> None:
    source = f"127.0.6.{hash((kind, body[:40])) % 200 + 1}"
    answer = plainly(site.base, "POST", "/in", body, {"Content-Type": kind}, source)
    assert 400 <= answer.status < 500
    told(answer)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example"]
)
def test_another_sites_page_cannot_sign_anybody_in(site: Site, origin: str) -> None:
    code = site.invite()
    for path, body in ((f"/in/{code}", b""), ("/in", f"code={code}".encode())):
        answer = plainly(site.base, "POST", path, body, {**_FORM, "Origin": origin}, "127.0.7.1")
        assert answer.status == 403
        assert told(answer).startswith("Yêu cầu không đến từ trang Kiểm chứng")
        assert "Set-Cookie" not in answer.headers
    own = plainly(site.base, "POST", f"/in/{code}", b"", {"Origin": site.base}, "127.0.7.1")
    assert works(site, session(own))


def test_signing_in_begins_a_session_of_its_own(site: Site) -> None:
    """A cookie that somebody planted before is not taken over, and an older session goes on."""
    planted = "B" * 43
    first = session(
        plainly(site.base, "POST", f"/in/{site.invite()}", b"", {"Cookie": f"kiemchung={planted}"}, "127.0.8.1")
    )
    assert first != planted
    assert not works(site, planted)
    second = session(enter(site, site.invite(), "127.0.8.1"))
    assert works(site, first)
    assert works(site, second)


@pytest.mark.parametrize("cookie", ["", "x", WRONG, "a" * 5000, '"; DROP TABLE devices', "\xff\xfe", "%00"])
def test_a_made_up_session_is_none(site: Site, cookie: str) -> None:
    answer = plainly(site.base, "GET", "/chat/feed", headers={"Cookie": f"kiemchung={cookie}"})
    assert answer.status == 401
    told(answer)


def test_a_second_device_by_a_link_from_the_chat(site: Site) -> None:
    page = site.invited("xa-an-thanh-3")
    page.press("me:device")
    words = page.messages()[-1]["text"]
    link = re.search(r"http://\S+/in/\S+", words)
    assert link
    other = Page(site.base).sign_in(link[0])
    assert [m["id"] for m in other.messages()][-1] == page.messages()[-1]["id"]
    page.press("me:others")
    assert other.request("GET", "/chat/feed").status == 401
    assert page.request("GET", "/chat/feed").status == 200


def test_a_pending_person_sees_and_does_nothing(site: Site) -> None:
    page = Page(site.base).sign_in(f"{site.base}/in/{site.invite(phone='0912345678')}")
    told_so = one_sentence(page.announce("ảnh.jpg", 10).json()["message"])
    assert "chờ người mời" in told_so
    page.say("/viec")
    assert "chờ người mời" in page.messages()[-1]["text"]


def test_revoking_somebody_ends_everything_at_once(site: Site) -> None:
    page = site.invited("xa-an-thanh-tay")
    page.press("me:device")
    link = re.search(r"/in/(\S+)", page.messages()[-1]["text"])
    assert link
    page.press("hi:ack")
    button = page.messages()[-1]["choices"][0][0]["data"]
    (arrival,) = [page.announce("ảnh.jpg", 10).json()["id"]]
    mine = page.request("GET", "/chat").body.decode()
    who = re.search(r'data-owner="(\d+)"', mine)
    assert who
    with Stream(page) as stream:
        stream.until("ping")
        assert site.command("revoke", who[1]).status == 0
        stream.until("signed-out")
        assert stream.next() is None
    assert page.request("GET", "/chat/feed").status == 401
    assert page.request("GET", "/chat/events").status == 401
    assert page.press(button).status == 401
    assert page.say("/viec").status == 401
    assert page.put(arrival, b"x" * 10).status == 401
    assert "Cần có đường dẫn mời" in page.request("GET", "/chat").body.decode()
    assert told(enter(site, link[1], "127.0.9.1")) == REFUSED
    assert site.command("revoke", who[1]).status == 0
