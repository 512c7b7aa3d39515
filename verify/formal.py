"""The formal proofs in `theory/formal`: compiled, the axioms of each theorem read off, and checked again independently.

`Statements.v` says what is proved and proves nothing; a theorem of the same name in `Theorems.v` or `TheoremsWithNumbers.v`
proves it. `NearMisses.v` has a near miss of every statement, and a theorem of its name in `Refutations.v` or
`RefutationsWithNumbers.v` says that it is false. What has to be believed: the kernel of Coq, its checker (which shares little
with it), the axioms, and that the statements say what they should.
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
CHECKED = ("Theorems", "Refutations")  # the others rest on the library of intervals, which takes the checker very long
_LIBRARY = "OddSigmoid"
_NOWHERE = re.compile(
    r"Admitted|admit|give_up|Axioms?|Conjectures?|Primitive|bypass_check|Unset|type-in-type|Declare|Extract\w*"
)
_IN_SECTIONS = re.compile(r"(Local |Global )?(Parameters?|Variables?|Hypothes[ie]s|Context)\b")


class ProverMissingError(Exception):
    """Coq, or one of the libraries, is not installed."""


class ProofError(Exception):
    """A proof was not accepted; the message says which file and why."""


@dataclass(frozen=True)
class Theorem:
    """A proved statement, or a refuted near miss.

    about: where its proposition is defined, Statements or NearMisses; file: where it is proved, or refuted. statement: the
    source of the definition. axioms: that the proof uses, without their library's path; for near misses, those of the file.
    """

    name: str
    about: str
    file: str
    statement: str
    axioms: tuple[str, ...]

    @property
    def proof(self) -> str:
        """As the prover calls it."""
        return f"{self.file.removesuffix('.v')}.{self.name}"


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
    if any(shutil.which(tool) is None for tool in ("coqc", "coqchk", "coq_makefile", "make")):
        raise ProverMissingError(f"Coq is not installed; on Debian: apt-get install {PACKAGES}")
    libraries = Path(_run(["coqc", "-where"], Path.cwd()).stdout.strip()) / "user-contrib"
    for library in ("Coquelicot", "Interval"):
        if not (libraries / library).is_dir():
            raise ProverMissingError(f"{library} is not installed for Coq; on Debian: apt-get install {PACKAGES}")
    said = _run(["coqc", "--version"], Path.cwd()).stdout
    return said.split("version", 1)[1].split()[0]


def prove(build: Path, folder: Path = SOURCES, *, check: bool = True) -> list[Theorem]:
    """Compiles all sources into `build`; check: by coqchk too, which takes a minute or two.

    Raises `ProverMissingError`, and `ProofError` where a file does not compile, a theorem uses another axiom than AXIOMS, a
    source assumes something on its own account, or the checker disagrees.
    """
    version()
    for path in sources(folder):
        for word in assumed(path.read_text(encoding="utf-8")):
            raise ProofError(f"{path.name} says {word}, which would assume something without proof")
    _compile(build, folder)
    claimed = [theorem for about in _PROOFS for theorem in _claimed(folder, about)]
    with ThreadPoolExecutor(1) as pool:
        checking = pool.submit(_check, build) if check else None
        used = _axioms_used(build, claimed)
        if checking:
            checking.result()
    for theorem in claimed:
        foreign = set(used[theorem.proof]) - AXIOMS
        if foreign:
            raise ProofError(f"{theorem.name} uses {', '.join(sorted(foreign))}, beyond the axioms of the reals")
    return [replace(theorem, axioms=used[theorem.proof]) for theorem in claimed]


def assumed(text: str) -> Iterator[str]:
    """The commands of a source that assume: some nowhere allowed, hypotheses outside a section."""
    depth = 0
    for sentence in re.split(r"\.(?:\s|$)", _without_comments(text)):
        words = sentence.strip().lstrip("-+*{} \n")
        if words.startswith("Section "):
            depth += 1
        elif words.startswith("End ") and depth:
            depth -= 1
        forbidden = re.search(rf"\b(?:{_NOWHERE.pattern})\b", words)
        if forbidden:
            yield forbidden[0]
        loose = _IN_SECTIONS.match(words)
        if loose and not depth:
            yield loose[0].strip()


def _without_comments(text: str) -> str:
    kept, depth = list[str](), 0
    for part in re.split(r"(\(\*|\*\))", text):
        if part == "(*":
            depth += 1
        elif part == "*)":
            depth -= 1
        elif depth == 0:
            kept.append(part)
    return " ".join(kept)


def statements(folder: Path = SOURCES, file: str = STATEMENTS) -> dict[str, str]:
    """Name -> source, of the definitions of type Prop without arguments."""
    text = (folder / f"{file}.v").read_text(encoding="utf-8")
    return {m[1]: m[0] for m in re.finditer(r"^Definition (\w+) : Prop :=.*?\.$", text, flags=re.MULTILINE | re.DOTALL)}


def _compile(build: Path, folder: Path) -> None:
    build.mkdir(parents=True, exist_ok=True)
    names = [path.name for path in sources(folder)]
    for old in build.glob("*.v"):
        if old.name not in names:
            old.unlink()
    for path in sources(folder):
        copy = build / path.name
        if not copy.exists() or copy.read_bytes() != path.read_bytes():
            shutil.copyfile(path, copy)
    (build / "_CoqProject").write_text("\n".join([f"-Q . {_LIBRARY}", "-arg -w -arg -ambiguous-paths", *names]) + "\n")
    _run(["coq_makefile", "-f", "_CoqProject", "-o", "Makefile"], build)
    _run(["make", f"-j{os.cpu_count() or 1}"], build)


def _axioms_used(build: Path, theorems: Sequence[Theorem]) -> dict[str, tuple[str, ...]]:
    """By `Theorem.proof`. In as many processes as there are cores: to collect axioms takes seconds each."""
    groups = [[theorem.proof] for theorem in theorems if theorem.about == STATEMENTS]
    refuted = sorted(theorem.proof for theorem in theorems if theorem.about == NEAR_MISSES)
    groups += [list(those) for _, those in groupby(refuted, key=lambda proof: proof.partition(".")[0])]
    checks = [f"Check {theorem.proof} : {_PROOFS[theorem.about][0]}{theorem.about}.{theorem.name}." for theorem in theorems]
    parts = os.cpu_count() or 1
    used: dict[str, tuple[str, ...]] = {}
    with ThreadPoolExecutor(parts) as pool:
        audits = pool.map(
            partial(_audit, build), range(parts), [checks, *[[]] * (parts - 1)], (groups[n::parts] for n in range(parts))
        )
        for audit in audits:
            used |= audit
    return used


def _audit(build: Path, part: int, checks: Sequence[str], groups: Sequence[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Has the prover go through `checks`, and say which axioms the proofs of each group use."""
    lines = [
        f"From {_LIBRARY} Require {' '.join([*(file for _, files in _PROOFS.values() for file in files), *_PROOFS])}.",
        *checks,
    ]
    for n, group in enumerate(groups):
        lines += [f"Definition group{n} := ({', '.join(group)}).", f'Redirect "group{n}" Print Assumptions group{n}.']
    folder = build / f"audit{part}"
    folder.mkdir(exist_ok=True)
    (folder / "Audit.v").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _run(["coqc", "-Q", "..", _LIBRARY, "Audit.v"], folder)
    return {
        proof: _axioms((folder / f"group{n}.out").read_text(encoding="utf-8"))
        for n, group in enumerate(groups)
        for proof in group
    }


