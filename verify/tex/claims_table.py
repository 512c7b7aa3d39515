r"""The claims of a ledger as one longtable: what is claimed, on what assumptions, where, what came out, and what is
true instead.

It needs the packages amsmath, amssymb, array and longtable only. TeX may break a formula at its relations and operations.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from verify.claims import TOPICS
from verify.tex.text import breakable, escaped

_BEGIN = r"""% Made by oddsigmoid tex. Needs \usepackage{amsmath, amssymb, array, longtable}. Not to be edited.
\begingroup\footnotesize\setlength\tabcolsep{4pt}\relpenalty=0 \binoppenalty=0
\begin{longtable}{@{}
  >{\raggedright\arraybackslash}p{\dimexpr 0.60\linewidth-2\tabcolsep\relax}
  >{\raggedright\arraybackslash}p{\dimexpr 0.15\linewidth-2\tabcolsep\relax}
  >{\raggedright\arraybackslash}p{\dimexpr 0.25\linewidth\relax}@{}}
claim & verdict & source \\ \hline
\endhead"""
_END = r"""\end{longtable}\endgroup"""


def claims_table(ledger: Mapping[str, Any]) -> str:
    """The file claims.tex: a row for each claim that was run, topic by topic, and the names of those that were not."""
    lines = [_BEGIN]
    for topic in TOPICS:
        inside = [entry for entry in ledger["claims"] if entry["topic"] == topic]
        if inside:
            lines.append(rf"\multicolumn{{3}}{{@{{}}l}}{{\textbf{{{escaped(topic.replace('_', ' '))}}}}} \\*")
            lines += map(_row, inside)
    lines += [*_skipped(ledger), _END]
    return "\n".join(lines) + "\n"


def _row(entry: Mapping[str, Any]) -> str:
    says = [breakable(entry["id"]), f"${entry['latex']}$"]
    if entry["hypotheses"]:
        says.append(rf"\emph{{Assuming}} {escaped('; '.join(entry['hypotheses']))}")
    if entry["verdict"] == "refuted" and entry["correction"]:
        says.append(rf"\emph{{Instead:}} {escaped(entry['correction'])}")
    verdict = rf"\textbf{{{entry['verdict']}}}" if entry["verdict"] == "refuted" else entry["verdict"]
    cells = " \\newline ".join(says), f"{verdict}, {entry['method'] or 'nothing'}", escaped(entry["source"])
    return " & ".join(cells) + r" \\"


def _skipped(ledger: Mapping[str, Any]) -> Iterator[str]:
    if ledger["skipped"]:
        names = ", ".join(map(breakable, ledger["skipped"]))
        column = r"@{}>{\raggedright\arraybackslash}p{\linewidth}@{}"
        yield rf"\hline \multicolumn{{3}}{{{column}}}{{Not run in this tier: {names}.}} \\"
