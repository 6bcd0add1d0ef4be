package normal

import "strings"

// CompanyInFull returns a key of [Company] with the abbreviations that company names use spelt out: "acme intl mfg" is "acme
// international manufacturing". It is only for comparing names that may be alike; equal names have equal keys.
func CompanyInFull(key string) string {
	words := strings.Fields(key)
	for i, word := range words {
		words[i] = inFull(word)
	}
	return strings.Join(words, " ")
}

// inFull spells an abbreviation that company names use out; other words stay. Only what can mean one word is here.
func inFull(word string) string {
	switch word {
	case "assn", "assoc":
		return "association"
	case "bldg":
		return "building"
	case "bros":
		return "brothers"
	case "comms":
		return "communications"
	case "ctr":
		return "center"
	case "dept":
		return "department"
	case "dist":
		return "distribution"
	case "eng", "engrg":
		return "engineering"
	case "ent":
		return "enterprises"
	case "equip":
		return "equipment"
	case "fin":
		return "financial"
	case "govt":
		return "government"
	case "grp":
		return "group"
	case "hldg", "hldgs":
		return "holdings"
	case "hosp":
		return "hospital"
	case "ind", "inds":
		return "industries"
	case "ins":
		return "insurance"
	case "inst":
		return "institute"
	case "intl":
		return "international"
	case "labs":
		return "laboratories"
	case "mfg":
		return "manufacturing"
	case "mgmt", "mgt":
		return "management"
	case "mktg":
		return "marketing"
	case "natl":
		return "national"
	case "pharma":
		return "pharmaceuticals"
	case "svc", "svcs":
		return "services"
	case "sys":
		return "systems"
	case "tech", "techs":
		return "technologies"
	case "telecom":
		return "telecommunications"
	case "univ":
		return "university"
	}
	return word
}
