// Package apisuite tells stories through the public API of a running suite, over gRPC and over REST, and checks every
// answer. The stories are YAML files in testdata; adding one needs no Go.
//
// A file is a scenario:
//
//	about: A rep who rejects a lead says why.
//	split: true                       # also told to a suite whose services are processes of their own
//	needs: [company]                  # scenarios that are told before, once a suite; their captures can be used
//	people:
//	  jane: {roles: [sales_rep]}      # token and subject `jane-${run}`; also kind, partner, subject
//	steps:
//	  - about: The lead comes in.
//	    as: jane                      # left out: without credentials
//	    call: ScoringService/CreateLead
//	    request:                      # the request, as its protobuf JSON; its fields are checked when the file is read
//	      lead: {source: website, email: "vera-${run}@alder.example"}
//	    want:                         # left out: OK
//	      status: OK
//	      response: {name: {$matches: "^leads/"}}
//	    capture: {lead: name}         # ${lead} is the answer's name from here on
//
// What else a step may have:
//
//	want       status (a gRPC code), http, reason, message, fields (of the violations, exactly), metadata, response
//	each       a list of variables; the step is taken once with each
//	alike      true: those answers may differ in the variables' own values alone
//	repeat     true: the same request again gives the same answer
//	eventually true: taken again until it holds, where services run by themselves
//	advance    a length of time by which the test clock moves; a step of its own
//	json       the body of the REST request as text, instead of what request says
//	text       the gRPC request as protobuf text, for what JSON cannot say
//	headers    headers of the REST request
//	send       a REST request that no method stands for: method, path, headers, body
//
// A step with json, headers or send is for REST alone, one with text for gRPC alone.
//
// Values may hold ${variables}: what was captured, people's subjects, the variables of each, and
//
//	${run}         tells this telling of the stories from others in the same suite
//	${now}         the suite's time; ${now-90m} and ${now+24h} lie beside it
//	${uuid:a}      a UUID, always the same for `a` in this scenario
//	${file:x.yaml} a text in testdata/files, its own variables filled in
//
// and `{$times: 1001, of: …}` is a list of as many, with ${n} counting from 1; with text instead of of it is one text, as
// often. `$with: ${change}` in a request puts the fields of a variable beside the others, over those of the same name.
//
// A response matches what is wanted of it when it has at least that:
//
//	a mapping      each key matches; a key wanted as ~ is not set
//	a list         as long, and item by item
//	{$contains: […]} each of these matches some item      {$lacks: […]}  none of these matches any
//	{$length: 3}   that many items                        {$matches: re} a text that the expression finds
//
// # Promises
//
//   - A scenario gives the same answers on every database, over gRPC and over REST. In lockstep on a test clock whole
//     tellings can be compared: they are equal to the byte ([Transcript]).
//   - A misspelt key, field, method, status or reason is an error at its line and column when the file is read, not a
//     check that never fails.
//   - [Suite.Closed] asks every method of the API, today's and tomorrow's, for what nobody may get.
//   - [Suite.Masks] tries every update of the API, today's and tomorrow's, with every sort of mask.
package apisuite
