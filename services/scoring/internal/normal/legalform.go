package normal

// longestLegalForm is the number of words of the longest legal suffix that
// isLegalForm knows.
const longestLegalForm = 5

// isLegalForm reports whether words, as Company spells them, are the legal
// suffix of a company name. A suffix that is also a common word or name, such as
// the Danish "da" or the Belgian "cv", is left out: one too few costs a match
// that the name alone was not enough for anyway, one too many joins strangers.
func isLegalForm(text string) bool {
	switch text {
	case // English
		"inc", "incorporated", "corp", "corporation", "co", "company", "llc", "l l c", "llp", "lllp", "lp", "pllc",
		"ltd", "limited", "private", "pvt", "plc", "public limited company", "ulc", "dac", "cic", "clg",
		"pty", "pte", "proprietary":
		return true
	case // German
		"gmbh", "mbh", "gesmbh", "ges m b h", "g m b h", "ag", "aktiengesellschaft", "kg", "kgaa", "ohg", "gbr",
		"ug", "ug haftungsbeschränkt", "ek", "ev", "eg", "se":
		return true
	case // Dutch and French
		"bv", "b v", "nv", "n v", "vof", "bvba", "sprl",
		"sa", "s a", "sas", "sasu", "sarl", "s a r l", "eurl", "sca", "snc", "scs", "cie", "ltée", "ltee":
		return true
	case // Italian, Spanish and Portuguese
		"spa", "s p a", "srl", "s r l", "srls", "sapa", "sl", "s l", "slu", "sau", "sll",
		"sa de cv", "s a de c v", "sab de cv", "sapi de cv", "s de rl de cv", "s de r l de c v", "srl de cv",
		"sac", "saa", "sas esp", "sa esp",
		"ltda", "limitada", "eireli", "lda", "unipessoal lda", "sgps":
		return true
	case // Nordic and Baltic
		"ab", "aktiebolag", "as", "asa", "aps", "oy", "oyj", "abp", "ehf", "hf", "oü", "uab", "sia", "publ":
		return true
	case // Central and eastern Europe
		"sro", "s r o", "spol sro", "spol s r o", "zrt", "nyrt", "kft", "doo", "d o o", "dd", "d d",
		"spzoo", "sp zoo", "sp z oo", "sp z o o", "sp k", "ad", "eood", "ood", "ooo", "oao", "zao", "pao", "tov",
		"ооо", "оао", "зао", "пао", "ао", "тов", "aş", "a ş", "ltd şti", "şti":
		return true
	case // Asia, Africa and the Gulf
		"kk", "k k", "gk", "kabushiki kaisha", "kabushiki gaisha", "godo kaisha",
		"bhd", "sdn", "berhad", "tbk", "jsc", "pjsc", "ojsc", "cjsc", "fze", "fzco", "fz llc", "wll", "w l l":
		return true
	}
	return false
}
