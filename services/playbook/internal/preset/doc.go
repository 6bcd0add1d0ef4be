// Package preset holds playbooks to begin with.
//
// The published playbooks differ in three questions. A preset answers one of them; presets of different questions combine,
// and what is not chosen has the usual answer.
//
//	gate     score_thresholds (usual), joint_boolean     what makes an MQL
//	clocks   business (usual), literal                   in what time the clocks count, and from when
//	order    sal_before_sql (usual), sql_before_sal      in what order the stages follow each other
//
// Presets are layers of one text and not whole playbooks, since what they decide is independent: eight playbooks would
// repeat the same sections eight times. What comes out is a whole playbook nevertheless, with the reasons and sources as
// comments, and without an error.
package preset
