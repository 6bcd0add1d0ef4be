package demo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// slot is how often marketing's systems send what they have gathered.
const slot = 30 * time.Minute

// input is what the world does at one instant.
type input struct {
	at          time.Time
	leads       []*scoringv1.CreateLeadRequest
	broken      []*scoringv1.CreateLeadRequest // rows that no system should send; the suite refuses them
	engagements []*scoringv1.Engagement
	spends      []*attributionv1.Spend
}

// Leads is how many people make contact in the month, unless the play is told otherwise.
const Leads = 2000

// script is all that the world does in the month, in order.
func script(seed string, leads int, c *company) []input {
	bySlot := map[time.Time]*input{}
	at := func(t time.Time) *input {
		t = t.Truncate(slot).Add(slot) // sent at the end of the slot in which it happened
		if bySlot[t] == nil {
			bySlot[t] = &input{at: t}
		}
		return bySlot[t]
	}
	for i := range leads {
		newPerson(seed, i, c).appear(at)
	}
	for week := Start.Add(9 * time.Hour); week.Before(End); week = week.AddDate(0, 0, 7) {
		for _, k := range c.campaigns {
			in := at(week)
			in.spends = append(in.spends, &attributionv1.Spend{Source: "ads", SourceId: k.id + week.Format("/2006-01-02"),
				Campaign: "campaigns/" + k.id, Amount: &money.Money{CurrencyCode: "USD", Units: k.weekly, Nanos: 500_000_000},
				SpendTime: timestamppb.New(week)})
		}
	}
	var all []input
	for _, in := range bySlot {
		if in.at.Before(End) {
			in.sort()
			all = append(all, *in)
		}
	}
	slices.SortFunc(all, func(a, b input) int { return a.at.Compare(b.at) })
	return all
}

// sort brings what was gathered into the one order that the seed gives.
func (in *input) sort() {
	byLead := func(a, b *scoringv1.CreateLeadRequest) int {
		return cmp.Or(cmp.Compare(a.GetLead().GetSource(), b.GetLead().GetSource()), cmp.Compare(a.GetLead().GetSourceId(), b.GetLead().GetSourceId()))
	}
	slices.SortFunc(in.leads, byLead)
	slices.SortFunc(in.broken, byLead)
	slices.SortFunc(in.engagements, func(a, b *scoringv1.Engagement) int {
		return cmp.Or(a.GetOccurTime().AsTime().Compare(b.GetOccurTime().AsTime()), cmp.Compare(a.GetSourceEventId(), b.GetSourceEventId()))
	})
}

// person is somebody who makes contact.
type person struct {
	luck     chance
	number   int
	account  *account // nil for somebody without a company in the books
	email    string
	given    string
	family   string
	title    string
	campaign campaign
	at       time.Time
}

var (
	givenNames  = []string{"Alice", "Bruno", "Chloé", "Dmitri", "Elif", "Farid", "Grace", "Hiro", "Inés", "Jürgen", "Kofi", "Lucía", "Marek", "Nadia", "Oskar", "Priya", "Quentin", "Rahel", "Søren", "Tariq", "Ursula", "Viktor", "Wen", "Ximena", "Yusuf", "Zofia"}
	familyNames = []string{"Adler", "Bianchi", "Chen", "Dubois", "Eriksson", "Fischer", "García", "Haddad", "Ivanova", "Jensen", "Kowalski", "Lindqvist", "Moreau", "Nakamura", "O'Brien", "Pereira", "Quiñones", "Rossi", "Schmidt", "Tanaka", "Ueda", "Varga", "Weber", "Xu", "Yılmaz", "Zhang"}
	goodTitles  = []string{"VP of Sales", "Director of Marketing", "Chief Revenue Officer", "Head of Revenue Operations", "Director of Sales", "CMO"}
	otherTitles = []string{"Marketing Manager", "Student", "Software Engineer", "Office Manager", "Account Executive", "Intern", ""}
	freeMail    = []string{"gmail.com", "yahoo.com", "outlook.com", "gmx.de"}
)

func newPerson(seed string, i int, c *company) *person {
	l := luck(seed, "person", fmt.Sprint(i))
	p := &person{luck: l, number: i, given: pick(l, givenNames), family: pick(l, familyNames), title: pick(l, otherTitles)}
	weights := make([]float64, len(c.campaigns))
	for j, k := range c.campaigns {
		weights[j] = k.weight
	}
	p.campaign = c.campaigns[l.weighted(weights...)]
	if l.happens(0.55) {
		p.title = pick(l, goodTitles)
	}
	p.at = p.moment()
	local := fmt.Sprintf("%s.%s%d", ascii(p.given), strings.NewReplacer("'", "", "ı", "i", "ñ", "n", "í", "i").Replace(ascii(p.family)), i)
	switch l.weighted(0.78, 0.17, 0.05) {
	case 0:
		p.account = &c.accounts[l.IntN(len(c.accounts))]
		if l.happens(0.3) { // the ads reach who they are meant for
			for !p.account.target {
				p.account = &c.accounts[l.IntN(len(c.accounts))]
			}
		}
		p.email = asciiOnly(local) + "@" + p.account.domain
	case 1:
		p.email = asciiOnly(local) + "@" + pick(l, freeMail)
	default:
		p.email = asciiOnly(local) + "@nobody-knows-us.example"
	}
	return p
}

