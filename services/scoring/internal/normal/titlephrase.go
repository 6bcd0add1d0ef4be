package normal

// longestPhrase is the number of words of the longest phrase below.
const longestPhrase = 4

// borrowingPhrase returns the level of a title that holds this phrase, whose
// other words name somebody else's level or a past one.
func borrowingPhrase(text string) (Seniority, bool) {
	switch text {
	case
		"assistant to", "assistant to the", "executive assistant", "personal assistant",
		"administrative assistant", "ea to", "pa to", "secretary", "intern", "internship", "trainee", "apprentice",
		"student", "working student":
		return Individual, true
	case "former", "formerly", "retired", "ex":
		return UnknownSeniority, true
	}
	return UnknownSeniority, false
}

// seniorityPhrase returns the level that a phrase tells. A longer phrase hides
// the shorter ones in it: "vice president" holds no president.
func seniorityPhrase(text string) (Seniority, bool) {
	switch text {
	case
		"ceo", "cfo", "cto", "cmo", "coo", "cio", "ciso", "cro", "cpo", "cdo", "cso", "cco", "chro", "cxo",
		"chief executive", "president", "founder", "founding partner", "owner", "proprietor", "managing director",
		"managing partner", "general partner", "chairman", "chairwoman", "chairperson", "chair":
		return CLevel, true
	case "vp", "svp", "evp", "avp", "rvp", "gvp", "vice president", "vicepresident", "v president":
		return VP, true
	case "director", "dir", "head", "head of", "chief of staff", "general manager", "gm":
		return Director, true
	case "manager", "mgr", "mngr", "supervisor", "team lead", "team leader", "foreman":
		return Manager, true
	case "senior", "sr", "snr", "lead", "principal", "staff", "chief", "distinguished":
		return Senior, true
	case
		"account executive", "accountant", "administrator", "admin", "advisor", "adviser", "agent", "analyst",
		"architect", "assistant", "associate", "auditor", "bdr", "buyer", "clerk", "consultant", "coordinator",
		"copywriter", "designer", "developer", "editor", "engineer", "executive", "generalist", "inspector",
		"lead generation", "lead gen", "marketer", "officer", "operator", "planner", "process owner",
		"product owner", "programmer", "recruiter", "rep", "representative", "researcher",
		"salesman", "salesperson", "saleswoman", "scientist", "sdr", "specialist", "strategist", "technician", "tester", "writer", "business partner":
		return Individual, true
	}
	return UnknownSeniority, false
}

// functionPhrase returns the department that a phrase tells.
func functionPhrase(text string) (Function, bool) {
	switch text {
	case
		"sales", "business development", "account executive", "account manager", "account management", "bdr",
		"sdr", "revenue", "cro", "commercial", "presales", "pre sales", "partnerships", "channel", "key account",
		"sales enablement", "sales engineer", "sales engineering", "sales development", "salesman", "salesperson",
		"saleswoman", "inside sales", "field sales":
		return Sales, true
	case
		"marketing", "marketer", "cmo", "brand", "branding", "growth", "demand gen", "demand generation",
		"lead gen", "lead generation", "content", "communications", "comms", "pr", "public relations", "seo",
		"sem", "ppc", "social media", "advertising", "copywriter", "product marketing", "digital marketing",
		"events":
		return Marketing, true
	case
		"revops", "rev ops", "revenue ops", "revenue operations", "sales ops", "sales operations", "marketing ops",
		"marketing operations", "mops", "gtm ops", "gtm operations", "go to market operations", "gtm systems",
		"crm", "salesforce administrator", "salesforce admin":
		return RevOps, true
	case
		"engineering", "engineer", "developer", "software", "cto", "technology", "r and d",
		"research and development", "devops", "sre", "programmer", "architect", "data scientist", "data science",
		"data engineer", "machine learning", "qa", "quality assurance", "technical lead", "tech lead", "frontend",
		"backend", "full stack", "fullstack":
		return Engineering, true
	case
		"finance", "financial", "cfo", "accounting", "accountant", "controller", "comptroller", "treasurer",
		"treasury", "audit", "auditor", "tax", "fp and a", "fpa", "bookkeeper", "payroll", "billing":
		return Finance, true
	case
		"operations", "ops", "coo", "supply chain", "logistics", "procurement", "purchasing", "manufacturing",
		"production", "facilities", "warehouse", "fulfillment", "fulfilment", "plant":
		return Operations, true
	case
		"hr", "human resources", "people", "people operations", "people ops", "talent", "recruiting", "recruiter",
		"recruitment", "chro", "talent acquisition", "hr operations", "compensation and benefits":
		return HR, true
	case
		"it", "information technology", "cio", "ciso", "information security", "infosec", "security",
		"cybersecurity", "cyber security", "systems administrator", "system administrator", "sysadmin",
		"network administrator", "network engineer", "help desk", "helpdesk", "it operations", "desktop support",
		"information systems", "infrastructure":
		return IT, true
	}
	return OtherFunction, false
}
