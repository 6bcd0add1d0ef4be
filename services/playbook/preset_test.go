package playbook_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook"
)

func TestPresetsAreListedPageByPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		var names []string
		req := &playbookv1.ListPlaybookPresetsRequest{PageSize: 4}
		for {
			resp, err := b.client.ListPlaybookPresets(seller(t.Context()), req)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range resp.GetPlaybookPresets() {
				names = append(names, strings.TrimPrefix(p.GetName(), "playbookPresets/"))
				if p.GetYaml() != "" || p.GetSource() == "" {
					t.Errorf("got %v", p)
				}
			}
			if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
				break
			}
		}
		if got, want := strings.Join(names, " "), "score_thresholds joint_boolean business literal sal_before_sql sql_before_sal"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestAPresetIsAPlaybookThatCanBeStored(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		p, err := b.client.GetPlaybookPreset(seller(t.Context()), &playbookv1.GetPlaybookPresetRequest{Name: "playbookPresets/joint_boolean",
			With: []string{"playbookPresets/literal", "playbookPresets/sql_before_sal"}})
		if err != nil || p.GetQuestion() != playbookv1.PlaybookPreset_QUESTION_GATE {
			t.Fatalf("got %v, %v", p, err)
		}
		stored, err := b.client.CreatePlaybook(ops(t.Context()), &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Yaml: p.GetYaml()}})
		if err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(stored.GetDocument(), p.GetDocument()) || stored.GetYaml() != p.GetYaml() {
			t.Errorf("stored %v", stored)
		}
		_, err = b.client.GetPlaybookPreset(seller(t.Context()), &playbookv1.GetPlaybookPresetRequest{Name: "playbookPresets/agile"})
		refused(t, "a preset that is none", err, codes.NotFound, errorsv1.ErrorReason_ERROR_REASON_RESOURCE_NOT_FOUND)
		_, err = b.client.GetPlaybookPreset(seller(t.Context()), &playbookv1.GetPlaybookPresetRequest{Name: "playbookPresets/literal", With: []string{"playbookPresets/agile"}})
		invalid(t, "with a preset that is none", err)
		_, err = b.client.GetPlaybookPreset(seller(t.Context()), &playbookv1.GetPlaybookPresetRequest{Name: "playbookPresets/literal", With: []string{"playbookPresets/business"}})
		invalid(t, "with another answer", err)
	})
}

func TestPresetsCompile(t *testing.T) {
	t.Parallel()
	for _, p := range playbook.Presets() {
		text, err := playbook.Preset(strings.TrimPrefix(p.GetName(), "playbookPresets/"))
		if err != nil {
			t.Fatal(err)
		}
		if problems, ok := playbook.Lint(text); !ok {
			t.Errorf("%s: %v", p.GetName(), problems)
		}
	}
}