// asciiOnly drops what a plain address cannot have.
func asciiOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

// moment is when somebody makes contact: mostly in the daytime of a weekday.
func (p *person) moment() time.Time {
	for {
		at := Start.Add(time.Duration(p.luck.Float64() * float64(End.Sub(Start)-4*time.Hour))).Truncate(time.Second)
		weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
		night := at.Hour() < 7 || at.Hour() > 22
		if (!weekend || p.luck.happens(0.25)) && (!night || p.luck.happens(0.2)) {
			return at
		}
	}
}

// appear puts everything that a person does into the script.
func (p *person) appear(at func(time.Time) *input) {
	source := map[string]string{"webinar": "webinars", "event": "badge-scanner", "email": "newsletter"}[p.campaign.channel]
	if source == "" {
		source = "website"
	}
	in := at(p.at)
	request := p.lead(source, fmt.Sprintf("P-%05d", p.number), p.email, p.at)
	if p.luck.happens(0.012) {
		request.Lead.Email, request.RequestId = "not an address", requestID("lead", request.GetLead().GetSourceId())
		in.broken = append(in.broken, request)
		return
	}
	in.leads = append(in.leads, request)
	if p.luck.happens(0.06) { // the same person comes in by another list, spelt in another way
		later := p.at.Add(time.Duration(p.luck.about(40)) * time.Hour)
		if later.Before(End.Add(-slot)) {
			again := at(later)
			again.leads = append(again.leads, p.lead("list-import", fmt.Sprintf("D-%05d", p.number), strings.ToUpper(p.email), later))
		}
	}
	p.engage(at)
}

func (p *person) lead(source, id, email string, when time.Time) *scoringv1.CreateLeadRequest {
	l := &scoringv1.Lead{Source: source, SourceId: id, Email: email, GivenName: p.given, FamilyName: p.family, Title: p.title,
		Campaign: "campaigns/" + p.campaign.id, OccurTime: timestamppb.New(when)}
	if p.account != nil {
		l.Company, l.Country = p.account.name, p.account.country
	}
	return &scoringv1.CreateLeadRequest{Lead: l}
}

// engage is what a person does before and after making contact. Whoever has a use for the product does more.
func (p *person) engage(at func(time.Time) *input) {
	keen := p.luck.about(1)
	n := 2 + int(keen*9)
	for k := range n {
		when := p.at.Add(-time.Duration(p.luck.about(30) * float64(time.Hour)))
		if k > n/2 {
			when = p.at.Add(time.Duration(p.luck.about(60) * float64(time.Hour)))
		}
		p.do(at, when, k, "page_view", keen)
	}
	if p.luck.happens(0.14) {
		p.do(at, p.at.Add(time.Duration(p.luck.about(48))*time.Hour), 900, "webinar_attend", keen)
	}
	if p.luck.happens(0.12 + 0.12*min(keen, 2)) {
		p.do(at, p.at.Add(time.Duration(p.luck.about(20))*time.Hour), 901, "form_submit", keen)
	}
}

// do puts one engagement into the script, if it falls into the month.
func (p *person) do(at func(time.Time) *input, when time.Time, k int, kind string, keen float64) {
	when = when.Truncate(time.Second)
	if when.Before(Start) || !when.Before(End.Add(-slot)) {
		return
	}
	e := &scoringv1.Engagement{Source: "tracker", SourceEventId: fmt.Sprintf("E-%05d-%03d", p.number, k), Type: kind,
		Who: &scoringv1.Engagement_Email{Email: p.email}, OccurTime: timestamppb.New(when),
		Campaign: "campaigns/" + p.campaign.id, Channel: p.campaign.channel}
	switch kind {
	case "webinar_attend":
		e.Asset = "spring-webinar"
	case "form_submit":
		e.Form = pick(p.luck, []string{"demo_request", "demo_request", "pricing", "newsletter"})
	default:
		p.browse(e, keen)
	}
	in := at(when)
	in.engagements = append(in.engagements, e)
}

// browse fills in what somebody looked at.
func (p *person) browse(e *scoringv1.Engagement, keen float64) {
	switch p.luck.weighted(6, 1+keen, 1.2, 1.5, 0.3) {
	case 0:
		e.Page = pick(p.luck, []string{"/", "/product", "/blog/handover", "/careers", "/docs"})
	case 1:
		e.Page = pick(p.luck, []string{"/pricing", "/pricing", "/case-studies"})
	case 2:
		e.Type, e.Asset = "content_download", pick(p.luck, []string{"sla-guide", "icp-worksheet", "roi-calculator"})
	case 3:
		e.Type = "email_click"
	default:
		e.Type, e.Automated = "email_click", true // a mail scanner
	}
	if p.luck.happens(0.25) {
		e.Campaign, e.Channel = "", "direct"
	}
}
