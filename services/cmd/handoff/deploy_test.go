package main

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// What deploy/ says of this command is held against the command. That its files are well-formed in themselves is what
// `make deploy-check` looks after, with the libraries of the tools that read them.

// deployed is a file of deploy/.
func deployed(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../../deploy", path))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// documents reads every YAML document of a file.
func documents[T any](t *testing.T, path string) (all []T) {
	t.Helper()
	from := yaml.NewDecoder(bytes.NewReader(deployed(t, path)))
	for {
		var one T
		switch err := from.Decode(&one); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, one)
	}
}

// configured is the configuration of a process that is started with a command line and variables. A flag or a HANDOFF_
// variable that the command does not know fails the test.
func configured(t *testing.T, args []string, env map[string]string) app.Config {
	t.Helper()
	if len(args) == 0 || args[0] != "serve" {
		t.Fatalf("%q does not serve", args)
	}
	var f serveFlags
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	f.register(flags, "data", "info")
	if err := flags.Parse(args[1:]); err != nil {
		t.Fatal(err)
	}
	if flags.NArg() > 0 {
		t.Fatalf("serve takes no arguments, got %q", flags.Args())
	}
	for name, value := range env {
		setting, ours := strings.CutPrefix(name, "HANDOFF_")
		if ours && flags.Lookup(strings.ReplaceAll(strings.ToLower(setting), "_", "-")) == nil {
			t.Errorf("%s is no setting", name)
		}
		t.Setenv(name, value)
	}
	if err := fromEnvironment(flags); err != nil {
		t.Fatal(err)
	}
	cfg, err := f.config()
	if err != nil {
		t.Fatalf("the command refuses %q with %v: %v", args, env, err)
	}
	return cfg
}

func TestTheCommandTakesItsLineInTheComposition(t *testing.T) {
	type composition struct {
		Services map[string]struct {
			Command     []string
			Environment map[string]string
		}
	}
	suite := documents[composition](t, "compose/compose.yaml")[0].Services["handoff"]
	values := strings.NewReplacer("${HANDOFF_ISSUER:?", "http://identity:8080/handoff${", "${HANDOFF_AUDIENCE:?", "handoff${")
	for i, word := range suite.Command {
		suite.Command[i], _, _ = strings.Cut(values.Replace(word), "${")
	}
	cfg := configured(t, suite.Command, suite.Environment)
	if len(cfg.Only) > 0 || cfg.Issuer != "http://identity:8080/handoff" || cfg.Audience != "handoff" || cfg.MetricsAddr != ":9464" ||
		!strings.HasPrefix(cfg.DatabaseURL, "postgres://") {
		t.Errorf("it is no whole suite on PostgreSQL with an issuer and metrics: %+v", cfg)
	}
}

// deployment is what matters here of a Kubernetes deployment.
type deployment struct {
	Spec struct {
		Template struct {
			Spec struct {
				Containers []struct{ Args []string }
			}
		}
	}
}

// kustomization is what matters here of one.
type kustomization struct {
	ConfigMapGenerator []struct{ Literals []string } `yaml:"configMapGenerator"`
}

// settings are the variables that all pods of the example get.
func settings(t *testing.T) map[string]string {
	t.Helper()
	env := map[string]string{}
	for _, path := range []string{"kubernetes/base/kustomization.yaml", "kubernetes/overlays/example/kustomization.yaml"} {
		for _, literal := range documents[kustomization](t, path)[0].ConfigMapGenerator[0].Literals {
			name, value, _ := strings.Cut(literal, "=")
			env[name] = value
		}
	}
	return env
}

func TestTheCommandTakesItsLineInEveryPod(t *testing.T) {
	for _, part := range append(eventlog.Services(), app.Gateway) {
		t.Run(part, func(t *testing.T) {
			path, env := "kubernetes/base/part/deployment.yaml", settings(t)
			if part == app.Gateway {
				path = "kubernetes/base/gateway/deployment.yaml"
			} else {
				env["HANDOFF_DATABASE"] = "postgres://postgres/handoff"
			}
			env["HANDOFF_ONLY"] = part
			cfg := configured(t, documents[deployment](t, path)[0].Spec.Template.Spec.Containers[0].Args, env)
			if !slices.Equal(cfg.Only, []string{part}) || cfg.Issuer == "" || cfg.MetricsAddr != ":9464" {
				t.Errorf("it is not the part alone, with an issuer and metrics: %+v", cfg)
			}
		})
	}
}

func TestEveryServiceIsAPartOfTheKubernetesSuite(t *testing.T) {
	t.Parallel()
	type resources struct{ Resources []string }
	got := documents[resources](t, "kubernetes/base/kustomization.yaml")[0].Resources
	if diff := cmp.Diff(append(eventlog.Services(), app.Gateway, "network.yaml"), got); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

func TestEachAPIHasARouteToItsService(t *testing.T) {
	t.Parallel()
	type route struct {
		Spec struct {
			Rules []struct {
				Matches     []struct{ Method struct{ Service string } }
				BackendRefs []struct{ Name string } `yaml:"backendRefs"`
			}
		}
	}
	var routed []string
	for _, rule := range documents[route](t, "kubernetes/components/gateway-api/grpc.yaml")[0].Spec.Rules {
		api := rule.Matches[0].Method.Service
		if _, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(api)); err != nil {
			t.Errorf("%s: %v", api, err)
		}
		service := strings.Split(api, ".")[1]
		if got, want := rule.BackendRefs[0].Name, "handoff-"+service; got != want {
			t.Errorf("%s goes to %s, want %s", api, got, want)
		}
		routed = append(routed, service)
	}
	if diff := cmp.Diff(eventlog.Services(), routed); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
}

// What the example playbook speaks of comes into a suite by the script beside it, and a second time nothing changes.
func TestTheScriptBesideThePlaybookAddsItsPeople(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the script beside the example playbook is not tested: there is no %s", tool)
		}
	}
	suite := startWhole(t)
	for range 2 {
		script := exec.CommandContext(t.Context(), "sh", "../../../deploy/playbooks/acme.sh")
		script.Env = append(os.Environ(), "SUITE="+suite.rest, "TOKEN="+suite.token)
		if out, err := script.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	pools, err := routingv1.NewRoutingServiceClient(suite.conn).ListPools(t.Context(), &routingv1.ListPoolsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, pool := range pools.GetPools() {
		got[pool.GetName()] = len(pool.GetMembers())
	}
	if want := map[string]int{"pools/enterprise": 2, "pools/overflow": 1, "pools/velocity": 3}; !maps.Equal(got, want) {
		t.Errorf("members: got %v, want %v", got, want)
	}
}
