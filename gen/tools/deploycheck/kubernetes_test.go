package deploycheck

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/intstr"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// cluster is what an overlay asks a cluster for.
type cluster struct {
	deployments  []*appsv1.Deployment
	services     []*corev1.Service
	policies     []*networkingv1.NetworkPolicy
	disruptions  []*policyv1.PodDisruptionBudget
	certificates []*certmanager.Certificate
	monitors     []*monitoring.PodMonitor
	rest         []*gateway.HTTPRoute
	grpc         []*gateway.GRPCRoute
	trusted      []*gateway.BackendTLSPolicy
}

// build has Kustomize build the example and reads it strictly: a field that Kubernetes does not know is an error.
func build(t *testing.T) *cluster {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{appsv1.AddToScheme, corev1.AddToScheme, networkingv1.AddToScheme, policyv1.AddToScheme,
		certmanager.AddToScheme, monitoring.AddToScheme, gateway.Install} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(deploy, "kubernetes", "overlays", "example"))
	if err != nil {
		t.Fatal(err)
	}
	decoder, c := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer(), &cluster{}
	for _, resource := range made.Resources() {
		object, _, err := decoder.Decode([]byte(resource.MustYaml()), nil, nil)
		if err != nil {
			t.Errorf("%s: %v", resource.CurId(), err)
			continue
		}
		c.add(object)
	}
	return c
}

func (c *cluster) add(object runtime.Object) {
	switch o := object.(type) {
	case *appsv1.Deployment:
		c.deployments = append(c.deployments, o)
	case *corev1.Service:
		c.services = append(c.services, o)
	case *networkingv1.NetworkPolicy:
		c.policies = append(c.policies, o)
	case *policyv1.PodDisruptionBudget:
		c.disruptions = append(c.disruptions, o)
	case *certmanager.Certificate:
		c.certificates = append(c.certificates, o)
	case *monitoring.PodMonitor:
		c.monitors = append(c.monitors, o)
	case *gateway.HTTPRoute:
		c.rest = append(c.rest, o)
	case *gateway.GRPCRoute:
		c.grpc = append(c.grpc, o)
	case *gateway.BackendTLSPolicy:
		c.trusted = append(c.trusted, o)
	}
}

// selected are the deployments whose pods a selector means.
func (c *cluster) selected(selector map[string]string) (names []string, ports map[string]bool) {
	ports = map[string]bool{}
	for _, d := range c.deployments {
		if !labels.SelectorFromSet(selector).Matches(labels.Set(d.Spec.Template.Labels)) {
			continue
		}
		names = append(names, d.Name)
		for _, p := range d.Spec.Template.Spec.Containers[0].Ports {
			ports[p.Name] = true
		}
	}
	return names, ports
}

func TestEveryPartHasAServiceABudgetAndACertificateOfItsOwn(t *testing.T) {
	t.Parallel()
	c := build(t)
	if len(c.deployments) != 8 || len(c.services) != 8 || len(c.disruptions) != 8 {
		t.Fatalf("got %d deployments, %d services, %d budgets, want 8 each", len(c.deployments), len(c.services), len(c.disruptions))
	}
	for _, s := range c.services {
		names, ports := c.selected(s.Spec.Selector)
		if len(names) != 1 || names[0] != s.Name {
			t.Errorf("service %s is in front of %v", s.Name, names)
		}
		for _, p := range s.Spec.Ports {
			if p.TargetPort.Type == intstr.String && !ports[p.TargetPort.StrVal] {
				t.Errorf("service %s: nobody listens on %s", s.Name, p.TargetPort.StrVal)
			}
		}
	}
	for _, b := range c.disruptions {
		if names, _ := c.selected(b.Spec.Selector.MatchLabels); len(names) != 1 || names[0] != b.Name {
			t.Errorf("budget %s is of %v", b.Name, names)
		}
	}
	secrets := map[string]string{}
	for _, certificate := range c.certificates {
		secrets[certificate.Spec.SecretName] = strings.Join(certificate.Spec.URIs, " ") + " " + strings.Join(certificate.Spec.DNSNames, " ")
	}
	for _, d := range c.deployments {
		part := strings.TrimPrefix(d.Name, "handoff-")
		secret := d.Spec.Template.Spec.Volumes[0].Secret.SecretName
		if got, want := secrets[secret], "handoff://service/"+part+" "+part; got != want {
			t.Errorf("%s has a certificate of %q, want %q", d.Name, got, want)
		}
	}
}

