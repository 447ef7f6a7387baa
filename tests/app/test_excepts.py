"""Every `except` of the two upper floors is there for something that a test brings about."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.product import ROOT

# File, function, what is caught: the test that makes it happen.
TESTS: Final = {
    "bot/app.py": {
        "_listen:OSError": "test_a_port_that_is_taken",
        "alone:BlockingIOError": "test_a_second_run_on_the_same_data_is_refused",
        "_folder:OSError": "test_a_data_folder_that_is_a_file",
    },
    "bot/commands/campaign.py": {
        "sources:PlanError": "test_init_lists_everything_wrong_with_a_plan",
        "init:CannotStart": "test_a_newer_database_is_left_alone",
        "init:PlanError": "test_init_names_where_plan_and_catalogue_do_not_fit",
        "init:CatalogueError": "test_init_lists_everything_wrong_with_a_catalogue",
        "_moment:ValueError": "test_init_refuses_a_time_that_is_none",
        "clock:OverflowError": "test_the_clock_has_an_end",
        "clock:ValueError": "test_init_makes_a_real_campaign_of_a_plan_file",
    },
    "bot/commands/common.py": {
        "settings:BadSettings": "test_bad_settings_stop_every_command_with_status_2",
        "_with_database:NoCampaign": "test_a_database_without_a_campaign_is_no_data_yet",
    },
    "bot/commands/doors.py": {
        "sign_in_link:LookupError": "test_a_sign_in_link_for_somebody_unknown",
    },
    "bot/commands/run.py": {
        "run:CannotStart": "test_a_port_that_is_taken",
        "run:BadSettings": "test_an_address_that_this_machine_has_not",
        "run:DamagedDatabase": "test_a_database_that_is_none",
        "run:StorageTrouble": "test_a_database_that_cannot_be_opened",
        "run:OSError": "test_a_blob_folder_that_cannot_be_made",
    },
    "bot/logs.py": {
        "write:OSError, ValueError": "test_a_full_log_disk_drops_lines_and_raises_nothing",
        "flush:OSError, ValueError": "test_a_full_log_disk_drops_lines_and_raises_nothing",
    },
    "bot/settings.py": {
        "read:ValidationError": "test_all_bad_settings_come_together",
    },
    "bot/supervise.py": {
        "_keep_running:Exception": "test_a_part_that_fails_is_started_again_while_another_goes_on",
    },
    "bot/web/answers.py": {
        "json_object:ValueError, LookupError, RecursionError": "test_a_broken_request_changes_nothing",
    },
    "bot/web/chat.py": {
        "show:session.SignedOut": "test_without_a_session",
        "events:ConnectionError": "test_a_page_that_goes_away_leaves_no_stream_behind",
        "_stream:session.SignedOut": "test_a_session_ends_after_90_days",
        "_until_woken:TimeoutError": "test_a_quiet_stream_says_that_it_lives",
        "say:StorageTrouble": "test_a_locked_database_is_busy_and_keeps_nothing_half",
    },
    "bot/web/doors.py": {
        "use_code:ValueError, LookupError, HttpProcessingError": "test_a_broken_form_gets_a_sentence",
    },
    "bot/web/files.py": {
        "download:DamagedBlob": "test_a_damaged_file_is_never_handed_out",
    },
    "bot/web/server.py": {
        "_answer_errors:web.HTTPException": "test_other_refusals_of_the_server_are_sentences_too",
        "_answer_errors:ConnectionError, TimeoutError": "test_a_line_that_breaks_half_way_and_comes_again",
        "_answer_errors:Exception": "test_a_fault_of_ours_is_a_sentence_and_no_more",
    },
    "bot/web/uploads.py": {
        "announce:StorageTrouble": "test_a_locked_database_is_busy_and_keeps_nothing_half",
        "receive:OSError": "test_a_disk_that_fails_while_bytes_come",
        "receive:StorageTrouble": "test_a_locked_database_is_busy_and_keeps_nothing_half",
        "_pour:TimeoutError": "test_a_line_that_falls_silent_gives_way",
        "cancel:StorageTrouble": "test_a_locked_database_is_busy_and_keeps_nothing_half",
    },
    "scheduler/housekeeping.py": {
        "_unless_stuck:StorageTrouble, OSError": "test_a_duty_that_cannot_be_done_waits_for_its_next_tick",
    },
    "bot/web/session.py": {"signed_in:SignedOut": "test_an_invite_ends_after_72_hours"},
    "scheduler/intake.py": {
        "_rest:TimeoutError": "test_the_worker_looks_by_itself",
        "_one:OSError, StorageTrouble": "test_a_full_disk_is_waited_for_however_long",
        "_one:Exception": "test_a_file_that_cannot_be_checked_is_tried_five_times",
        "_postpone:StorageTrouble": "test_a_locked_database_leaves_the_arrival_due",
    },
}


def handlers(path: Path) -> Iterator[str]:
    """Every `except` of a file, by its function and what it catches."""

    def walk(node: ast.AST, function: str) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            inside = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
            if isinstance(child, ast.ExceptHandler):
                caught = ast.unparse(child.type).strip("()") if child.type else "everything"
                yield f"{function}:{caught}"
            yield from walk(child, inside)

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), "")


def test_every_except_has_its_test() -> None:
    paths = [path for floor in ("bot", "scheduler") for path in sorted((ROOT / floor).rglob("*.py"))]
    found = {path.relative_to(ROOT).as_posix(): sorted(handlers(path)) for path in paths}
    assert {name: places for name, places in found.items() if places} == {
        name: sorted(places) for name, places in TESTS.items()
    }


@pytest.mark.parametrize("name", sorted({name for places in TESTS.values() for name in places.values()}))
def test_the_test_is_there(name: str) -> None:
    files = [path for part in ("app", "web") for path in (ROOT / "tests" / part).glob("test_*.py")]
    assert sum(f"def {name}(" in path.read_text(encoding="utf-8") for path in files) == 1
