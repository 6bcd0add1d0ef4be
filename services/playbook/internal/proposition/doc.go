// Package proposition reads how a playbook's expressions are put together of and, or and not, and says whether some of them
// can be true together.
//
//	size_fit && !(account.is_customer || account.is_target)
//	   │                   │                    │
//	   ▼                   └── not ── or ───────┘
//	account.employees >= 200
//
// What is neither and, or nor not is an atom, known by its text; the name of a criterion stands for what the criterion says.
//
// # Promises
//
//   - Possible never says no wrongly. Two atoms are taken as independent although `employees > 500` implies `employees > 200`,
//     so it may say yes wrongly.
//   - Unknown is not false, as when the rules are asked: a lead of which nothing is known meets neither a rule nor its
//     opposite.
//   - It takes any text, and all its work for a playbook is bounded together: reading, and finding out what is possible.
//     What it cannot find out within that it calls possible.
//   - What a criterion says is read once and shared by all that name it: a playbook that names a long criterion a thousand
//     times takes no more memory than its text suggests.
package proposition
