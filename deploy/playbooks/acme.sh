#!/bin/sh
# Brings what the playbook acme.yaml speaks of into a suite: the calendar, the reps and the pools. These are resources of
# their own, because people come and go without anybody signing anything. Run again it changes nothing.
#
#   SUITE=http://127.0.0.1:8080 TOKEN=$(handoff token --subject=ops --role=revops) ./acme.sh
#
# Then the playbook itself: `handoff playbook apply acme.yaml`, sign it for both teams, activate it.
set -eu
: "${SUITE:?is where the suite speaks REST, such as http://127.0.0.1:8080}" "${TOKEN:?is a token with the role revops}"

add() { # add COLLECTION PARAMETER ID JSON
	printf '%s/%s: ' "$1" "$3"
	printf '%s' "$4" | curl --silent --show-error --fail-with-body --output /dev/null --write-out '%{http_code}\n' \
		--header "Authorization: Bearer $TOKEN" --header 'Content-Type: application/json' \
		--header "Idempotency-Key: acme-$1-$3" --data-binary @- "$SUITE/v1/$1?$2=$3"
}

# Public holidays come from the country's rules; a day that is Acme's own goes into `holidays`.
calendar() { # calendar ID OPEN CLOSE
	day="{\"intervals\": [{\"open\": \"$2\", \"close\": \"$3\"}]}"
	add calendars calendarId "$1" "{
	  \"timeZone\": \"America/New_York\",
	  \"hours\": {\"mon\": $day, \"tue\": $day, \"wed\": $day, \"thu\": $day, \"fri\": $day},
	  \"publicHolidays\": [{\"country\": \"US\"}], \"holidays\": [\"2026-12-24\"]}"
}
calendar us-east-business 09:00 17:00
calendar us-east-inbound 08:00 20:00

# `subject` is who the identity provider says the rep is; whoever has it in a token acts as the rep. A rep with a calendar of
# their own works by that, the others by that of the pool that gave them the lead.
rep() { # rep ID NAME TEAM
	add reps repId "$1" "{\"displayName\": \"$2\", \"subject\": \"$1\", \"team\": \"$3\",
	  \"maxOpen\": 40, \"maxPerDay\": 12}"
}
rep ada 'Ada Ames' enterprise
rep ben 'Ben Boyd' enterprise
rep cleo 'Cleo Cruz' velocity
rep dan 'Dan Diaz' velocity
rep eve 'Eve Ellis' velocity

# A member of weight 2 gets twice as many leads as one of weight 1. The overflow pool takes what nobody else can.
add pools poolId overflow '{"displayName": "Overflow", "calendar": "calendars/us-east-inbound", "members": [{"rep": "reps/eve", "weight": 1}]}'
add pools poolId enterprise '{"displayName": "Enterprise", "overflow": "pools/overflow", "calendar": "calendars/us-east-business",
  "members": [{"rep": "reps/ada", "weight": 2}, {"rep": "reps/ben", "weight": 1}]}'
add pools poolId velocity '{"displayName": "Velocity", "overflow": "pools/overflow", "calendar": "calendars/us-east-inbound",
  "members": [{"rep": "reps/cleo", "weight": 1}, {"rep": "reps/dan", "weight": 1}, {"rep": "reps/eve", "weight": 1}]}'
