"""The command ``oddsigmoid``: parsing only. Each command lives in its own module and is imported when it is called."""

import argparse
import importlib
import re
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import NoReturn

OK, REFUTED, BAD_INPUT, UNDECIDED, MISSING = 0, 1, 2, 3, 4
INTERNAL, INTERRUPTED = 70, 130
_INITIALIZATIONS = ("odd_sigmoid", "edge_of_chaos", "xavier", "he", "orthogonal", "fixed_0085")
_WITH_NUMBERS = ("--gain", "--p", "--depth", "--digits", "--sigma", "--width", "--replicas", "--batch", "--seed", "--seeds")
_EXIT_CODES = "exit codes: 0 as pinned or proved, 1 refuted or changed, 2 bad input, 3 undecided, 4 missing backend or data"


class _Parser(argparse.ArgumentParser):
    """One-line errors, no abbreviations."""

    def error(self, message: str) -> NoReturn:
        complain(f"{message} (see {self.prog} --help)")
        raise SystemExit(BAD_INPUT)


def complain(message: object) -> None:
    """One line on standard error, whatever the message holds."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in str(message))
    print(f"oddsigmoid: {line}", file=sys.stderr)


def build_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="oddsigmoid",
        description="Verifies the theory of odd-sigmoid initialization: claims, activations, fixed points, noise scales.",
        epilog=_EXIT_CODES,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"oddsigmoid {_version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    verify = _command(commands, "verify", "run the ledger of claims and compare it with what is pinned")
    verify.add_argument("names", nargs="*", metavar="TOPIC|CLAIM", help="only these topics or claims (default: all)")
    verify.add_argument("--tier", choices=("quick", "full"), default="quick", help="how much to run (default: quick)")
    verify.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where simulations run")
    verify.add_argument("--seed", type=_whole, metavar="K", help="of random checks and draws (default: 250923085)")
    verify.add_argument("--proofs", action="store_true", help="prove the theorems anew first (needs Coq; two minutes)")
    verify.add_argument("--certificates", metavar="DIR", help="look for certificates here (default: evidence/certificates)")
    verify.add_argument("-v", "--verbose", action="store_true", help="show statements, evidence and reasons")

    analyze = _command(commands, "analyze", "is an activation an odd sigmoid, and what follows")
    _activation(analyze)

    points = _command(commands, "fixed-points", "all fixed points of x -> f(a x), with certified enclosures")
    _activation(points)
    points.add_argument(
        "--gain",
        required=True,
        metavar="A",
        help="the gain a > 0, read exactly: 1.5, 3/2, 1e-30; or an interval of gains: 0.9:1.1",
    )
    points.add_argument("--digits", type=_whole, default=15, metavar="N", help="significant digits (default: 15)")
    _assume_member(points)

    calibrate = _command(commands, "calibrate", "the noise scale for a negative rate, or the greatest depth for a noise scale")
    _activation(calibrate)
    given = calibrate.add_mutually_exclusive_group(required=True)
    given.add_argument("--depth", metavar="L", help="number of layers, a whole number >= 1: gives sigma*")
    given.add_argument("--sigma", metavar="S", help="noise scale > 0, read exactly: gives the greatest depth with rate <= P")
    calibrate.add_argument("--p", required=True, metavar="P", help="target negative rate, 0 < P < 1/2")
    calibrate.add_argument("--law", choices=("surrogate", "wide"), default="surrogate", help="the model that is inverted")
    calibrate.add_argument("--digits", type=_whole, default=15, metavar="N", help="significant digits (default: 15)")
    _assume_member(calibrate)

    predict = _command(commands, "predict", "the exact wide limit of a deep network, layer by layer")
    _activation(predict)
    predict.add_argument("--sigma", required=True, metavar="S", help="the noise scale sigma > 0")
    predict.add_argument("--depth", required=True, metavar="L", help="number of layers, a whole number >= 1")
    _assume_member(predict)

    simulate = _command(commands, "simulate", "random networks of finite width, measured layer by layer")
    _activation(simulate)
    simulate.add_argument(
        "--sigma", metavar="S", help="the noise scale sigma > 0: with --init odd_sigmoid only, and required there"
    )
    simulate.add_argument("--depth", required=True, metavar="L", help="number of layers, a whole number >= 1")
    simulate.add_argument("--width", required=True, metavar="N", help="neurons a layer, a whole number >= 1")
    simulate.add_argument("--init", choices=_INITIALIZATIONS, default="odd_sigmoid", help="the weights (default: odd_sigmoid)")
    simulate.add_argument("--replicas", metavar="R", help="independent networks, at least 2 (default: what takes some seconds)")
    simulate.add_argument("--batch", default="1", metavar="B", help="inputs that share the weights of a network (default: 1)")
    simulate.add_argument(
        "--sampler", choices=("law", "weights"), default="law", help="draw what the matrices do, or the matrices (default: law)"
    )
    simulate.add_argument("--seed", default="0", metavar="K", help="of all random numbers, a whole number >= 0 (default: 0)")
    simulate.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where it runs (default: auto)")
    _assume_member(simulate)

    train = _command(commands, "train", "train networks from each initialization, and compare them")
    train.add_argument("name", nargs="?", default="comparison", metavar="EXPERIMENT", help="which one (default: comparison)")
    train.add_argument("--quick", action="store_true", help="a reduced version, of minutes at most")
    train.add_argument("--data", default="auto", metavar="NAME", help="fashion-mnist, mnist, cifar10, cifar100 or digits")
    train.add_argument("--seeds", metavar="S", help="networks an arm, at least 2 (default: the experiment's own)")
    train.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where it runs (default: auto)")
    train.add_argument("--directory", default="build/training", help="where the table goes, and what an interrupted run left")

    figures = _command(commands, "figures", "draw the figures into build/figures, or compare their data with what is stored")
    figures.add_argument("names", nargs="*", metavar="NAME", help="only these figures (default: all)")
    figures.add_argument("--directory", default="build/figures", help="where PDF, PNG, CSV and captions go")
    stored = figures.add_mutually_exclusive_group()
    stored.add_argument("--check", action="store_true", help="draw nothing; compare the data with evidence/figures")
    stored.add_argument("--record", action="store_true", help="draw nothing; write the data to evidence/figures")

    tex = _command(commands, "tex", "macros and a table of claims for a paper, from a ledger")
    tex.add_argument("--ledger", default="build/ledger.json", metavar="FILE", help="as oddsigmoid verify has written it")
    tex.add_argument("--directory", default="build/tex", help="where macros.tex and claims.tex go")

    report = _command(commands, "report", "write the ledger and the figures as one page of HTML, into build/report.html")
    report.add_argument(
        "--ledger", metavar="FILE", help="the ledger (default: build/ledger.json, of the last oddsigmoid verify)"
    )
    report.add_argument("--no-figures", action="store_true", help="without the figures, which take minutes to draw")

    listing = _command(commands, "list", "the catalogue of activations, the claims and what they rest on")
    listing.add_argument("--falls-with", metavar="NAME", help="only the claims that rest on this claim or premise")
    listing.add_argument("--markdown", action="store_true", help="as docs/claims.md has them, with what is pinned")
    proofs = _command(commands, "proofs", "compile the formal proofs and type them again")
    proofs.add_argument("--unchecked", action="store_true", help="without coqchk, which types the compiled proofs again")
    proofs.add_argument("--record", action="store_true", help="write them to evidence/proofs.json, on which the ledger rests")

    certify = _command(commands, "certify", "write a certificate for every claim that is proved by enclosure")
    certify.add_argument("names", nargs="*", metavar="TOPIC|CLAIM", help="only these topics or claims (default: all)")
    certify.add_argument("--directory", default="build/certificates", help="where the certificates go, a file a claim")

    check = _command(commands, "check", "check certificates on a second arithmetic, without any search")
    check.add_argument("paths", nargs="+", metavar="PATH", help="a certificate, or a folder of them")

    _command(commands, "doctor", "check this installation and its arithmetic")
    return parser


def _command(commands: "argparse._SubParsersAction[_Parser]", name: str, text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="what to print (default: text)")
    parser.add_argument("--output", metavar="FILE", help="write the result to FILE, whole or not at all")
    return parser


def _activation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("activation", metavar="ACTIVATION", help="a catalogue name or an expression in x")


def _assume_member(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--assume-member", action="store_true", help="go on although membership is not proved; the output says so"
    )


def _whole(text: str) -> int:
    if not re.fullmatch("[+-]?[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number")
    return int(text)


def _version() -> str:
    try:
        return metadata.version("oddsigmoid")
    except metadata.PackageNotFoundError:
        return "unknown (not installed)"


def _attach_values(arguments: Sequence[str]) -> list[str]:
    """Join ``--gain -3/2`` to ``--gain=-3/2``, so that a negative value reaches the validator and its message."""
    joined: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            return [*joined, argument, *rest]
        if argument in _WITH_NUMBERS:
            value = next(rest, None)
            joined.append(argument if value is None else f"{argument}={value}")
        else:
            joined.append(argument)
    return joined


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        return _run(arguments)
    except KeyboardInterrupt:  # also while a command is imported
        complain("interrupted")
        return INTERRUPTED


def _run(arguments: Sequence[str] | None) -> int:
    options = build_parser().parse_args(_attach_values(sys.argv[1:] if arguments is None else arguments))
    module = importlib.import_module(f"verify.cli.{options.command.replace('-', '_')}_command")
    from theory.validation import InputError
    from verify.cli.membership_gate import NotAMemberError
    from verify.cli.output import MissingBackendError, emit
    from verify.files import OutputError
    from verify.training.data.folders import DatasetMissingError

    try:
        result, code = module.run(options)
        emit(result, options, module.render)
        if result.get("assumed_member") and not result.get("complete"):
            complain("warning: that the activation is an odd sigmoid was assumed, not proved")
    except (InputError, OutputError) as error:
        complain(error)
        return BAD_INPUT
    except (MissingBackendError, DatasetMissingError) as error:
        complain(error)
        return MISSING
    except NotAMemberError as error:
        complain(error)
        return error.code
    except ArithmeticError as error:  # also UndeterminedError: the theory or the precision gave no answer
        complain(f"undecided: {error}")
        return UNDECIDED
    except Exception as error:  # noqa: BLE001 - a defect of ours must not look like a refutation
        complain(f"internal error, please report it: {type(error).__name__}: {error}")
        return INTERNAL
    return int(code)
