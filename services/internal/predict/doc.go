// Package predict trains models that say how likely a lead is to convert, and is honest about what they are worth.
//
//	rows with outcomes ──▶ the latest fifth is held out ──▶ features ──▶ penalty by rolling validation ──▶ coefficients
//	                                │                                                                         │
//	                                └──────────────▶ measured on what was held out ◀──────────────────────────┘
//	                                                        │
//	                           refusal: too few rows, no signal          model with figures and warnings
//
// It is pure: a [Sample] goes in, a [Model] or a [Refusal] comes out. Package sheet reads samples from CSV, the scoring
// service makes them from its leads; logit fits, measure measures.
//
// # What is refused
//
// Fewer than 200 rows, fewer than 50 rows of either outcome to learn from, or fewer than 20 of either to measure with
// ([Minimum]). With fewer than ten rows of the rarer outcome for each coefficient the model is made, and says so: that is the
// usual rule of thumb (Peduzzi et al., Journal of Clinical Epidemiology 1996), and the penalty softens it.
//
// A model without signal: the lower end of the 95 % interval of its AUC on the held-out rows (DeLong) is not above 0.52. By
// chance alone an interval begins above 0.5 once in forty times. The margin makes that rarer (of samples of 1,000 rows without
// signal about one in a hundred passes, of larger ones fewer), and a model that orders fewer than 52 of 100 pairs right is of
// no use to anybody.
//
// # What is warned of
//
// A feature that is known only after sales touched the lead makes a model that looks splendid and is worthless. Four
// signs are looked for in each feature alone ([Warning]): it alone ranks the held-out rows too well to be true; one of its
// values decides almost alone; that it is filled in at all tells the outcome; its name is one that sales fills in.
//
// # Invariants
//
//   - The same rows give the same model, byte for byte, in whatever order they come; order is taken from time, and where
//     there is none from a hash of the key and the seed.
//   - No row that a model is measured on has any influence on it: neither on levels, means, penalty nor coefficients.
//   - The model that was measured is the model that is kept: it is not fitted again to all rows.
//   - A model predicts the same from a file as in memory: its numbers are rounded before it is measured.
package predict
