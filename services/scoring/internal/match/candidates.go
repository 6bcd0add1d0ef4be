package match

import (
	"cmp"
	"slices"
	"strings"

	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

// Candidates are what the look-ups of a Plan found. Their order does not matter.
type Candidates struct {
	// Referred is the id of the account that AccountRef stands for.
	Referred string
	// People are the known people with the lead's address or key. A person that
	// was merged into another counts with the account of the survivor.
	People []Person
	// Known are the entries of the map of known hosts for Lookups.Hosts.
	Known []KnownHost
	// Shared are those of Lookups.Hosts that many companies use: providers,
	// agencies, universities.
	Shared []string
	// Accounts are the accounts that Domain and Name found, those that the other
	// fields name, and the ancestors of all of them. An account that is named
	// but missing here counts as inactive.
	Accounts []Account
	// ListsVersion names the versions of the map of known hosts and of the list
	// of shared hosts.
	ListsVersion string
}

// Person is a known person and the account that they belong to.
type Person struct {
	Address, Key string
	AccountID    string
}

// KnownHost is an entry of the map of known hosts.
type KnownHost struct {
	Host      string
	AccountID string
}

// Account is what is known of an account, normalised by package normal.
type Account struct {
	ID     string
	Active bool
	Hosts  []normal.Host
	// Name is a key of normal.Company.
	Name string
	// Country, Phone and Postal are as in Lead.
	Country, Phone, Postal string
	// Ancestors are the accounts above this one, the nearest first and the
	// ultimate parent last.
	Ancestors []string
}

// ultimateParent returns the top of the account's family, which is the account
// itself when nothing is above it.
func (a Account) ultimateParent() string {
	if len(a.Ancestors) == 0 {
		return a.ID
	}
	return a.Ancestors[len(a.Ancestors)-1]
}

// canonical returns the candidates in one order, whatever order they came in,
// without repetitions. The argument is left as it is.
func canonical(c Candidates) Candidates {
	c.People = sorted(c.People, func(a, b Person) int {
		return cmp.Or(cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Key, b.Key))
	})
	c.Known = sorted(c.Known, func(a, b KnownHost) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.AccountID, b.AccountID))
	})
	c.Shared = sorted(c.Shared, strings.Compare)
	accounts := make([]Account, len(c.Accounts))
	for i, account := range c.Accounts {
		account.Hosts = sorted(account.Hosts, func(a, b normal.Host) int { return cmp.Compare(a.Name, b.Name) })
		accounts[i] = account
	}
	c.Accounts = sorted(accounts, compareAccounts)
	return c
}

// compareAccounts orders accounts by id, and two versions of one account by what
// they say.
func compareAccounts(a, b Account) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), slices.Compare(texts(a), texts(b)))
}

// sorted returns a sorted copy without equal neighbours.
func sorted[T any](list []T, compare func(a, b T) int) []T {
	copied := slices.Clone(list)
	slices.SortFunc(copied, compare)
	return slices.CompactFunc(copied, func(a, b T) bool { return compare(a, b) == 0 })
}
