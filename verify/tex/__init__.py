"""For a paper: a TeX macro for each verdict of a ledger and each number of the theory, and a table of the claims."""
