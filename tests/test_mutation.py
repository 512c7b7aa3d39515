"""The mutation tester: which mutants there are, and that it tells those that tests notice from those that they do not."""

from dataclasses import replace

import pytest
from mutation.__main__ import killed_before, select
from mutation.mutants import FORMS, ROOT, constants_of, mutants_of, source_of
from mutation.patching import changed_codes
from mutation.rooms import ROOMS
from mutation.running import KILLED, SURVIVED, TYPED, Baseline, Outcome, finest, lines_of
from mutation.scores import of_constant, recorded, recorded_constants, table, table_of_constants, triaged
from mutation.session import Judged

_PATH = "verify/certificates/problem.py"
_PATH_OF_NUMBERS = "theory/calibration/paper.py"


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


def test_a_constant_is_scaled_in_its_place_as_the_number_that_it_is():
    constants = [one for room in ROOMS for path in room.paths() for one in constants_of(path)]
    assert len(constants) > 500
    for one in constants[::40]:
        before = source_of(one.path).splitlines()
        for form in FORMS:
            after = replace(one, form=form, digits=3).text().splitlines()
            assert [n for n, (a, b) in enumerate(zip(before, after, strict=True), 1) if a != b] == [one.line]
            start, end = one.column, one.column + len(one.number)
            line, changed = before[one.line - 1], after[one.line - 1]
            rest = len(line.encode()[end:])
            assert line.encode()[:start] == changed.encode()[:start]
            value = eval(changed.encode()[start : len(changed.encode()) - rest])
            assert float(value) == pytest.approx(1.001 * float(one.number), rel=1e-15)


@pytest.mark.parametrize("least", range(1, 16))
def test_the_smallest_change_that_is_noticed_is_found(least):
    constant = constants_of(_PATH_OF_NUMBERS)[0]
    found = finest(lambda one: Outcome(KILLED if one.digits is not None and one.digits <= least else SURVIVED), constant)
    assert (found.result, found.digits) == (KILLED, least)


def test_a_constant_whose_type_or_no_change_is_noticed_is_said_to_be_so():
    constant = constants_of(_PATH_OF_NUMBERS)[0]
    assert finest(lambda one: Outcome(KILLED), constant).result == TYPED
    assert finest(lambda one: Outcome(SURVIVED), constant).result == SURVIVED
    only_exact = finest(lambda one: Outcome(SURVIVED if one.form == "exact" and one.digits != 1 else KILLED), constant)
    assert (only_exact.result, only_exact.digits) == (KILLED, 1)


def test_rooms_name_files_and_tests_that_exist():
    for room in ROOMS:
        assert all((ROOT / path).exists() for path in (*room.paths(), *room.test_paths()))
    checked = {path for room in ROOMS for path in room.paths()}
    for folder in ("theory", "verify/enclosure", "verify/checker"):
        missing = {str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*.py")} - checked
        assert not [path for path in missing if mutants_of(path)]


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


def test_a_file_that_is_imported_afresh_is_also_tested_by_quick_tests_that_run_none_of_it():
    baseline = Baseline({"a": 3.0, "b": 1.0, "c": 2.0, "d": 2.5}, 16.0, {_PATH: {5: {"a"}}})
    assert baseline.importing(_PATH) == ["a", "b", "c"]  # 4 seconds for the others


def test_the_lines_of_a_mutant_are_those_of_its_statement():
    for mutant in mutants_of("verify/certificates/checker.py")[::10]:
        assert mutant.line in lines_of(mutant)


def test_the_documented_scores_are_those_that_are_recorded():
    assert table(recorded()) in (ROOT / "docs" / "mutation.md").read_text()


def test_the_table_sums_up_what_is_sampled():
    counts = {"mutants": 10, "killed": 6, "timed out": 1, "equivalent": 1, "not noticed": 2, "budget": 8.0}
    sampled = counts | {"sample": 600, "seed": 1}
    rows = table({"checker": counts, "gains": sampled, "overlap": sampled}).splitlines()
    assert rows[2] == "| checker | 10 | 6 | 1 | 1 | 2 | 75.0% |"
    assert rows[-1] == "| all that are sampled | 20 | 12 | 2 | 2 | 4 | 75.0% |"
    assert len(table({"checker": counts}).splitlines()) == 3


def test_the_documented_constants_are_those_that_are_recorded():
    assert table_of_constants(recorded_constants()) in (ROOT / "docs" / "mutation.md").read_text()


def test_the_table_of_constants_counts_them_by_the_least_change_that_is_noticed():
    outcomes = [Outcome(KILLED, digits=digits) for digits in (15, 14, 10, 9, 5, 4, 1)]
    outcomes += [Outcome(SURVIVED), Outcome(SURVIVED), Outcome(TYPED)]
    constant = constants_of(_PATH_OF_NUMBERS)[0]
    record = [of_constant(Judged("gains", constant, outcome)) for outcome in outcomes]
    record.append(of_constant(Judged("overlap", constant, outcomes[0])))
    assert record[0]["line"] == source_of(_PATH_OF_NUMBERS).splitlines()[constant.line - 1].strip()
    rows = table_of_constants(record).splitlines()
    assert rows[0] == "| room | numbers | 1e-15 | 1e-14 to 1e-10 | 1e-9 to 1e-5 | 1e-4 to 1e-1 | its type | not at 1e-1 |"
    assert rows[2] == "| gains | 10 | 1 | 2 | 2 | 2 | 1 | 2 |"
    assert rows[-1] == "| all | 11 | 2 | 2 | 2 | 2 | 1 | 2 |"


def test_what_was_killed_is_known_as_long_as_its_line_is_the_same():
    first, second = mutants_of(_PATH)[:2]
    before = source_of(_PATH).splitlines()[first.line - 1].strip()
    outcome = Outcome(KILLED, "a test", before, "what it was changed to")
    output = [Judged("checker", mutant, outcome).record() for mutant in (first, second)]
    assert killed_before(output[:1]) == {first: outcome}
    assert killed_before([output[0] | {"before": before + " "}]) == {}
    assert killed_before([output[0] | {"line": 10**6}]) == {}
    assert killed_before([output[0] | {"result": SURVIVED}]) == {}
