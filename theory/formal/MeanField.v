(** In the Gaussian closure the diagonal adds omega^2 to sigma^2. *)

From Coq Require Import Reals FunctionalExtensionality.
From OddSigmoid Require Import Statements.
Open Scope R_scope.

Theorem second_moments : closure_identity.
Proof.
  intros neuron E Hplus Hscal x y xi eta omega sigma Hx Hy Hnoise.
  replace (fun i => (omega * x i + sigma * xi i) * (omega * y i + sigma * eta i)) with
    (fun i => (omega ^ 2 * (x i * y i) + omega * sigma * (x i * eta i)) +
              (omega * sigma * (y i * xi i) + sigma ^ 2 * (xi i * eta i))) by (extensionality i; ring).
  rewrite !Hplus, !Hscal, Hx, Hy, Hnoise. ring.
Qed.
