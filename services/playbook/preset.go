package playbook

import (
	"context"
	"errors"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
	"github.com/handoffhq/handoff/services/playbook/internal/preset"
)

// ListPlaybookPresets implements PlaybookService.
func (s *Service) ListPlaybookPresets(ctx context.Context, req *playbookv1.ListPlaybookPresetsRequest) (*playbookv1.ListPlaybookPresetsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	all := preset.All()
	all = all[min(max(0, int(page.Key.Number)), len(all)):]
	resp := &playbookv1.ListPlaybookPresetsResponse{}
	behind := page.Key.Number + int64(page.Size)
	all, resp.NextPageToken = paging.Cut(page, all, func(preset.Preset) paging.Key { return paging.Key{Number: behind} })
	for _, p := range all {
		resp.PlaybookPresets = append(resp.PlaybookPresets, toPreset(p))
	}
	return resp, nil
}

// GetPlaybookPreset implements PlaybookService.
func (s *Service) GetPlaybookPreset(_ context.Context, req *playbookv1.GetPlaybookPresetRequest) (*playbookv1.PlaybookPreset, error) {
	p, err := preset.Find(ident.ID(req.GetName(), "playbookPresets"))
	if err != nil {
		return nil, fault.Missing(req.GetName())
	}
	names := []string{p.Name}
	for _, with := range req.GetWith() {
		names = append(names, ident.ID(with, "playbookPresets"))
		if _, err := preset.Find(names[len(names)-1]); err != nil {
			return nil, fault.Dangling("with", with)
		}
	}
	text, err := preset.Compose(names...)
	if errors.Is(err, preset.ErrConflict) {
		return nil, fault.Field("with", "%v", err)
	}
	if err != nil {
		return nil, err
	}
	out := toPreset(p)
	out.Yaml = string(text)
	out.Document, _, _ = document.Parse(text)
	return out, nil
}

func toPreset(p preset.Preset) *playbookv1.PlaybookPreset {
	return &playbookv1.PlaybookPreset{Name: ident.Name("playbookPresets", p.Name), Question: playbookv1.PlaybookPreset_Question(p.Question),
		Description: p.Description, Source: p.Source}
}

// Preset is the whole playbook of some presets, as YAML; Presets lists them.
func Preset(names ...string) ([]byte, error) { return preset.Compose(names...) }

// Presets are the presets by question, the usual one first.
func Presets() []*playbookv1.PlaybookPreset {
	var all []*playbookv1.PlaybookPreset
	for _, p := range preset.All() {
		all = append(all, toPreset(p))
	}
	return all
}
