"""What is shown of an account: by hand, and against somebody who has an exact solver and all reports of two years."""

from __future__ import annotations

from random import Random

from arena_cli.disclosure.hiding import MOST_CLASSES, Row, classes_to_show, may_follow
from tests.disclosure.accounts import (
    Choose,
    K,
    attack,
    hide_what_is_small,
    hide_what_would_tell,
    is_broken,
    is_known_to_be_small,
    series,
)


def shown(total: int, *, tells: bool = False, earlier: tuple[Row[str], ...] = (), **counts: int) -> set[str]:
    return set(classes_to_show(earlier, total, counts, K, tells=tells))


def test_what_is_small_is_hidden_and_so_is_what_gives_it_away() -> None:
    assert shown(30, women=10, men=20) == {"women", "men"}
    assert shown(24, women=4, men=20) == set()
    assert shown(34, a=4, b=10, c=20) == {"c"}
    assert shown(30, women=0, men=30) == {"women", "men"}


def test_two_small_ones_hide_each_other_only_if_there_are_enough_of_them() -> None:
    """Zeros would be shown, so of 5 in two classes each would be known to be from 1 to 4."""
    assert shown(26, a=3, b=3, c=20) == {"c"}
    assert shown(25, a=2, b=3, c=20) == set()
    assert shown(26, a=3, b=3, c=20, d=0) == {"c", "d"}


def test_where_a_class_tells_of_a_person_it_is_not_said_that_all_are_in_it() -> None:
    assert shown(7, women=7, men=0) == {"women", "men"}
    assert shown(7, tells=True, work=7, studies=0, unknown=0) == {"unknown"}
    assert shown(7, tells=True, earlier=(Row(20, {"work": 10, "studies": 10}),), work=10, studies=10) == set()
    earlier = Row(20, {"work": 10, "studies": 10})
    assert shown(27, tells=True, earlier=(earlier,), work=17, studies=10) == set()
    assert shown(27, earlier=(earlier,), work=17, studies=10) == {"work", "studies"}


def test_what_has_hardly_changed_is_hidden_until_it_has() -> None:
    first = Row(30, {"women": 10, "men": 20})
    assert shown(40, earlier=(first,), women=13, men=27) == set()
    assert shown(30, earlier=(first,), women=10, men=20) == {"women", "men"}
    assert shown(50, earlier=(first, Row(40, {})), women=18, men=32) == {"women", "men"}


def test_what_has_grown_least_is_hidden_for_what_may_not_be_known() -> None:
    """Since both were shown, a has grown by 6 and c by 9, but b by 3: one of the two keeps it hidden."""
    rows = (Row(30, {"a": 10, "b": 10, "c": 10}), Row(42, {"a": 16}))
    assert shown(54, earlier=rows, a=22, b=13, c=19) == {"c"}


def test_a_total_or_class_that_goes_down_waits() -> None:
    assert not may_follow(28, 30, K)
    assert not may_follow(20, 30, K)
    assert may_follow(30, 30, K)
    assert shown(37, earlier=(Row(30, {"a": 15, "b": 15}),), a=10, b=27) == set()


def test_where_nobody_has_come_the_same_is_shown() -> None:
    """Of 14, all but 8 are in classes of 1 or 2: were the 8 shown, then or later, those would be known to be small."""
    assert shown(14, a=8, b=1, c=2, d=1, e=2) == set()
    assert shown(14, earlier=(Row(14, {}),), a=8, b=1, c=2, d=1, e=2) == set()


def test_of_too_many_classes_nothing_is_shown() -> None:
    counts = {str(number): 10 for number in range(MOST_CLASSES + 1)}
    assert classes_to_show((), 410, counts, K, tells=False) == set()


def broken(choose: Choose, accounts: int, *, seed: int, most: int = 6, knows_rules: bool = False) -> tuple[int, int]:
    """How many hidden numbers are placed too well, and how many were tried."""
    random = Random(seed)
    tried = found_out = 0
    for _ in range(accounts):
        found = series(random, choose)
        for placed in attack(found, random, most, knows_rules=knows_rules):
            tried += 1
            found_out += is_known_to_be_small(placed) if knows_rules else is_broken(placed, tells=found.tells)
    return found_out, tried


def test_an_exact_solver_places_nothing_within_k() -> None:
    found_out, tried = broken(hide_what_would_tell, 200, seed=1, most=2)
    assert tried > 300
    assert found_out == 0


def test_nor_does_it_find_anything_small_when_it_knows_the_rules() -> None:
    found_out, tried = broken(hide_what_would_tell, 60, seed=4, most=3, knows_rules=True)
    assert tried > 60
    assert found_out == 0


def test_the_solver_breaks_what_hides_only_small_counts() -> None:
    found_out, tried = broken(hide_what_is_small, 20, seed=2)
    assert found_out > tried / 10


def test_the_solver_finds_out_where_a_class_tells_of_all() -> None:
    """Left out is the rule that it must not be known of all who came that they are in one class."""
    found_out, _ = broken(lambda rows, total, counts, _: hide_what_would_tell(rows, total, counts, False), 30, seed=3)
    assert found_out
