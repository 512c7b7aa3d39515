"""The ledger as one page of HTML for a referee: what is claimed, what was found, and what rests on what.

The page is a pure function of a ledger (`verify.ledger`) and of figures; nothing in it is fetched from anywhere.
"""

from verify.report.figures import Figure
from verify.report.page import page

__all__ = ["Figure", "page"]
