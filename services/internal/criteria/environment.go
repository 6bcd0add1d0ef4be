package criteria

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// maxDepth is how deep parentheses and calls may stand inside one another. The
// type checker's work on nested macros grows with the cube of it.
const maxDepth = 32

// Variable is one name of the language, for people who write expressions.
type Variable struct {
	Name    string // "lead.seniority"; a function with its arguments, "money(text)"
	Type    string // as CEL writes it: "string", "list(string)", "money"
	Meaning string
	Kinds   []Kind // the kinds of rules that may use it
}

// Environment lists every variable and function that this language adds to CEL,
// facts first. Criteria come on top: each is a bool in conditions, gates and checks.
func Environment() []Variable {
	everywhere := []Kind{Criterion, Condition, Gate, Check}
	var all []Variable
	for _, f := range leadFacts() {
		all = append(all, Variable{"lead." + f.name, cel.FormatCELType(f.kind()), f.meaning, everywhere})
	}
	for _, f := range accountFacts() {
		if f.kind() == engagementType {
			continue // a history is not compared; its functions stand below
		}
		all = append(all, Variable{"account." + f.name, cel.FormatCELType(f.kind()), f.meaning, everywhere})
	}
	for _, f := range meetingFacts() {
		all = append(all, Variable{"meeting." + f.name, cel.FormatCELType(f.kind()), f.meaning, []Kind{Check}})
	}
	facts := []Kind{Criterion, Condition, Check}
	return append(all,
		Variable{`engagement.count(type)`, "int", "how many events of a type there were", facts},
		Variable{`engagement.count(type, {"page": ["/pricing"]})`, "int",
			"only events whose property is one of the texts", facts},
		Variable{`engagement.count(type, within("14d"))`, "int",
			"only events that are not older; a filter may stand before the window", facts},
		Variable{`engagement.last(type)`, "timestamp", "when there was one last; 1970 if there was none", facts},
		Variable{`account.events.count(type)`, "int", "the same of what happened at the account and nobody in particular did", everywhere},
		Variable{`account.events.last(type)`, "timestamp", "when it happened there last; 1970 if it did not", everywhere},
		Variable{"lists.name", "list(string)", "the reference list of that name: account.domain in lists.competitors", everywhere},
		Variable{"predicted.name", "double", "the probability, 0 to 1, that the playbook's model of that name gives the lead", everywhere},
		Variable{"now", "timestamp", "the instant for which the rule is evaluated", everywhere},
		Variable{`within("14d")`, "duration", "a length of time in w, d, h, m and s; duration() is the same", everywhere},
		Variable{`money("20000000 USD")`, "money",
			"an amount; it has an order within its currency, and no equality", everywhere},
		Variable{"fit", "double", "the fit score, 0 to 100", []Kind{Gate}},
		Variable{"engagement", "double", "the engagement score, 0 to 100", []Kind{Gate}},
		Variable{"combined", "double", "both scores, weighted: it orders a queue and should decide nothing", []Kind{Gate}},
	)
}

// newEnvironment declares what a kind of rule may look at.
func newEnvironment(kind Kind, criteria, lists, models []string) (*cel.Env, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	options := []cel.EnvOption{
		cel.CustomTypeAdapter(registry),
		cel.CustomTypeProvider(newProvider(registry, kind, lists, models)),
		standardLibrary(),
		cel.CrossTypeNumericComparisons(true),
		cel.ParserExpressionSizeLimit(MaxExpression),
		cel.ParserRecursionLimit(maxDepth),
		cel.RegexProgramSizeLimit(maxPattern),
		cel.ASTValidators(
			cel.ValidateRegexLiterals(),
			cel.ValidateTimestampLiterals(),
			cel.ValidateComprehensionNestingLimit(MaxNesting),
		),
		cel.Variable("lead", leadType),
		cel.Variable("account", accountType),
		cel.Variable("lists", listsType),
		cel.Variable("predicted", predictedType),
		cel.Variable("now", cel.TimestampType),
	}
	return cel.NewCustomEnv(slices.Concat(options, functions(), variablesOf(kind, criteria))...)
}

// variablesOf declares what is different between the kinds.
func variablesOf(kind Kind, criteria []string) []cel.EnvOption {
	var options []cel.EnvOption
	if kind == Gate {
		for _, score := range []string{"fit", "engagement", "combined"} {
			options = append(options, cel.Variable(score, cel.DoubleType))
		}
	} else {
		options = append(options, cel.Variable("engagement", engagementType))
	}
	if kind == Check {
		options = append(options, cel.Variable("meeting", meetingType))
	}
	if kind != Criterion {
		for _, criterion := range criteria {
			options = append(options, cel.Variable(criterion, cel.BoolType))
		}
	}
	return options
}
