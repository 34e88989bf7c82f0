"""A report on its way to a mail server is killed before each call: nobody gets it twice, and nobody is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.faults import plants
from tests.faults.calls import Point, needs_strace
from tests.faults.cases import Case, case_of
from tests.faults.children import Plant
from tests.faults.sending import Postbox, kill_sending, postbox, prepare_sending

pytestmark = needs_strace


@pytest.fixture(scope="module")
def sending(end: list[Case], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Case, Postbox]]:
    """A case of a report that is mailed to two, and the server that takes it."""
    folder = tmp_path_factory.mktemp("sending")
    authority = trustme.CA()
    with postbox(folder, authority) as server:
        yield prepare_sending(folder, case_of("send-report", end), server, authority), server


def to_the_server(point: Point) -> bool:
    """The calls that speak to the server; those on the file are the same as of any change."""
    return point.call in {"connect", "sendto", "write"}


def test_killed_before_each_call(sending: tuple[Case, Postbox], tmp_path: Path) -> None:
    struck, faults = kill_sending(*sending, tmp_path / "kill", lambda p: to_the_server(p) or p.number % 24 == 0)
    assert faults == {}
    assert struck > 20


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (plants.note_afterwards, "has got it, which is not noted"),
        (plants.note_beforehand, "is noted and has not got it"),
    ],
)
def test_a_planted_fault_is_found(sending: tuple[Case, Postbox], tmp_path: Path, plant: Plant, fault: str) -> None:
    _, faults = kill_sending(*sending, tmp_path / "kill", lambda point: point.call == "fdatasync", plant)
    assert fault in str(faults)
