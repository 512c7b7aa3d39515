"""Every command and snippet of README, CONTRIBUTING and docs/ is run: here, or by what RUN_ELSEWHERE names."""

import ast
import doctest
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

import documents
import pytest
from documents import PAGES, ROOT, Block, is_command

import paper_figures
from verify import cli, formal
from verify.claim import Context
from verify.claims import all_claims
from verify.cli import verify_command
from verify.ledger import assemble, described, in_tier, load_manifest, run_claim
from verify.training.experiments import EXPERIMENTS

CI = ".ci/run"
HERE = "test_documented_commands.py::"
RUN_ELSEWHERE = {  # command: the line of .ci/run, or the test, that runs it or the same with less to do
    "make verify": CI,
    "make test": CI,
    "make lint": CI,
    "make proofs": CI,
    "make help": f"{HERE}test_make_help_lists_every_target",
    'make verify ARGS="-v bifurcation"': "test_cli.py::test_verbose_shows_statement_evidence_and_twin",
    "make verify ARGS=--proofs": "test_formal_evidence.py::test_proofs_are_checked_first_where_this_is_asked_for",
    "make proofs ARGS=--record": "test_formal_evidence.py::test_only_what_was_checked_again_is_recorded",
    "make certificates": "test_certificate_files.py::test_certify_and_check",
    "oddsigmoid check": "test_certificate_files.py::test_certify_and_check",
    "oddsigmoid check evidence/certificates": "test_certificates.py::test_the_certificate_shows_the_claim_and_not_its_twin",
    "make figures": "test_figures.py::test_every_figure_comes_as_pdf_png_csv_and_caption",
    "make figures ARGS=--check": "test_figure_comparison.py::test_the_command_exits_1_for_what_has_changed",
    "oddsigmoid figures --record NAME": (
        "test_figure_comparison.py::test_what_was_recorded_is_reproduced_and_what_was_not_is_stale"
    ),
    "make tex": "test_tex.py::test_the_command_writes_both_files",
    "oddsigmoid tex": "test_tex.py::test_the_command_writes_both_files",
    "make report": "test_report_figures.py::test_the_page_with_all_figures_stays_below_5_megabytes",
    "oddsigmoid report --no-figures --output page.html": "test_report.py::test_the_command_says_what_it_wrote",
    "oddsigmoid list --markdown": "test_claim_graph.py::test_the_table_of_claims_in_the_docs_is_that_of_the_claims",
    "oddsigmoid list --markdown > docs/claims.md": (
        "test_claim_graph.py::test_the_table_of_claims_in_the_docs_is_that_of_the_claims"
    ),
    "oddsigmoid train --quick": "test_cli_train.py::test_arms_are_compared_seed_by_seed",
    "oddsigmoid train EXPERIMENT": "test_cli_train.py::test_arms_are_compared_seed_by_seed",
    "oddsigmoid train NAME": "test_cli_train.py::test_arms_are_compared_seed_by_seed",
    "oddsigmoid train depth_width --quick": "test_cli_train.py::test_arms_are_compared_seed_by_seed",
    "oddsigmoid train depth_width": "test_cli_train.py::test_a_full_record_of_other_settings_is_not_written_over",
    "oddsigmoid train NAME --data fashion-mnist --directory evidence/training": (
        "test_cli_train.py::test_a_full_record_of_other_settings_is_not_written_over"
    ),
    "pip install 'oddsigmoid[simulation]'": f"{HERE}test_what_is_to_be_installed_is_what_the_code_asks_for",
    "apt-get install coq libcoq-coquelicot libcoq-interval": (f"{HERE}test_what_is_to_be_installed_is_what_the_code_asks_for"),
}
BY_HAND = {  # command: why nothing runs it
    "git clone <this repository> oddsigmoid": "the checkout in which the tests run",
    "cd oddsigmoid": "the checkout in which the tests run",
    CI: "it is what runs the tests",
    "make mutate": "it takes long; test_mutation.py tests its parts",
    'make mutate ARGS="--room gains"': "it takes long; test_mutation.py tests its parts",
    'make mutate ARGS="--output build/mutants.json"': "it takes long; test_mutation.py tests its parts",
    'make mutate ARGS="--again build/mutants.json"': "it takes long; test_mutation.py tests its parts",
    'make mutate ARGS="--record evidence/mutation.json"': "it takes long; test_mutation.py tests its parts",
    'make mutate ARGS="--constants 120"': "it takes long; test_mutation.py tests its parts",
    'make mutate ARGS="--seed 7"': "it takes long; test_mutation.py tests its parts",
    "make bench": "it measures and asserts nothing",
    "oddsigmoid verify --tier full": "it takes long: networks are trained in it",
    "oddsigmoid verify --tier full --seed K": "it takes long: networks are trained in it",
}
INSTANCES = {  # command with a placeholder, or only named: what is run, or parsed, in its place
    "make verify ARGS=TOPIC": "make verify ARGS=mean_field",
    "make figures ARGS=NAME": "make figures ARGS=bifurcation",
    "oddsigmoid COMMAND ...": "oddsigmoid fixed-points tanh --gain 2 --format json --output result.json",
    "oddsigmoid certify NAME --directory evidence/certificates": (
        "oddsigmoid certify gains.minimum --directory evidence/certificates"
    ),
    "oddsigmoid check": "oddsigmoid check build/certificates",
    "oddsigmoid figures --record NAME": "oddsigmoid figures --record cobweb",
    "oddsigmoid train EXPERIMENT": "oddsigmoid train input_layer",
    "oddsigmoid train NAME": "oddsigmoid train input_layer",
    "oddsigmoid train NAME --data fashion-mnist --directory evidence/training": (
        "oddsigmoid train input_layer --data fashion-mnist --directory evidence/training"
    ),
    "oddsigmoid verify -v": "oddsigmoid verify -v calibration.linear",
    "oddsigmoid verify -v NAME": "oddsigmoid verify -v calibration.linear",
    "oddsigmoid verify --tier full --seed K": "oddsigmoid verify --tier full --seed 7",
}
LOOK_ALIKE = 'oddsigmoid analyze "tanh(x + x^3)"'
EXIT_CODES = {LOOK_ALIKE: 1}  # of all others 0

