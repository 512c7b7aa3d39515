(** The statements of [Statements] whose proof needs interval arithmetic, within the prover. *)

From OddSigmoid Require Statements Numbers.

Theorem look_alike_fails : Statements.look_alike_fails.
Proof. exact Numbers.look_alike_has_more. Qed.

Theorem tanh_fixed_point : Statements.tanh_fixed_point.
Proof. exact Numbers.tanh_fixed_point_at. Qed.
