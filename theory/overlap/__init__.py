"""Two inputs in one network: how their overlap moves in the linear regime, under the closure, exactly, and at finite width."""
