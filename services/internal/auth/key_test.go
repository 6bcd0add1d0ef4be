package auth_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
)

func TestAKeyIsMadeOnceAndForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	for range 20 { // the race is short
		raceForKey(t)
	}
}

func raceForKey(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "local.key")
	keys := make([]*auth.Key, 32)
	start := make(chan struct{})
	var racers sync.WaitGroup
	for i := range keys {
		racers.Go(func() {
			<-start
			key, err := auth.LoadOrCreateKey(path)
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	close(start)
	racers.Wait()
	for _, key := range keys {
		if !keys[0].Public().Equal(key.Public()) {
			t.Error("two callers got different keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("got mode %#o, want 0600", got)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("got %d files (%v), want the key alone", len(files), err)
	}
}

func TestAKeyThatCannotBeTrustedIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := filepath.Join(dir, "open.key")
	if _, err := auth.LoadOrCreateKey(open); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o640); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "broken.key")
	if err := os.WriteFile(broken, []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty.key")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{open, broken, empty, filepath.Join(dir, "missing", "local.key"), dir} {
		if _, err := auth.LoadOrCreateKey(path); err == nil {
			t.Errorf("%s is accepted", filepath.Base(path))
		}
	}
}

func TestAGrantWhoseTokenWouldBeRefusedIsNotMinted(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	rep := []accessv1.Role{accessv1.Role_ROLE_SALES_REP}
	for name, grant := range map[string]auth.Grant{
		"no subject":         {Roles: rep, TTL: time.Hour},
		"no roles":           {Subject: "ann", TTL: time.Hour},
		"no time to live":    {Subject: "ann", Roles: rep},
		"unspecified role":   {Subject: "ann", Roles: []accessv1.Role{0}, TTL: time.Hour},
		"role out of range":  {Subject: "ann", Roles: []accessv1.Role{99}, TTL: time.Hour},
		"partner of nobody":  {Subject: "ann", Roles: []accessv1.Role{accessv1.Role_ROLE_PARTNER}, TTL: time.Hour},
		"control characters": {Subject: "ann\x1b[31m", Roles: rep, TTL: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if token, err := key.Mint(grant); err == nil {
				t.Errorf("got token %s", token)
			}
		})
	}
}
