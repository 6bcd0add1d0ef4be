package demo

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

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
	asked    time.Time // when they asked for a demo or a price first; zero for never
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
	local := fmt.Sprintf("%s.%s%d", ascii(p.given), strings.NewReplacer("'", "", "ı", "i", "ñ", "n", "í", "i").Replace(ascii(p.family)), i)
	switch l.weighted(0.78, 0.17, 0.05) {
	case 0:
		p.account = p.employer(c, l.happens(0.3))
		p.email = asciiOnly(local) + "@" + p.account.domain
	case 1:
		p.email = asciiOnly(local) + "@" + pick(l, freeMail)
	default:
		p.email = asciiOnly(local) + "@nobody-knows-us.example"
	}
	p.at = p.moment()
	return p
}

// employer picks the account of a person whom marketing reaches. The ads reach whom they are meant for.
func (p *person) employer(c *company, byAds bool) *account {
	for {
		a := &c.accounts[p.luck.IntN(len(c.accounts))]
		if a.reach != never && (a.target || !byAds) {
			return a
		}
	}
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

// moment is when somebody makes contact.
func (p *person) moment() time.Time {
	for {
		at := Start.Add(time.Duration(p.luck.Float64() * float64(End.Sub(Start)-4*time.Hour))).Truncate(time.Second)
		if p.awake(at) && (p.account == nil || p.account.reached(at)) {
			return at
		}
	}
}

// awake reports whether somebody would be busy with work at an instant: mostly in the daytime of a weekday, wherever they
// are.
func (p *person) awake(at time.Time) bool {
	morning, evening := 12, 24 // in America
	if p.account != nil && !p.account.american() {
		morning, evening = 6, 19
	}
	night := at.Hour() < morning || at.Hour() >= evening
	return (!weekend(at) || p.luck.happens(0.1)) && (!night || p.luck.happens(0.06))
}

// later is a waking hour of a person, some time after another.
func (p *person) later(from time.Time, hours float64) time.Time {
	at := from.Add(time.Duration(p.luck.about(hours) * float64(time.Hour)))
	for !p.awake(at) {
		at = at.Add(5 * time.Hour)
	}
	return at.Truncate(time.Second)
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
		later := p.later(p.at, 40)
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
	if p.number%3 == 0 {
		l.Phone = p.phone()
	}
	return &scoringv1.CreateLeadRequest{Lead: l}
}

// phone is a number that nobody has: each area code keeps a hundred for stories.
func (p *person) phone() string {
	areas := []int{212, 310, 312, 415, 512, 617, 646, 702, 713, 720, 737, 786, 801, 813, 818, 832, 857, 904, 916, 919}
	return fmt.Sprintf("+1 %d 555 01%02d", areas[p.number/100%len(areas)], p.number%100)
}

// engage is what a person does before and after making contact. Whoever has a use for the product does more.
func (p *person) engage(at func(time.Time) *input) {
	keen := p.luck.about(1)
	n := 2 + int(keen*9)
	for k := range n {
		when := p.at.Add(-time.Duration(p.luck.about(30) * float64(time.Hour)))
		if k > n/2 {
			when = p.later(p.at, 60)
		}
		p.do(at, when, k, "page_view", keen)
	}
	if p.luck.happens(0.17) {
		p.do(at, p.later(p.at, 48), 900, "webinar_attend", keen)
	}
	if p.luck.happens(0.12 + 0.12*min(keen, 2)) {
		p.do(at, p.later(p.at, 20), 901, "form_submit", keen)
	}
}

// do puts one engagement into the script, if it falls into the month.
func (p *person) do(at func(time.Time) *input, when time.Time, k int, kind string, keen float64) {
	when = when.Truncate(time.Second)
	unheard := p.account != nil && !p.account.reached(when)
	if when.Before(Start) || !when.Before(End.Add(-slot)) || unheard {
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
		if e.GetForm() != "newsletter" {
			p.asked = when
		}
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
