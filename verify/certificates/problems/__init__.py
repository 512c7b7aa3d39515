"""What the claims come down to, room by room: conditions for `verify.certificates.checker`, and why they are enough."""
