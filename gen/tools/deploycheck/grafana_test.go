package deploycheck

import (
	"path"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// sourceUIDs are the data sources that Grafana is given, which must be services of the composition.
func sourceUIDs(t *testing.T) map[string]bool {
	t.Helper()
	var file struct {
		APIVersion  int `json:"apiVersion"`
		Datasources []struct {
			Name      string         `json:"name"`
			UID       string         `json:"uid"`
			Type      string         `json:"type"`
			Access    string         `json:"access"`
			URL       string         `json:"url"`
			IsDefault bool           `json:"isDefault"`
			JSONData  map[string]any `json:"jsonData"`
		} `json:"datasources"`
	}
	if err := yaml.UnmarshalStrict(read(t, "compose", "grafana", "provisioning", "datasources", "datasources.yaml"), &file); err != nil {
		t.Fatal(err)
	}
	services, uids := composition(t).Services, map[string]bool{}
	for _, source := range file.Datasources {
		uids[source.UID] = true
		host, _, _ := strings.Cut(strings.TrimPrefix(source.URL, "http://"), ":")
		if _, known := services[host]; !known {
			t.Errorf("data source %s: the composition has no %s", source.Name, host)
		}
	}
	return uids
}

// Grafana looks for dashboards where the composition mounts them.
func TestGrafanaFindsTheDashboard(t *testing.T) {
	t.Parallel()
	var file struct {
		APIVersion int `json:"apiVersion"`
		Providers  []struct {
			Name           string `json:"name"`
			Folder         string `json:"folder"`
			Type           string `json:"type"`
			AllowUIUpdates bool   `json:"allowUiUpdates"`
			Options        struct {
				Path string `json:"path"`
			} `json:"options"`
		} `json:"providers"`
	}
	if err := yaml.UnmarshalStrict(read(t, "compose", "grafana", "provisioning", "dashboards", "dashboards.yaml"), &file); err != nil {
		t.Fatal(err)
	}
	grafana := composition(t).Services["grafana"]
	home := grafana.Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
	if home == nil || path.Dir(*home) != file.Providers[0].Options.Path {
		t.Errorf("the home dashboard is not in %s", file.Providers[0].Options.Path)
	}
	for _, volume := range grafana.Volumes {
		if volume.Target == file.Providers[0].Options.Path {
			return
		}
	}
	t.Errorf("nothing is mounted at %s", file.Providers[0].Options.Path)
}
