package main

import "maps"

type object = map[string]any

// examples are bodies to begin with, by operation.
var examples = map[string]object{
	"ScoringService_CreateLead": lead(),
	"ScoringService_CreateAccount": {"source": "crm", "sourceId": "A-1", "displayName": "Alder Software", "domains": []any{"alder-software.example"},
		"industry": "software", "employees": "450", "country": "US"},
	"ScoringService_BatchRecordEngagements": {"engagements": []any{with(form(), "email", "vera.lang@alder-software.example")}},
	"ScoringService_ScoreLead":              {"lead": lead(), "engagements": []any{form()}},
	"RoutingService_CreateRep":              {"displayName": "Jane Doe", "subject": "jane", "calendar": "calendars/us-east", "maxOpen": 30},
	"RoutingService_CreatePool": {"displayName": "Enterprise", "members": []any{
		object{"rep": "reps/jane-doe", "weight": 2}, object{"rep": "reps/john-roe", "weight": 1}}},
	"SlaService_CreateCalendar": {"timeZone": "America/New_York", "holidays": []any{"2026-05-25"}, "hours": object{
		"mon": object{"intervals": []any{object{"open": "09:00", "close": "12:00"}, object{"open": "13:00", "close": "17:00"}}}}},
	"SlaService_CreateActivity":      {"type": "TYPE_CALL", "occurTime": "2026-05-04T14:30:00Z"},
	"FeedbackService_AcceptHandoff":  {"assignment": 1},
	"FeedbackService_DeclineHandoff": {"assignment": 1, "comment": "Not my territory."},
	"FeedbackService_RejectHandoff": {"assignment": 1, "reason": "REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC", "evidence": []any{
		object{"criterion": "size_fit", "field": "account.employees", "observedValue": "12"}}},
	"FeedbackService_RecycleHandoff": {"assignment": 1, "target": "RECYCLE_TARGET_NURTURE", "comment": "Budget comes in autumn."},
	"FeedbackService_DisposeHandoff": {"assignment": 1, "outcome": "OUTCOME_SQL", "rating": 5, "confirmed": []any{"need", "timing"},
		"nextStep": "Demo on Tuesday."},
	"AttributionService_CreateOpportunity": {"source": "crm", "sourceId": "D-1", "account": "accounts/0192f0c1a2b37c4d8e5f60718293a4b5",
		"amount": object{"currencyCode": "USD", "units": "25000"}, "contacts": []any{
			object{"lead": "leads/0192f0c1a2b37c4d8e5f60718293a4b5", "role": "champion"}}},
	"PlaybookService_SignPlaybook": {"team": "TEAM_MARKETING"},
}

func lead() object {
	return object{"source": "website", "sourceId": "form-1", "email": "vera.lang@alder-software.example", "givenName": "Vera",
		"familyName": "Lang", "title": "VP of Sales", "company": "Alder Software", "country": "US"}
}

func form() object {
	return object{"source": "website", "sourceEventId": "e-1", "type": "form_submit", "form": "demo_request", "page": "/demo",
		"occurTime": "2026-05-04T14:02:11Z"}
}

func with(o object, key string, value any) object {
	o = maps.Clone(o)
	o[key] = value
	return o
}