SCRIPTS = documents.scripts()
COMMANDS = [command for script in SCRIPTS for command in script]
NOT_HERE = RUN_ELSEWHERE | BY_HAND
RUN_HERE = [script for script in SCRIPTS if not set(script) <= set(NOT_HERE)]


def expanded(command: str) -> list[list[str]]:
    """The programs that a command runs, with their arguments; for `make` the lines of its recipe."""
    words = shlex.split(INSTANCES.get(command, command).partition(" > ")[0])
    if words[0] != "make":
        return [words]
    printed = make(*words[1:], "--dry-run", "--always-make")
    lines = [shlex.split(line) for line in printed.splitlines() if line.startswith(".venv/bin/")]
    return [[program.removeprefix(".venv/bin/"), *rest] for program, *rest in lines if rest[:2] != ["-m", "pip"]]


def make(*arguments: str) -> str:
    """What it prints, called as a user does, though these tests may themselves be called by `make test ARGS=...`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "ARGS"))}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def run(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a documented command prints, in the current folder; its exit code has to be the documented one."""
    printed, programs = "", expanded(command)
    assert {program for program, *_ in programs} in ({"oddsigmoid"}, {"pytest"}), f"say in RUN_ELSEWHERE what runs: {command}"
    for program, *arguments in programs:
        if program == "pytest":  # the tests run themselves; that there are such, and such options, is seen here
            collect = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider", *arguments]
            done = subprocess.run([*collect, str(ROOT / "tests" / "test_bifurcation.py")], cwd=ROOT, capture_output=True)
            assert done.returncode == 0, done.stdout.decode()
        else:
            code = cli.main(arguments)
            out, err = capsys.readouterr()
            assert (code, err) == (EXIT_CODES.get(command, 0), ""), command
            printed += out
    return printed


