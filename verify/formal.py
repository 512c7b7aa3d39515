"""The formal proofs in `theory/formal`: compiled, the axioms of each theorem read off, and typed again by a second program.

`Statements.v` says what is proved and proves nothing; a theorem of the same name in `Theorems.v` or `TheoremsWithNumbers.v`
proves it. `NearMisses.v` has a false neighbour of every statement, and a theorem of its name in `Refutations.v` or
`RefutationsWithNumbers.v` says that it is false. What has to be believed: the kernel of Coq, the axioms, and that the
statements say what they should. coqchk types the compiled files again, without tactics and plugins, but by the same kernel.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

SOURCES = Path(__file__).resolve().parents[1] / "theory" / "formal"
AXIOMS = frozenset(  # of the library of real numbers
    {
        "ClassicalDedekindReals.sig_not_dec",
        "ClassicalDedekindReals.sig_forall_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
    }
)
PACKAGES = "coq libcoq-coquelicot libcoq-interval"  # of Debian and Ubuntu
STATEMENTS, NEAR_MISSES = "Statements", "NearMisses"
_PROOFS = {  # file of propositions: what a theorem says of them, and the files that prove it
    STATEMENTS: ("", ("Theorems", "TheoremsWithNumbers")),
    NEAR_MISSES: ("~ ", ("Refutations", "RefutationsWithNumbers")),
}
RECHECKED = ("Theorems", "Refutations")  # the others rest on the library of intervals, which takes coqchk very long
_LIBRARY = "OddSigmoid"
_MOST_PROCESSES = 4  # each of them loads all libraries
_NOWHERE = re.compile(
    r"\b(?:Admit(?:ted)?|admit|give_up|Axioms?|Conjectures?|Primitive|bypass_check|Unset|type-in-type|Declare|Extract\w*|Load)\b"
    r'|"'  # no source needs a string, and one could hide a comment's end
)
_MODIFIERS = re.compile(r"(?:#\[[^\]]*\]|Time|Timeout \d+|Fail|Succeed|Polymorphic|Monomorphic|Program|Local|Global)\s+")
_IN_SECTIONS = re.compile(r"(?:Parameters?|Variables?|Hypothes[ie]s|Context)\b")
_PROPOSITION = re.compile(r"Definition\s+(\S+)\s*:\s*Prop\s*:=")


class ProverMissingError(Exception):
    """Coq, or one of the libraries, is not installed."""


class ProofError(Exception):
    """A proof was not accepted; the message says which file and why."""


@dataclass(frozen=True)
class Theorem:
    """A proved statement, or a refuted near miss.

    about: where its proposition is defined, Statements or NearMisses; file: where it is proved, or refuted. statement: the
    definition. axioms: that the proof uses, without their library's path; for near misses, those of the file.
    """

    name: str
    about: str
    file: str
    statement: str
    axioms: tuple[str, ...]

    @property
    def proof(self) -> str:
        """As the prover calls it."""
        return f"{_LIBRARY}.{self.file.removesuffix('.v')}.{self.name}"


@dataclass(frozen=True)
class Development:
    """sources: SHA-256 of what was compiled (see `digest`). rechecked: by coqchk."""

    sources: str
    theorems: tuple[Theorem, ...]
    rechecked: bool


def sources(folder: Path = SOURCES) -> list[Path]:
    return sorted(folder.glob("*.v"))


def digest(folder: Path = SOURCES) -> str:
    """SHA-256 of all sources with their names."""
    found = hashlib.sha256()
    for path in sources(folder):
        found.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def version() -> str:
    """Of the prover. Raises `ProverMissingError`."""
    needed = f"; on Debian: apt-get install {PACKAGES}"
    if any(shutil.which(tool) is None for tool in ("coqc", "coqchk", "coq_makefile", "make")):
        raise ProverMissingError(f"Coq is not installed{needed}")
    try:
        libraries = Path(_run(["coqc", "-where"], Path.cwd()).stdout.strip()) / "user-contrib"
        said = _run(["coqc", "--version"], Path.cwd()).stdout
    except ProofError as error:
        raise ProverMissingError(f"Coq does not run: {error}") from None
    for library in ("Coquelicot", "Interval"):
        if not (libraries / library).is_dir():
            raise ProverMissingError(f"{library} is not installed for Coq{needed}")
    return said.split("version", 1)[1].split()[0]


def prove(folder: Path = SOURCES, *, recheck: bool = True) -> Development:
    """Compiles the sources, which takes a minute or two; recheck: coqchk goes through them too.

    All is read from one copy, in a new folder: nothing of an earlier run is trusted, and a change meanwhile does no harm.

    Raises `ProverMissingError`, and `ProofError` where a file does not compile, a theorem uses another axiom than AXIOMS, a
    source assumes something on its own account, or coqchk disagrees.
    """
    version()
    with TemporaryDirectory() as temporary:
        build = Path(temporary)
        for path in sources(folder):
            shutil.copyfile(path, build / path.name)
        return _prove(build, recheck)


def _prove(build: Path, recheck: bool) -> Development:
    found, files = digest(build), sources(build)
    if not files:
        raise ProofError("there are no sources: they come with the repository")
    for path in files:
        for word in assumed(path.read_text(encoding="utf-8")):
            raise ProofError(f"{path.name} says {word}, which would assume something without proof")
        if path.stem in {axiom.partition(".")[0] for axiom in AXIOMS}:
            raise ProofError(f"{path.name} has the name of a library with axioms, which would be taken for its own")
    claimed = [theorem for about in _PROOFS for theorem in _claimed(build, about)]
    _compile(build, files)
    with ThreadPoolExecutor(1) as pool:
        checking = pool.submit(_recheck, build) if recheck else None
        used = _axioms_used(build, claimed)
        if checking:
            checking.result()
    for theorem in claimed:
        foreign = set(used[theorem.proof]) - AXIOMS
        if foreign:
            raise ProofError(f"{theorem.name} uses {', '.join(sorted(foreign))}, beyond the axioms of the reals")
    return Development(found, tuple(replace(theorem, axioms=used[theorem.proof]) for theorem in claimed), recheck)


def assumed(text: str) -> Iterator[str]:
    """The commands of a source that assume: some nowhere allowed, hypotheses outside a section."""
    depth = 0
    for sentence in _sentences(text):
        words = sentence.lstrip("-+*{} \n")
        while modifier := _MODIFIERS.match(words):
            words = words[modifier.end() :]
        if words.startswith("Section "):
            depth += 1
        elif words.startswith("End ") and depth:
            depth -= 1
        forbidden = _NOWHERE.search(sentence)
        if forbidden:
            yield forbidden[0]
        loose = _IN_SECTIONS.match(words)
        if loose and not depth:
            yield loose[0].strip()


def _sentences(text: str) -> list[str]:
    """Without comments and full stops."""
    kept, depth = list[str](), 0
    for part in re.split(r"(\(\*|\*\))", text):
        if part == "(*":
            depth += 1
        elif part == "*)":
            depth -= 1
        elif depth == 0:
            kept.append(part)
    return [sentence.strip() for sentence in re.split(r"\.(?:\s|$)", " ".join(kept))]


def statements(folder: Path = SOURCES, file: str = STATEMENTS) -> dict[str, str]:
    """Name -> source, of the definitions of type Prop without arguments. Raises `ProofError` if a name could mean two."""
    found: dict[str, str] = {}
    for sentence in _sentences((folder / f"{file}.v").read_text(encoding="utf-8")):
        if sentence.startswith(("Module", "Section")):
            raise ProofError(f"{file}.v has a {sentence.split()[0]}, in which a name could be another statement's")
        proposition = _PROPOSITION.match(sentence)
        if proposition:
            if proposition[1] in found:
                raise ProofError(f"{file}.v defines {proposition[1]} twice")
            found[proposition[1]] = f"{sentence}."
    return found


def _compile(build: Path, files: Sequence[Path]) -> None:
    lines = [f"-Q . {_LIBRARY}", "-arg -w -arg -ambiguous-paths", *(path.name for path in files)]
    (build / "_CoqProject").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _run(["coq_makefile", "-f", "_CoqProject", "-o", "Makefile"], build)
    _run(["make", f"-j{_processes()}"], build)


def _processes() -> int:
    return min(_MOST_PROCESSES, os.cpu_count() or 1)


def _claimed(build: Path, about: str) -> Iterator[Theorem]:
    """The theorems on a file of propositions; their axioms are still to be seen."""
    stated, proved = statements(build, about), dict[str, str]()
    for file in _PROOFS[about][1]:
        for name in re.findall(r"^Theorem (\S+)", (build / f"{file}.v").read_text(encoding="utf-8"), flags=re.MULTILINE):
            proved[name] = file
    if stated.keys() != proved.keys():
        raise ProofError(
            f"in {about}.v and without a proof, or the reverse: {', '.join(sorted(stated.keys() ^ proved.keys()))}"
        )
    for name, file in proved.items():
        yield Theorem(name, about, f"{file}.v", stated[name], ())


def _axioms_used(build: Path, theorems: Sequence[Theorem]) -> dict[str, tuple[str, ...]]:
    """By `Theorem.proof`. In several processes: to collect axioms takes seconds each."""
    groups = [[theorem.proof] for theorem in theorems if theorem.about == STATEMENTS]
    refuted = sorted(theorem.proof for theorem in theorems if theorem.about == NEAR_MISSES)
    groups += [list(those) for _, those in groupby(refuted, key=lambda proof: proof.rpartition(".")[0])]
    checks = [
        f"Check {theorem.proof} : {_PROOFS[theorem.about][0]}{_LIBRARY}.{theorem.about}.{theorem.name}." for theorem in theorems
    ]
    parts = _processes()
    used: dict[str, tuple[str, ...]] = {}
    with ThreadPoolExecutor(parts) as pool:
        shares = [groups[n::parts] for n in range(parts)]
        for audit in pool.map(partial(_audit, build), range(parts), [checks, *[[]] * (parts - 1)], shares):
            used |= audit
    return used


def _audit(build: Path, part: int, checks: Sequence[str], groups: Sequence[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Has the prover go through `checks`, and say which axioms the proofs of each group use."""
    files = [*(file for _, files in _PROOFS.values() for file in files), *_PROOFS]
    lines = [f"From {_LIBRARY} Require {' '.join(files)}.", *checks]
    for n, group in enumerate(groups):
        lines += [f"Definition group{n} := ({', '.join(group)}).", f'Redirect "group{n}" Print Assumptions group{n}.']
    folder = build / f"audit{part}"
    folder.mkdir()
    (folder / "Audit.v").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _run(["coqc", "-Q", "..", _LIBRARY, "Audit.v"], folder)
    return {
        proof: axioms((folder / f"group{n}.out").read_text(encoding="utf-8"))
        for n, group in enumerate(groups)
        for proof in group
    }


