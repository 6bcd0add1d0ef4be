package criteria

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
)

// Why a fact cannot be observed.
var (
	ErrField = errors.New("no fact that somebody can see and write down")
	ErrForm  = errors.New("not in the form of the fact")
)

// Fields returns the facts of a lead and its account that somebody can see and write down, in the spelling of expressions:
// "account.employees". Attributes are not among them, for their names are open, nor are histories and points.
func Fields() []string {
	var names []string
	for owner, facts := range map[string][]fact{"lead": leadFacts(), "account": accountFacts()} {
		for _, f := range facts {
			if f.observer() != nil {
				names = append(names, owner+"."+f.name)
			}
		}
	}
	return names
}

// Observe puts what somebody saw and wrote down in the place of a fact: of one in Fields, or of an attribute,
// "lead.attributes.seats". The facts change and nothing that they share with others does. Each fact has a form:
//
//	a text      any words; of domains and countries the case does not matter, nor does it where the record says the same
//	a number    1200 or 1,200
//	an amount   3000000 USD or 3,000,000 USD
//	yes or no   true, yes, false or no
//	texts       salesforce, hubspot
//
// Words such as "about 90" are no number. The error is ErrField or ErrForm, and quotes nothing.
func Observe(facts *Facts, field, value string) error {
	owner, name, _ := strings.Cut(field, ".")
	value = strings.TrimSpace(value)
	if value == "" {
		return fmt.Errorf("observe: %w", ErrForm)
	}
	if attribute, ok := strings.CutPrefix(name, "attributes."); ok {
		return observeAttribute(facts, owner, attribute, value)
	}
	f := fact{name: name, at: observable(owner, name)}
	observe := f.observer()
	switch {
	case observe == nil:
		return fmt.Errorf("observe: %w", ErrField)
	case !observe(facts, f.spelling(value)):
		return fmt.Errorf("observe: %w", ErrForm)
	}
	return nil
}

// Recorded returns a fact in Fields, or an attribute, as it is known, in the form that Observe reads; known is false if it is not.
func Recorded(facts *Facts, field string) (value string, known bool) {
	owner, name, _ := strings.Cut(field, ".")
	if attribute, ok := strings.CutPrefix(name, "attributes."); ok {
		if attributes := attributesOf(owner); attributes != nil {
			value, known = attributes(facts)[attribute]
		}
		return value, known
	}
	switch at := observable(owner, name).(type) {
	case func(*Facts) *Opt[string]:
		return at(facts).Value, at(facts).Known
	case func(*Facts) *Opt[int64]:
		return strconv.FormatInt(at(facts).Value, 10), at(facts).Known
	case func(*Facts) *Opt[bool]:
		return strconv.FormatBool(at(facts).Value), at(facts).Known
	case func(*Facts) *Opt[Money]:
		return at(facts).Value.String(), at(facts).Known
	case func(*Facts) *Opt[[]string]:
		return strings.Join(at(facts).Value, ", "), at(facts).Known
	default:
		return "", false
	}
}

// observable is the place of a fact of the lead or the account.
func observable(owner, name string) any {
	if owner == "meeting" {
		return nil
	}
	return find(owner, name)
}

// observer gives how a text is put in the place of the fact, and whether it has the form; nil where none can be.
func (f fact) observer() func(*Facts, string) bool {
	switch at := f.at.(type) {
	case func(*Facts) *Opt[string]:
		return func(facts *Facts, text string) bool {
			if known := at(facts); !known.Known || !strings.EqualFold(known.Value, text) {
				*known = Known(text)
			}
			return true
		}
	case func(*Facts) *Opt[int64]:
		return observed(at, func(text string) (int64, error) { return strconv.ParseInt(ungrouped(text), 10, 64) })
	case func(*Facts) *Opt[bool]:
		return observed(at, parseAnswer)
	case func(*Facts) *Opt[Money]:
		return observed(at, func(text string) (Money, error) {
			amount, currency, _ := strings.Cut(text, " ")
			return ParseMoney(ungrouped(amount) + " " + currency)
		})
	case func(*Facts) *Opt[[]string]:
		return observed(at, parseTexts)
	default:
		return nil
	}
}

func observed[T any](at func(*Facts) *Opt[T], parse func(string) (T, error)) func(*Facts, string) bool {
	return func(facts *Facts, text string) bool {
		value, err := parse(text)
		if err == nil {
			*at(facts) = Known(value)
		}
		return err == nil
	}
}

// observeAttribute puts an attribute among those of the lead or the account, in a copy of them.
func observeAttribute(facts *Facts, owner, name, value string) error {
	attributes := map[string]*map[string]string{"lead": &facts.Lead.Attributes, "account": &facts.Account.Attributes}[owner]
	if attributes == nil || name == "" {
		return fmt.Errorf("observe: %w", ErrField)
	}
	others := maps.Clone(*attributes)
	if others == nil {
		others = map[string]string{}
	}
	if !strings.EqualFold(others[name], value) {
		others[name] = value
	}
	*attributes = others
	return nil
}

// spelling is how the suite spells a value of the fact.
func (f fact) spelling(value string) string {
	switch f.name {
	case "country":
		return strings.ToUpper(value)
	case "domain", "domains", "email_domain":
		return strings.ToLower(value)
	default:
		return value
	}
}

// grouped is a number with commas between its thousands.
var grouped = regexp.MustCompile(`^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)

func ungrouped(number string) string {
	if !grouped.MatchString(number) {
		return number
	}
	return strings.ReplaceAll(number, ",", "")
}

func parseAnswer(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "yes":
		return true, nil
	case "false", "no":
		return false, nil
	default:
		return false, ErrForm
	}
}

func parseTexts(text string) ([]string, error) {
	all := strings.Split(text, ",")
	for i := range all {
		if all[i] = strings.TrimSpace(all[i]); all[i] == "" {
			return nil, ErrForm
		}
	}
	return all, nil
}
