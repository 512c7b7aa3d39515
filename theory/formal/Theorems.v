(** Every statement of [Statements] but those whose proof needs interval arithmetic, proved. *)

From OddSigmoid Require Statements Pitchfork Orbits Members Catalogue Langevin Family Closure Extremes Sharpness Uniqueness Calibration MeanField.

Theorem members_are_in_the_weak_class : Statements.members_are_in_the_weak_class.
Proof. exact Members.member_class. Qed.

Theorem gain_is_unique : Statements.gain_is_unique.
Proof. exact Uniqueness.same_gain. Qed.

Theorem tilted_functions_are_no_members : Statements.tilted_functions_are_no_members.
Proof. exact Uniqueness.tilted. Qed.

Theorem pitchfork : Statements.pitchfork.
Proof. exact Pitchfork.pitchfork_at. Qed.

Theorem fixed_points_tell_omega : Statements.fixed_points_tell_omega.
Proof. exact Uniqueness.gain_of_fixed_points. Qed.

Theorem star_shape_is_necessary : Statements.star_shape_is_necessary.
Proof. exact Sharpness.necessity_of. Qed.

Theorem fixed_point_rises : Statements.fixed_point_rises.
Proof. exact Members.fixed_point_increases. Qed.

Theorem two_signs_enclose : Statements.two_signs_enclose.
Proof. exact Sharpness.enclosure_at. Qed.

Theorem collapse : Statements.collapse.
Proof. exact Orbits.collapse_at. Qed.

Theorem attraction : Statements.attraction.
Proof. exact Orbits.attraction_at. Qed.

Theorem gains_from_above : Statements.gains_from_above.
Proof. exact Orbits.upper_bound. Qed.

Theorem gains_from_below : Statements.gains_from_below.
Proof. exact Orbits.lower_bound. Qed.

Theorem concave_functions_are_members : Statements.concave_functions_are_members.
Proof. exact Members.concave_member. Qed.

Theorem multiplier_below_one : Statements.multiplier_below_one.
Proof. exact Members.multiplier. Qed.

Theorem tanh_is_a_member : Statements.tanh_is_a_member.
Proof. exact Catalogue.tanh_member. Qed.

Theorem arctan_is_a_member : Statements.arctan_is_a_member.
Proof. exact Catalogue.arctan_member. Qed.

Theorem arctan_unit_is_a_member : Statements.arctan_unit_is_a_member.
Proof. exact Catalogue.arctan_unit_member. Qed.

Theorem erf_is_a_member : Statements.erf_is_a_member.
Proof. exact Catalogue.erf_member. Qed.

Theorem gudermannian_is_a_member : Statements.gudermannian_is_a_member.
Proof. exact Catalogue.gudermannian_member. Qed.

Theorem logistic_is_a_member : Statements.logistic_is_a_member.
Proof. exact Catalogue.logistic_member. Qed.

Theorem langevin_is_a_member : Statements.langevin_is_a_member.
Proof. exact Langevin.langevin_member. Qed.

Theorem softsign_is_a_member : Statements.softsign_is_a_member.
Proof. exact Catalogue.softsign_member. Qed.

Theorem algebraic_is_a_member : Statements.algebraic_is_a_member.
Proof. exact Catalogue.algebraic_member. Qed.

Theorem family_members : Statements.family_members.
Proof. exact Family.family_member. Qed.

Theorem scaling : Statements.scaling.
Proof. exact Closure.scaled_member. Qed.

Theorem composition : Statements.composition.
Proof. exact Closure.composed_member. Qed.

Theorem convex_combination : Statements.convex_combination.
Proof. exact Closure.averaged_member. Qed.

Theorem nearer_of_two : Statements.nearer_of_two.
Proof. exact Extremes.nearer_member. Qed.

Theorem farther_of_two : Statements.farther_of_two.
Proof. exact Extremes.farther_member. Qed.

Theorem softsign_critical_orbit : Statements.softsign_critical_orbit.
Proof. exact Catalogue.softsign_orbit. Qed.

Theorem parity : Statements.parity.
Proof. exact Calibration.odd_flips_closed. Qed.

Theorem flip_rate_is_unique : Statements.flip_rate_is_unique.
Proof.
  intros p L Hp HL q. split.
  - intros [Hq H]. now apply (Calibration.flip_rate_unique p L Hp HL q Hq).
  - intros ->. assert (B := Calibration.flip_rate_bounds p L Hp HL).
    split; [exact B | now apply (Calibration.flip_rate_unique p L Hp HL _ B)].
Qed.

Theorem sigma_star_is_unique : Statements.sigma_star_is_unique.
Proof. intros p L Phi omega Hp HL; intros. now apply Calibration.sigma_star_unique. Qed.

Theorem closure_identity : Statements.closure_identity.
Proof. exact MeanField.second_moments. Qed.