def axioms(printed: str) -> tuple[str, ...]:
    """From what Print Assumptions prints, sorted. Raises `ProofError` if it is not that."""
    if printed.startswith("Closed under the global context"):
        return ()
    if not printed.startswith("Axioms:"):
        raise ProofError(f"the prover does not list axioms, but says {printed[:60]!r}")
    # a name stands at the start of a line, its type behind it or on the next lines
    return tuple(sorted(line.split()[0] for line in printed.splitlines()[1:] if line and not line[0].isspace()))


def _recheck(build: Path) -> None:
    done = _run(["coqchk", "-silent", "-o", "-Q", ".", _LIBRARY, *(f"{_LIBRARY}.{file}" for file in RECHECKED)], build)
    judge(done.stdout + done.stderr)


def judge(summary: str) -> None:
    """Of what coqchk prints. Raises `ProofError` for an axiom that is not one of AXIOMS, and for any unsafe feature."""
    listed = re.search(r"\* Axioms:(.*?)\n\s*\n", summary, flags=re.DOTALL)
    if listed is None:
        raise ProofError("coqchk gives no list of axioms")
    foreign = {name for name in listed[1].split() if not (name.startswith("Coq.") and name.split(".", 2)[-1] in AXIOMS)}
    if foreign:
        raise ProofError(f"coqchk finds {', '.join(sorted(foreign))}, beyond the axioms of the reals")
    for trust in ("type-in-type", "unsafe (co)fixpoints", "positivity is assumed"):
        if not re.search(rf"\* [^\n]*{re.escape(trust)}: <none>", summary):
            raise ProofError(f"coqchk does not say that nothing relies on {trust}")


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise ProofError(f"{' '.join(command[:2])} failed:\n" + "\n".join(said[-12:]))
    return done