@pytest.mark.parametrize("script", RUN_HERE, ids=lambda script: script[0])
def test_documented_commands_exit_as_documented(
    script: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in script:
        if command not in NOT_HERE:
            run(command, capsys)


@pytest.mark.parametrize("command", [command for command in NOT_HERE if command in COMMANDS])
def test_what_takes_long_is_understood_by_the_parser(command: str) -> None:
    """And names claims, figures and experiments that exist."""
    for program, *arguments in expanded(command):
        if program != "oddsigmoid":
            continue
        options = cli.build_parser().parse_args(arguments)
        if options.command in ("verify", "certify"):
            assert verify_command.select(all_claims(), options.names)
        elif options.command == "figures":
            assert set(options.names) <= set(paper_figures.FIGURES)
        elif options.command == "train":
            assert options.name in EXPERIMENTS


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("command", RUN_ELSEWHERE)
def test_what_runs_a_long_command_exists(command: str) -> None:
    place = RUN_ELSEWHERE[command]
    if place == CI:
        assert re.search(rf"(^|\s){command}($|;)", (ROOT / CI).read_text(encoding="utf-8"), re.MULTILINE)
    else:
        file, _, name = place.partition("::")
        assert name in names_in(file)


def test_no_entry_of_the_tables_is_left_over() -> None:
    assert set(NOT_HERE) | set(INSTANCES) | set(EXIT_CODES) <= set(COMMANDS)
    assert not set(RUN_ELSEWHERE) & set(BY_HAND)


def test_make_help_lists_every_target() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {line.split()[1] for line in make("help").splitlines()} == set(phony.split())


def test_what_is_to_be_installed_is_what_the_code_asks_for() -> None:
    for command in COMMANDS:
        if command.startswith("pip "):
            (extra,) = re.findall(r"\[(\w+)\]", command)
            assert extra in (metadata.metadata("oddsigmoid").get_all("Provides-Extra") or [])
        elif command.startswith("apt-get "):
            assert command == f"apt-get install {formal.PACKAGES}"


BLOCKS = documents.of_all_pages()
SHOWN = [block for block in BLOCKS if block.language == "text"]


def shown_by(page: str, start: str) -> str:
    (block,) = (block for block in SHOWN if block.page == page and block.text.startswith(start))
    return block.text


def test_every_block_is_of_a_kind_that_is_run() -> None:
    """LaTeX is not: `test_captions_compile_beside_their_pictures` compiles the same."""
    assert {block.language for block in BLOCKS} == {"sh", "python", "text", "latex"}
    assert "test_captions_compile_beside_their_pictures" in names_in("test_figures.py")
    assert len(SHOWN) == 2  # each is compared with what is printed, by the next two tests


def test_analyze_prints_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert documents.shown_in(shown_by("README.md", "f(x) = tanh(x**3 + x) is NOT"), run(LOOK_ALIKE, capsys)) is None


def test_verify_ends_as_is_shown() -> None:
    """The claims that are shown are run; of all others it is taken that they come out as pinned."""
    shown, manifest, context = shown_by("README.md", "wide_limit\n"), load_manifest(), Context(device="cpu")
    entries = []
    for claim in in_tier(all_claims(), "quick"):
        pin = manifest[claim.id]
        if re.search(rf"^  {re.escape(claim.id)}(?:  |:)", shown, re.MULTILINE):
            entries.append(run_claim(claim, context, pin))
            assert entries[-1]["as_pinned"], entries[-1]["reason"]
        else:
            taken = {"verdict": pin[0], "method": pin[1], "reason": "", "as_pinned": True, "twin_rejected": True}
            entries.append(described(claim, pin) | taken | {"seconds": 0.0})
    assert sum(entry["seconds"] > 0 for entry in entries) == 7
    printed = verify_command.render(assemble(entries, all_claims(), context), cli.build_parser().parse_args(["verify"]))
    assert documents.shown_in(shown, printed) is None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_snippets_print_what_is_shown(page: Path) -> None:
    assert doctest.testfile(str(page), module_relative=False, optionflags=doctest.ELLIPSIS).failed == 0


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "python"], ids=lambda block: block.page)
def test_snippets_are_examples_throughout(block: Block) -> None:
    """All of a block is prompts and what they print, and a blank line ends it: doctest would pass over anything else."""
    found = doctest.DocTestParser().parse(block.text)
    assert not any(part.strip() for part in found if isinstance(part, str))
    assert block.text.endswith("\n\n")


def test_comments_hide_no_commands() -> None:
    for block in BLOCKS:
        if block.language == "sh":
            assert not re.search(r"oddsigmoid \S|\.venv/bin|make -", block.comments()), block.page


(PARSERS,) = (action.choices for action in cli.build_parser()._actions if isinstance(action.choices, dict))


def test_the_table_of_commands_is_that_of_the_parser() -> None:
    """Every command has its row in docs/command-line.md, and every option of its own stands there."""
    rows = re.findall(r"^\| `(\S+)([^`]*)` \|", (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {name for name, _ in rows} == set(PARSERS)
    everywhere = {"-h", "--help", "--format", "--output", "--assume-member"}
    for name, synopsis in rows:
        written = set(re.findall(r"(?<!\S)[\[(]?(--?[a-z][-a-z]*)", synopsis))
        options = [set(action.option_strings) for action in PARSERS[name]._actions if action.option_strings]
        assert written <= set().union(*options), name
        assert all(names & (written | everywhere) for names in options), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_that_are_named_exist(page: Path) -> None:
    """`figures --check`, and `--check` alone."""
    for code in documents.codes(page.read_text(encoding="utf-8")):
        name, _, rest = code.partition(" ")
        if name.startswith("--") and name != "--":
            assert any(name in parser._option_string_actions for parser in PARSERS.values()), code
        elif name in PARSERS and rest.startswith("-"):
            assert set(re.findall(r"(?<!\S)--?[a-z][-a-z]*", rest)) <= set(PARSERS[name]._option_string_actions), code


def test_commands_are_found_in_blocks_and_between_backticks() -> None:
    fenced = "```sh\n$ .venv/bin/oddsigmoid doctor  # so\nmake a && make b\n```\n"
    text = f"`make` and `make\ntest`, `f(x)`, `oddsigmoid` `oddsigmoid list`\n{fenced}"
    (block,) = documents.blocks(text)
    assert documents.inline(text) == ["make test", "oddsigmoid list"]
    assert block.commands() == ("oddsigmoid doctor", "make a", "make b")
    assert block.comments().strip() == "# so"
    assert is_command(".venv/bin/pytest -k bifurcation")


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        ("a 1.5 s\n----  ---\n...\nlast", None),
        ("a 0.1 s\n---- ---\nb ...\nline\nlast", None),
        ("a 0.1 s\n...\nlost\n", "lost"),
        ("last\n...\na 0.1 s", "a _ s"),
    ],
)
def test_what_is_shown_is_compared_part_by_part(shown: str, missing: str | None) -> None:
    assert documents.shown_in(shown, "a  2 s\n---  ------\nb\nc\nline last\n") == missing
