// Package early is what is known of a lead early on, as features of a model.
//
//	lead.source, lead.country, lead.seniority, lead.function, lead.email_domain_kind, lead.campaign, lead.attributes.NAME
//	account.industry, account.employees, account.country, account.annual_revenue.CURRENCY, account.technologies.NAME,
//	account.attributes.NAME
//	engagement.TYPE   how many engagements of a type were recorded early
//
// What has no value is missing, except engagement, which is always known: none is 0. Names, addresses, numbers and titles of
// people are no features, nor is anything that follows from deals: that an account is a customer is known best of those that
// have become one.
//
// # Invariants
//
//   - The same function makes the features for learning and for judging, so that both mean the same.
//   - Nothing that was recorded after the cut of a lead is seen ([Window.Cut]).
package early
