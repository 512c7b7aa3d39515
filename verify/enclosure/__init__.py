"""Search: finds what the checker then judges. Nothing here says Proved."""
