"""The mutation tester: which mutants there are, and that it tells those that tests notice from those that they do not."""

from mutation.__main__ import select, triaged
from mutation.mutants import ROOT, mutants_of, source_of
from mutation.patching import changed_codes
from mutation.rooms import ROOMS
from mutation.running import Baseline, lines_of

_PATH = "verify/certificates/problem.py"


def test_every_mutant_differs_in_its_line_only():
    mutants = mutants_of("verify/certificates/series.py")
    assert len(mutants) > 100
    for mutant in mutants[::20]:
        before, after = source_of(mutant.path).splitlines(), mutant.text().splitlines()
        assert [n for n, (one, other) in enumerate(zip(before, after, strict=True), 1) if one != other] == [mutant.line]


def test_annotations_have_no_mutants():
    path = "verify/certificates/checker.py"
    lines = source_of(path).splitlines()
    places = [n for n, line in enumerate(lines, 1) if line.strip() == "high: Fraction | None = None"]
    assert places
    assert not [mutant for mutant in mutants_of(path) if mutant.line in places]


def test_the_sample_is_that_of_its_seed():
    assert select(ROOMS[1:], 40, 7) == select(ROOMS[1:], 40, 7) != select(ROOMS[1:], 40, 8)
    assert sum(map(len, select(ROOMS[1:], 40, 7).values())) == 40


def test_rooms_name_files_and_tests_that_exist():
    for room in ROOMS:
        assert all((ROOT / path).exists() for path in (*room.paths(), *room.test_paths()))
    checked = {path for room in ROOMS for path in room.paths()}
    assert {str(path.relative_to(ROOT)) for path in (ROOT / "verify" / "enclosure").glob("*.py")} <= checked


def test_what_was_triaged_is_still_there():
    for path, before, after in triaged():
        assert before in [line.strip() for line in source_of(path).splitlines()]
        assert before != after


def test_a_change_in_a_function_is_found_in_its_code():
    mutant = next(one for one in mutants_of("verify/certificates/series.py") if one.operator.startswith("ReplaceBinary"))
    changes = changed_codes(mutant.path, mutant.text())
    assert all(old.co_name == new.co_name and old != new for old, new in changes.items())
    assert any(old.co_firstlineno <= mutant.line for old in changes)


def test_the_quickest_tests_of_a_line_come_first_and_within_the_budget():
    baseline = Baseline({"a": 3.0, "b": 1.0, "c": 14.0}, 15.0, {_PATH: {5: {"a", "b"}, 6: {"c"}}})
    assert baseline.reaching(_PATH, [5]) == ["b", "a"]
    assert baseline.reaching(_PATH) == ["b", "a"]  # with c it would be 18 seconds
    assert baseline.reaching(_PATH, [6]) == ["c"]
    assert baseline.reaching(_PATH, [7]) == []


def test_the_lines_of_a_mutant_are_those_of_its_statement():
    for mutant in mutants_of("verify/certificates/checker.py")[::10]:
        assert mutant.line in lines_of(mutant)
