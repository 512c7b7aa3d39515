"""Networks trained from the initializations that the theory is about, on images and on differential equations."""