// What the restricted profile of Kubernetes' pod security standards asks for, and a root file system that cannot be written.
func TestNoPodCanDoMoreThanItMust(t *testing.T) {
	t.Parallel()
	for _, d := range build(t).deployments {
		pod := d.Spec.Template.Spec
		if s := pod.SecurityContext; !*s.RunAsNonRoot || s.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault || *pod.AutomountServiceAccountToken {
			t.Errorf("%s: its pods may do too much", d.Name)
		}
		for _, container := range pod.Containers {
			s := container.SecurityContext
			if *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || len(s.Capabilities.Drop) != 1 || s.Capabilities.Drop[0] != "ALL" {
				t.Errorf("%s: %s may do too much", d.Name, container.Name)
			}
			pinned(t, container.Image)
			for _, probe := range []*corev1.Probe{container.StartupProbe, container.LivenessProbe, container.ReadinessProbe} {
				if probe == nil || probe.HTTPGet == nil || probe.HTTPGet.Port.StrVal != "metrics" {
					t.Errorf("%s: a probe is missing or asks elsewhere", d.Name)
				}
			}
			if container.Resources.Requests.Cpu().IsZero() || container.Resources.Limits.Memory().IsZero() {
				t.Errorf("%s: how much it needs is not said", d.Name)
			}
		}
	}
}

// peers are the parts that may reach a port of a part.
func (c *cluster) peers(t *testing.T, part *appsv1.Deployment, port string) map[string]bool {
	t.Helper()
	reach := map[string]bool{}
	for _, policy := range c.policies {
		if !matches(t, &policy.Spec.PodSelector, part) {
			continue
		}
		for _, rule := range policy.Spec.Ingress {
			if len(rule.From) == 0 || len(rule.Ports) == 0 {
				t.Errorf("%s lets everybody in, or to every port", policy.Name)
				continue
			}
			if rule.Ports[0].Port.StrVal != port && (len(rule.Ports) < 2 || rule.Ports[1].Port.StrVal != port) {
				continue
			}
			for _, from := range rule.From {
				for _, d := range c.deployments {
					if from.PodSelector != nil && matches(t, from.PodSelector, d) {
						reach[d.Name] = true
					}
				}
			}
		}
	}
	return reach
}

func matches(t *testing.T, selector *metav1.LabelSelector, d *appsv1.Deployment) bool {
	t.Helper()
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		t.Fatal(err)
	}
	return s.Matches(labels.Set(d.Spec.Template.Labels))
}

func TestOnlyServicesReachTheInternalPortsAndOnlyTheGatewayThePublicOnes(t *testing.T) {
	t.Parallel()
	c := build(t)
	for _, d := range c.deployments {
		if d.Name == "handoff-gateway" {
			continue
		}
		internal, public := c.peers(t, d, "internal"), c.peers(t, d, "grpc")
		if len(internal) != 7 || internal["handoff-gateway"] {
			t.Errorf("%s: its internal port is open to %v, want the seven services", d.Name, internal)
		}
		if len(public) != 1 || !public["handoff-gateway"] {
			t.Errorf("%s: its public port is open to %v, want the gateway", d.Name, public)
		}
	}
}

func address(service string, port int32) string { return fmt.Sprintf("%s:%d", service, port) }

// there are the ports of the services, by number and by name.
func (c *cluster) there() map[string]bool {
	ports := map[string]bool{}
	for _, s := range c.services {
		for _, p := range s.Spec.Ports {
			ports[address(s.Name, p.Port)], ports[s.Name+":"+p.Name] = true, true
		}
	}
	return ports
}

func TestRoutesLeadToPortsThatAreThere(t *testing.T) {
	t.Parallel()
	c := build(t)
	var backends []gateway.BackendObjectReference
	for _, route := range c.rest {
		for _, rule := range route.Spec.Rules {
			for _, b := range rule.BackendRefs {
				backends = append(backends, b.BackendObjectReference)
			}
		}
	}
	for _, route := range c.grpc {
		for _, rule := range route.Spec.Rules {
			for _, b := range rule.BackendRefs {
				backends = append(backends, b.BackendObjectReference)
			}
		}
	}
	if len(backends) != 8 {
		t.Errorf("got %d backends, want 8", len(backends))
	}
	there := c.there()
	for _, b := range backends {
		if to := address(string(b.Name), int32(*b.Port)); !there[to] {
			t.Errorf("a route leads to %s", to)
		}
	}
}

func TestWhoeverRoutesGRPCAsksEachServiceWhoItIs(t *testing.T) {
	t.Parallel()
	c := build(t)
	if len(c.trusted) != 7 {
		t.Errorf("got %d services whose certificate is checked, want 7", len(c.trusted))
	}
	there := c.there()
	for _, p := range c.trusted {
		to := p.Spec.TargetRefs[0]
		if !there[string(to.Name)+":"+string(*to.SectionName)] || string(to.Name) != "handoff-"+string(p.Spec.Validation.Hostname) {
			t.Errorf("%s: %s is not %s", p.Name, to.Name, p.Spec.Validation.Hostname)
		}
	}
}

func TestPrometheusWatchesEveryPart(t *testing.T) {
	t.Parallel()
	c := build(t)
	if len(c.monitors) != 1 {
		t.Fatalf("got %d monitors, want 1", len(c.monitors))
	}
	m := c.monitors[0]
	names, ports := c.selected(m.Spec.Selector.MatchLabels)
	if len(names) != 8 || !ports[*m.Spec.PodMetricsEndpoints[0].Port] {
		t.Errorf("%s watches %v on %s", m.Name, names, *m.Spec.PodMetricsEndpoints[0].Port)
	}
}
