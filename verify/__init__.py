"""Why the theory is believed: verdicts, checks, claims and the ledger. Imports `theory`; nothing imports it but figures."""
