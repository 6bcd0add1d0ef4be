package normal_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

func TestTitleTellsSeniorityAndFunction(t *testing.T) {
	t.Parallel()
	tests := []struct {
		title     string
		seniority normal.Seniority
		function  normal.Function
	}{
		{"CEO", normal.CLevel, normal.OtherFunction},
		{"Co-Founder & CTO", normal.CLevel, normal.Engineering},
		{"Chief Revenue Officer", normal.CLevel, normal.Sales},
		{"Chief Marketing & Communications Officer", normal.CLevel, normal.Marketing},
		{"Chief Information Security Officer", normal.CLevel, normal.IT},
		{"President", normal.CLevel, normal.OtherFunction},
		{"Owner", normal.CLevel, normal.OtherFunction},
		{"Managing Director", normal.CLevel, normal.OtherFunction},
		{"Vice President, Sales", normal.VP, normal.Sales},
		{"Senior Vice President of Engineering", normal.VP, normal.Engineering},
		{"SVP Revenue Operations", normal.VP, normal.RevOps},
		{"V.P. Finance", normal.VP, normal.Finance},
		{"Assistant Vice President", normal.VP, normal.OtherFunction},
		{"Director of Sales", normal.Director, normal.Sales},
		{"Sr. Director, Sales Ops", normal.Director, normal.RevOps},
		{"Head of Growth", normal.Director, normal.Marketing},
		{"Global Head, People Operations", normal.Director, normal.HR},
		{"Chief of Staff", normal.Director, normal.OtherFunction},
		{"Marketing Manager", normal.Manager, normal.Marketing},
		{"Marketing Operations Manager", normal.Manager, normal.RevOps},
		{"Senior Marketing Manager", normal.Manager, normal.Marketing},
		{"IT Manager", normal.Manager, normal.IT},
		{"Team Lead, Customer Support", normal.Manager, normal.OtherFunction},
		{"Operations Manager", normal.Manager, normal.Operations},
		{"Senior Software Engineer", normal.Senior, normal.Engineering},
		{"Lead Data Scientist", normal.Senior, normal.Engineering},
		{"Account Executive", normal.Individual, normal.Sales},
		{"Sales Development Representative", normal.Individual, normal.Sales},
		{"Lead Generation Specialist", normal.Individual, normal.Marketing},
		{"Accountant", normal.Individual, normal.Finance},
		{"HR Business Partner", normal.Individual, normal.HR},
		{"Senior HR Business Partner", normal.Senior, normal.HR},
		{"Senior Product Owner", normal.Senior, normal.OtherFunction},
		{"Product Owner", normal.Individual, normal.OtherFunction},
		{"Executive Assistant to the CEO", normal.Individual, normal.OtherFunction},
		{"Assistant to the VP of Sales", normal.Individual, normal.Sales},
		{"Marketing Director Intern", normal.Individual, normal.Marketing},
		{"Former CEO", normal.UnknownSeniority, normal.OtherFunction},
		{"Geschäftsführer", normal.UnknownSeniority, normal.OtherFunction},
		{"R&D Engineer", normal.Individual, normal.Engineering},
		{"VP of Sales and Marketing", normal.VP, normal.Sales},
		{"-", normal.UnknownSeniority, normal.OtherFunction},
	}
	for _, test := range tests {
		t.Run(test.title, func(t *testing.T) {
			t.Parallel()
			got, err := normal.ParseTitle(test.title)
			if err != nil {
				t.Fatalf("ParseTitle: %v", err)
			}
			if got.Seniority != test.seniority || got.Function != test.function {
				t.Errorf("ParseTitle: got %s, %s; want %s, %s", got.Seniority, got.Function, test.seniority, test.function)
			}
		})
	}
}

func TestBadTitleIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	for give, want := range map[string]error{
		" ": normal.ErrEmpty, strings.Repeat("x", 256): normal.ErrTooLong, "a\u0000b": normal.ErrEncoding,
	} {
		if _, err := normal.ParseTitle(give); !errors.Is(err, want) {
			t.Errorf("ParseTitle: got %v, want %v", err, want)
		}
	}
}

func FuzzParseTitle(f *testing.F) {
	for _, seed := range []string{"Sr. VP, Sales", "assistant to the", "R&D", "chief", "officer chief"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, title string) {
		once, err := normal.ParseTitle(title)
		if err != nil {
			requireTyped(t, err)
			return
		}
		if twice, err := normal.ParseTitle(once.Text); err != nil || twice != once {
			t.Fatalf("ParseTitle(%q) twice: got %+v, error %v; once %+v", title, twice, err, once)
		}
	})
}
