"""Mutation testing: would the tests notice a wrong formula? See docs/mutation.md; `make mutate` runs it."""
