"""Certificates of what was proved by enclosure, and a small checker that believes none of the code which found them."""
