package match

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"strconv"
)

// inputsHash returns the SHA-256, in hexadecimal, of the inputs of a decision.
// The candidates are canonical. Each list is written with its length and each
// text with its own, so that no two inputs write the same bytes.
func inputsHash(lead Lead, candidates Candidates, policy Policy) string {
	sum := sha256.New()
	write(sum, strconv.FormatBool(lead.Pinned), lead.PinnedAccount, lead.AccountRef,
		lead.Email.Address, lead.Email.Key, lead.Email.Host.Name, lead.Email.Host.Domain, string(lead.Email.Kind),
		lead.Company, lead.Country, lead.Phone, lead.Postal)
	write(sum, string(policy.Hierarchy), string(policy.NameOnly), string(policy.NameFuzzy))
	write(sum, candidates.Referred, candidates.ListsVersion)
	write(sum, candidates.Shared...)
	for _, person := range candidates.People {
		write(sum, person.Address, person.Key, person.AccountID)
	}
	for _, known := range candidates.Known {
		write(sum, known.Host, known.AccountID)
	}
	for _, account := range candidates.Accounts {
		write(sum, texts(account)...)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// write adds a list of texts to a hash.
func write(sum hash.Hash, list ...string) {
	bytes := binary.AppendUvarint(nil, uint64(len(list)))
	for _, text := range list {
		bytes = binary.AppendUvarint(bytes, uint64(len(text)))
		bytes = append(bytes, text...)
	}
	sum.Write(bytes) // a hash.Hash never returns an error
}

// texts returns all that an account says, as a list that no other account with
// the same id writes.
func texts(a Account) []string {
	list := []string{a.ID, strconv.FormatBool(a.Active), a.Name, a.Country, a.Phone, a.Postal, strconv.Itoa(len(a.Hosts))}
	for _, host := range a.Hosts {
		list = append(list, host.Name, host.Domain)
	}
	return append(list, a.Ancestors...)
}
