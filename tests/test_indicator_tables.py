"""The tables of the indicators: read strictly, told apart by fund and annex, and described in the documentation."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from arena_cli.indicators import FaultyTable, FundTable, Key, fund_table, kolada, read_table
from arena_cli.model import FollowUpKind
from arena_cli.project import FUND_RULES

DOCUMENTATION = Path(__file__).parent.parent / "docs" / "indicators.md"

TABLE = """
fund = "trial"
annex = "I"
name = "Prov"
name_en = "Trial"

[follow_up.immediate]
until_days = 28
"""

INDICATOR = """
[[indicator]]
code = "CR01"
name = "ett"
name_en = "one"
"""


def table(fund: str) -> FundTable:
    found = fund_table(fund)
    assert found is not None
    return found


def test_every_fund_that_a_project_can_follow_has_a_table() -> None:
    assert {fund for fund in FUND_RULES if fund_table(fund) is None} == {"none"}
    assert fund_table("") is None


@pytest.mark.parametrize(
    ("fund", "codes"),
    [
        ("esf-2014", [*(f"CO{n:02}" for n in range(1, 20)), *(f"CR{n:02}" for n in range(1, 10))]),
        ("esf-plus", [*(f"EECO{n:02}" for n in range(1, 18)), *(f"EECR{n:02}" for n in range(1, 7))]),
    ],
)
def test_the_participants_indicators_of_each_fund(fund: str, codes: list[str]) -> None:
    assert [m.code for m in table(fund).measures if m.key.annex] == codes
    assert {m.key.annex for m in table(fund).measures} == {"I", ""}
    immediate = [m.code for m in table(fund).measures if m.follow_up is FollowUpKind.IMMEDIATE]
    assert immediate == [code for code in codes if "CR0" in code and int(code[-1]) <= {"esf-2014": 5}.get(fund, 4)]


def test_the_households_until_the_amendment() -> None:
    until = {m.code: m.entered_before for m in table("esf-2014").measures if m.entered_before}
    assert until == dict.fromkeys(("CO12", "CO13", "CO14"), date(2018, 8, 2))
    assert not [m for m in table("esf-plus").measures if m.entered_before]


@pytest.mark.parametrize(
    ("fund", "unconfirmed"),
    [
        ("esf-2014", "CO02 CO03 CO05 CO17 CO18 CO19 CR01 CR02 CR03 CR04 CR05 CR06 CR08 CR09"),
        ("esf-plus", "EECO01 EECO03 EECO17 EECR01 EECR02 EECR03 EECR04 EECR05 EECR06"),
    ],
)
def test_what_no_source_could_confirm_is_marked(fund: str, unconfirmed: str) -> None:
    assert [m.code for m in table(fund).measures if m.verify] == unconfirmed.split()
    assert all(m.unconfirmed for m in table(fund).measures if m.verify)


@pytest.mark.parametrize("fund", [*FUND_RULES[1:], "kolada"])
def test_names_in_both_languages(fund: str) -> None:
    found = table(fund)
    names = [(found.name, found.name_en)]
    names += [(measure.name, measure.name_en) for measure in found.measures]
    names += [(remark.name, remark.name_en) for remark in found.remarks]
    assert all(swedish and english and swedish != english for swedish, english in names)


# -- codes of two annexes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fund", FUND_RULES[1:])
def test_kolada_takes_the_follow_ups_that_each_fund_takes(fund: str) -> None:
    """Both are counted in one pass."""
    assert kolada().windows.items() <= table(fund).windows.items()


def test_the_same_code_in_two_annexes_is_two_indicators() -> None:
    result = INDICATOR + 'follow_up = "immediate"\n'
    first = read_table(TABLE + result + 'where = { job_searching = "yes" }')
    second = read_table(TABLE.replace('"I"', '"II"') + result + 'where = { qualification = "yes" }')
    assert first.measure(Key("trial", "I", "CR01")) != second.measure(Key("trial", "II", "CR01"))
    for found, other in ((first, "II"), (second, "I")):
        with pytest.raises(KeyError):
            found.measure(Key("trial", other, "CR01"))


def test_a_code_means_nothing_in_another_fund() -> None:
    for key in (Key("esf-2014", "II", "CR01"), Key("esf-plus", "I", "CR01"), Key("esf-2014", "", "CR01")):
        with pytest.raises(KeyError):
            table("esf-2014").measure(key)
    assert table("esf-2014").measure(Key("esf-2014", "I", "CR01")).follow_up is FollowUpKind.IMMEDIATE


# -- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "faulty",
    [
        'where = { employment = "retired" }',
        'where = { employment = "not_asked" }',
        "where = { employment = [] }",
        "where = { employment = { from = 1 } }",
        'where = { age = "24" }',
        "where = { age = 24 }",
        "where = { age = {} }",
        "where = { age = { least = 24 } }",
        "where = { age = { from = true } }",
        "where = { age = { from = '1 OR 1' } }",
        'where = { shoe_size = "44" }',
        'where = { working = "yes" }',
        "where = { any = [] }",
        "where = { all = [] }",
        'where = "CR02"',
        'where = "CR01"',
        'where = { not = "CR01" }',
        "where = 1",
        'where = {}\nfollow_up = "six_months"',
        'where = {}\npopulation = { working = "yes" }\nfollow_up = "immediate"',
        "where = {}\nverify = true",
        'where = {}\nunconfirmed = "the name"',
        "where = {}\nsince = 2014-01-01",
        "where = {}\n[[count]]\ncode = 'CR01'\nname = 'a'\nname_en = 'b'\nwhere = {}",
        "where = {}\n[[count]]\ncode = 'participants'\nname = 'a'\nname_en = 'b'\nwhere = {}",
        "where = {}\n[[rule]]\ncode = 'V1'\nleft = ['CR01']\nrelation = '<'\nright = []",
        "where = {}\n[[rule]]\ncode = 'V1'\nleft = ['CR01']\nrelation = '='\nright = ['CR02']",
        "where = {}\n[[rule]]\ncode = 'V1'\nleft = ['CR01']\nrelation = '='\nright = []\nrecords = ['some']",
        "where = {}\n[[complete]]\nfacts = ['working']",
        "where = {}\n[[complete]]\nfacts = ['sex']\nuntil = 2018-08-02",
        "where = {}\n[follow_up.six_months]\nfrom_days = 6",
    ],
)
def test_a_table_that_cannot_mean_anything_is_not_read(faulty: str) -> None:
    with pytest.raises(FaultyTable):
        read_table(TABLE + INDICATOR + faulty)


def test_a_table_without_a_name_is_not_read() -> None:
    with pytest.raises(KeyError):
        read_table(TABLE + '[[indicator]]\ncode = "CR01"\nwhere = {}')


# -- the documentation ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fund", FUND_RULES[1:])
def test_the_documentation_has_every_indicator_with_its_mark(fund: str) -> None:
    rows = dict(re.findall(r"^\| ([A-Z]+[0-9]{2}) (.*)$", DOCUMENTATION.read_text("utf-8"), re.MULTILINE))
    for measure in table(fund).measures:
        if measure.key.annex:
            row = rows[measure.code]
            assert measure.name_en in row
            assert ("†" in row) == measure.verify, measure.code
            assert measure.unconfirmed in row


def test_the_documentation_has_every_number_beside_them() -> None:
    text = DOCUMENTATION.read_text("utf-8")
    beside = [m.code for fund in (*FUND_RULES[1:], "kolada") for m in table(fund).measures if not m.key.annex]
    assert not [code for code in beside if f"`{code}`" not in text]
    assert {m.code for m in kolada().measures} <= {*beside}
