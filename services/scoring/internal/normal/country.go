package normal

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"
)

// MaxCountryBytes is the longest text that is read as a country.
const MaxCountryBytes = 128

// assigned are the officially assigned codes of ISO 3166-1 alpha-2, and XK for
// Kosovo, which is user-assigned but in general use.
const assigned = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS " +
	"BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES " +
	"ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM " +
	"IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME " +
	"MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG " +
	"PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY " +
	"SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA " +
	"ZM ZW"

// Country returns the ISO 3166-1 alpha-2 code of a country, given as that code,
// as its alpha-3 or numeric code, or by name in one of the languages of
// nameLanguages. Accents, case and punctuation do not matter.
func Country(country string) (string, error) {
	country, err := admit(FieldCountry, country, MaxCountryBytes)
	if err != nil {
		return "", err
	}
	if isCode(country) {
		return country, nil
	}
	name := countryKey(country)
	if code, known := countryCode(name); known {
		return code, nil
	}
	if code, known := countryNames()[name]; known {
		return code, nil
	}
	return "", refuse(FieldCountry, ErrUnknown)
}

// isCode reports whether a text is an alpha-2 code as it is written.
func isCode(text string) bool {
	return len(text) == 2 && 'A' <= text[0] && text[0] <= 'Z' && 'A' <= text[1] && text[1] <= 'Z' && strings.Contains(assigned, text)
}

// countryCode resolves an ISO 3166-1 code of two or three letters or three
// digits.
func countryCode(text string) (string, bool) {
	if len(text) != 2 && len(text) != 3 {
		return "", false
	}
	region, err := language.ParseRegion(text)
	if err != nil {
		return "", false
	}
	code := region.Canonicalize().String() // "UK" is "GB"
	return code, len(code) == 2 && strings.Contains(assigned, code)
}

// countryKey returns what country names are compared by: the words without
// accents and without a leading "the".
func countryKey(name string) string {
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(plain(name)))
	return strings.TrimPrefix(bare, "the ")
}

// nameLanguages are the languages whose names of countries are understood, in
// order of precedence. Where two give one name to different countries the
// earlier wins.
const nameLanguages = "en de fr es pt it nl sv da nb fi pl cs sk hu ro hr sl tr el bg uk ru ja zh ko"

// countryNames returns the code of each known name, built on first use: from
// the Unicode CLDR, and from otherNames, which win.
var countryNames = sync.OnceValue(func() map[string]string {
	names := make(map[string]string, 6000)
	for code, list := range otherNames {
		for _, name := range list {
			names[countryKey(name)] = code
		}
	}
	for tag := range strings.FieldsSeq(nameLanguages) {
		namer := display.Regions(language.MustParse(tag))
		for code := range strings.FieldsSeq(assigned) {
			key := countryKey(namer.Name(language.MustParseRegion(code)))
			if _, taken := names[key]; !taken {
				names[key] = code
			}
		}
	}
	return names
})

// otherNames are names that the CLDR lacks: abbreviations, names in use that are
// not the display name, parts of the United Kingdom, and names newer than the
// release of the CLDR that the library carries.
var otherNames = map[string][]string{
	"AE": {"UAE", "U.A.E.", "Emirates"},
	"BA": {"Bosnia", "Bosnia & Herzegovina"},
	"BN": {"Brunei Darussalam"},
	"BO": {"Plurinational State of Bolivia"},
	"CD": {"DR Congo", "DRC", "Democratic Republic of the Congo", "Congo-Kinshasa"},
	"CG": {"Republic of the Congo", "Congo-Brazzaville"},
	"CI": {"Ivory Coast"},
	"CN": {"PRC", "P.R. China", "People's Republic of China", "Mainland China"},
	"CV": {"Cabo Verde"},
	"CZ": {"Czech Republic"},
	"DE": {"Federal Republic of Germany", "Bundesrepublik Deutschland", "BRD"},
	"ES": {"Kingdom of Spain"},
	"GB": {"Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland", "U.K.",
		"United Kingdom of Great Britain and Northern Ireland"},
	"HK": {"Hong Kong", "Hong Kong SAR", "Hongkong"},
	"IE": {"Republic of Ireland", "Eire"},
	"IR": {"Islamic Republic of Iran"},
	"KP": {"Democratic People's Republic of Korea"},
	"KR": {"Korea", "Republic of Korea", "Korea, Republic of", "S. Korea"},
	"LA": {"Lao PDR", "Lao People's Democratic Republic"},
	"MD": {"Republic of Moldova"},
	"MK": {"North Macedonia", "Macedonia", "Republic of North Macedonia"},
	"MM": {"Myanmar", "Burma"},
	"MO": {"Macau", "Macao", "Macau SAR"},
	"NL": {"Holland"},
	"PS": {"Palestine", "State of Palestine"},
	"RU": {"Russian Federation"},
	"SY": {"Syrian Arab Republic"},
	"SZ": {"Eswatini", "Swaziland"},
	"TL": {"East Timor"},
	"TR": {"Türkiye", "Republic of Türkiye", "Turkey"},
	"TW": {"Taiwan, Province of China", "Republic of China", "R.O.C."},
	"TZ": {"United Republic of Tanzania"},
	"US": {"U.S.A.", "United States of America", "The States", "America", "EEUU", "EE.UU.", "Estados Unidos da América"},
	"VA": {"Holy See", "Vatican"},
	"VE": {"Bolivarian Republic of Venezuela"},
	"VN": {"Viet Nam"},
}