def _claimed(folder: Path, about: str) -> Iterator[Theorem]:
    """The theorems of a file of propositions; their axioms are still to be seen."""
    stated, proved = statements(folder, about), dict[str, str]()
    for file in _PROOFS[about][1]:
        for name in re.findall(r"^Theorem (\w+)", (folder / f"{file}.v").read_text(encoding="utf-8"), flags=re.MULTILINE):
            proved[name] = file
    if stated.keys() != proved.keys():
        raise ProofError(
            f"in {about}.v and without a proof, or the reverse: {', '.join(sorted(stated.keys() ^ proved.keys()))}"
        )
    for name, file in proved.items():
        yield Theorem(name, about, f"{file}.v", stated[name], ())


def _axioms(printed: str) -> tuple[str, ...]:
    if printed.startswith("Closed under the global context"):
        return ()
    # a name stands at the start of a line, its type behind it or on the next lines
    return tuple(line.split()[0] for line in printed.splitlines()[1:] if line and not line[0].isspace())


def _check(build: Path) -> None:
    done = _run(["coqchk", "-silent", "-o", "-Q", ".", _LIBRARY, *(f"{_LIBRARY}.{file}" for file in CHECKED)], build)
    judge(done.stdout + done.stderr)


def judge(summary: str) -> None:
    """Of what coqchk prints. Raises `ProofError` for an axiom that is not one of AXIOMS, and for any unsafe feature."""
    listed = re.search(r"\* Axioms:(.*?)\n\s*\n", summary, flags=re.DOTALL)
    if listed is None:
        raise ProofError("the checker gives no list of axioms")
    axioms = {name.removeprefix("Coq.").partition(".")[2] for name in listed[1].split()}
    if axioms - AXIOMS:
        raise ProofError(f"the checker finds {', '.join(sorted(axioms - AXIOMS))}, beyond the axioms of the reals")
    for trust in ("type-in-type", "unsafe (co)fixpoints", "positivity is assumed"):
        if not re.search(rf"\* [^\n]*{re.escape(trust)}: <none>", summary):
            raise ProofError(f"the checker does not say that nothing relies on {trust}")


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise ProofError(f"{' '.join(command[:2])} failed:\n" + "\n".join(said[-12:]))
    return done
