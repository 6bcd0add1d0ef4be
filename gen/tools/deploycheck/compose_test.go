package deploycheck

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"
)

// composition reads the composition as Compose does, with the variables of the example.
func composition(t *testing.T) *types.Project {
	t.Helper()
	directory := filepath.Join(deploy, "compose")
	variables, err := dotenv.Read(filepath.Join(directory, ".env.example"))
	if err != nil {
		t.Fatal(err)
	}
	var env []string
	for name, value := range variables {
		env = append(env, name+"="+value)
	}
	options, err := cli.NewProjectOptions([]string{filepath.Join(directory, "compose.yaml")}, cli.WithEnv(env),
		cli.WithDefaultProfiles(strings.Split(variables["COMPOSE_PROFILES"], ",")...))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestComposeAcceptsTheComposition(t *testing.T) {
	t.Parallel()
	project := composition(t)
	if len(project.DisabledServices) > 0 {
		t.Errorf("the example leaves out %v", project.DisabledServices)
	}
	for _, service := range project.Services {
		if service.Build == nil {
			pinned(t, service.Image)
		}
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s: port %d is published to %q", service.Name, port.Target, port.HostIP)
			}
		}
	}
}

// What is mounted from beside the composition is there; what Compose finds missing it would make as an empty directory.
func TestWhatTheCompositionMountsIsThere(t *testing.T) {
	t.Parallel()
	for _, service := range composition(t).Services {
		for _, volume := range service.Volumes {
			if volume.Type != types.VolumeTypeBind {
				continue
			}
			if _, err := os.Stat(volume.Source); err != nil {
				t.Errorf("%s: %v", service.Name, err)
			}
			if !volume.ReadOnly {
				t.Errorf("%s may write to %s", service.Name, volume.Source)
			}
		}
	}
}

func TestTheScriptMakesEverySecret(t *testing.T) {
	t.Parallel()
	script := string(read(t, "compose", "secrets.sh"))
	for name, secret := range composition(t).Secrets {
		if filepath.Base(secret.File) != name || !strings.Contains(script, "keep "+name+" ") {
			t.Errorf("secrets.sh does not make %s, which is in %s", name, secret.File)
		}
	}
}
