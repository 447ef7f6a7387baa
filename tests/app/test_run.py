"""`run`: the first start, the second, two at once, and every way to end."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests import hostile
from tests.app.console import NO_NEWS, Console
from tests.product import Page, Product, free_port
from tests.web.wire import Stream, head_of_put


def settings(product: Product) -> dict[str, str]:
    return {**product.env, "WEB_PORT": str(free_port())}


def test_a_first_start_makes_a_rehearsal_and_a_second_goes_on(tmp_path: Path) -> None:
    product = Product(tmp_path)
    with product:
        first = list(product.links)
        assert len(set(first)) == 5
        health = Page(product.base).request("GET", "/healthz")
        assert health.json() == {"status": "ok", "channels": {"web": "up"}}
        people = json.loads(product.command("people", "--json").stdout)["people"]
        assert [(p["roles"][0]["role"], p["roles"][0]["unit"], p["active"]) for p in people] == [
            ("can_bo", "xa-an-thanh-dong", True),
            ("truong_don_vi", "xa-an-thanh-dong", True),
            ("tong_hop", "doi-tong-hop", True),
            ("lanh_dao", "doi-tong-hop", True),
            ("quan_tri", "doi-tong-hop", True),
        ]
        page = Page(product.base).sign_in(first[0])
        page.say("/tiendo")
        seen = page.messages()
        moved = json.loads(product.command("clock", "--advance", "2d", "--json").stdout)["now"]
    with product:
        assert len(set(product.links) | set(first)) == 10
        assert page.messages() == seen
        assert json.loads(product.command("people", "--json").stdout)["people"] == people
        assert json.loads(product.command("clock", "--json").stdout)["now"] >= moved
        assert Page(product.base).sign_in(product.links[0]).messages()[: len(seen)] == seen
        assert Page(product.base).request("POST", first[0], b"", guard=False).status == 403
        assert Page(product.base).sign_in(first[1]).say("/han").status == 200


def test_what_it_prints_is_for_people(tmp_path: Path) -> None:
    product = Product(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-c", "from bot.cli import app; app(['run'])"],
        cwd=_made(tmp_path),
        env={**product.env, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if "Ctrl+C" in line:
            break
    process.send_signal(signal.SIGINT)
    rest, log = process.communicate(timeout=30)
    out = "\n".join([*lines, rest])
    assert process.returncode == 0
    assert "TẬP HUẤN" in out
    assert len(re.findall(r"/in/\S{43}\n", out)) == 5
    assert rest == "Đã dừng.\n"
    assert not [word for word in NO_NEWS if word in out]
    assert "/in/" not in log


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def test_a_real_campaign_has_no_demo_people(tmp_path: Path) -> None:
    console = Console(tmp_path)
    assert console("init", "--plan", "cu-lao-dung-2021").status == 0
    with Product(tmp_path) as product:
        assert product.links == []
        assert "TẬP HUẤN" not in Page(product.base).request("GET", "/chat").body.decode()
        assert json.loads(product.command("people", "--json").stdout) == {"people": []}


def test_a_second_run_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with Product(tmp_path) as product:
        database = f"sqlite+aiosqlite:///{tmp_path / 'data/kiemchung.db'}"
        for more in ({}, {"DATA_DIR": str(tmp_path / "other"), "DATABASE_URL": database}):
            second = Console(tmp_path).process("run", env={**settings(product), **more})
            assert (second.status, second.out) == (1, "")
            assert second.err.splitlines()[-1].startswith("Kiểm chứng đang chạy trên dữ liệu này rồi.")
        assert (tmp_path / "data/run.lock").read_text() == str(product.process.pid)  # type: ignore[union-attr]
        assert Page(product.base).request("GET", "/healthz").status == 200
    with product:
        pass


def test_the_lock_goes_with_a_killed_process(tmp_path: Path) -> None:
    product = Product(tmp_path).start()
    product.kill()
    with product:
        assert Page(product.base).request("GET", "/healthz").status == 200


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = Console(tmp_path).process("run", env={"WEB_PORT": port})
    assert done.status == 1
    assert done.err.splitlines()[-1] == "Cổng này đang có chương trình khác dùng. Xin đặt WEB_PORT khác trong .env."
    assert "sẵn sàng" not in done.out


def test_an_address_that_this_machine_has_not(tmp_path: Path) -> None:
    done = Console(tmp_path).process("run", env={"WEB_HOST": "203.0.113.9", "WEB_PORT": str(free_port())})
    assert done.status == 2
    assert "WEB_HOST: " in done.err


@pytest.mark.parametrize("below", ["", "/below"])
def test_a_data_folder_that_is_a_file(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    for words in (["run"], ["init", "--plan", "cu-lao-dung-2021"]):
        done = Console(tmp_path)(*words, env={"DATA_DIR": f"{tmp_path / 'file'}{below}"})
        assert (done.status, done.err.startswith("Không ghi được vào thư mục dữ liệu.")) == (1, True)


def test_a_blob_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = Console(tmp_path).process("run", env={"BLOB_URL": str(tmp_path / "file"), "WEB_PORT": str(free_port())})
    assert done.status == 1
    assert done.err.splitlines()[-1].startswith("Không ghi được vào thư mục dữ liệu.")


def test_sigterm_in_the_middle_of_uploads_loses_nothing(tmp_path: Path) -> None:
    product = Product(tmp_path, before="import bot.app as a; a._DRAIN_SECONDS = 1.0")
    content = {f"ảnh {n}.jpg": hostile.jpg(200 + n, 150) for n in range(12)}
    sent: dict[str, str] = {}
    with product:
        page = Page(product.base).sign_in(product.links[0])
        held = page.announce("giữ lại.jpg", 10_000).json()["id"]
        line = socket.create_connection(("127.0.0.1", product.port))
        line.sendall(head_of_put(page, held, "Content-Length: 10000\r\n") + bytes(500))

        def send(name: str) -> None:
            id_ = page.announce(name, len(content[name])).json()["id"]
            if page.put(id_, content[name]).status == 200:
                sent[name] = id_

        for name in list(content)[:6]:
            send(name)

        def rest() -> None:
            for name in list(content)[6:]:
                try:
                    send(name)
                except OSError:
                    return  # it went down; the page would try again

        busy = threading.Thread(target=rest)
        busy.start()
        assert product.stop() == 0
        busy.join()
        line.close()
    assert len(sent) >= 6
    with product:
        for name, id_ in sent.items():
            file = page.settled(id_)
            assert (file["state"], file["name"]) == ("stored", name)
            assert page.request("GET", f"/chat/files/{id_}").body == content[name]
        assert page.files()[held]["state"] == "receiving"
        assert page.put(held, bytes(10_000)).status == 200
        assert product.command("verify").returncode == 0
    assert "failed" not in product.log()


def test_sigterm_while_streams_are_open(tmp_path: Path) -> None:
    product = Product(tmp_path).start()
    page = Page(product.base).sign_in(product.links[0])
    with Stream(page) as stream:
        stream.messages(1)
        assert product.stop() == 0
        assert [event for event in iter(stream.next, None) if event.kind != "ping"] == []


def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "kiemchung.db").write_bytes(b"this is no database at all, whatever its name says" * 100)
    done = Console(tmp_path).process("run", env={"WEB_PORT": str(free_port())})
    assert (done.status, done.err.startswith("Không đọc được cơ sở dữ liệu.")) == (1, True)


def test_a_database_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "data" / "kiemchung.db").mkdir(parents=True)
    done = Console(tmp_path).process("run", env={"WEB_PORT": str(free_port())})
    assert (done.status, done.err.startswith("Không ghi được vào thư mục dữ liệu.")) == (1, True)
