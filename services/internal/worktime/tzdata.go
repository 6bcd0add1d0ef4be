package worktime

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
)

// unversioned stands for data that do not say which release they are.
const unversioned = "unversioned"

// tzdataVersion is the release of the data that package time reads a zone
// from. It asks the same places in the same order.
func tzdataVersion(zone string) string {
	if zone == "UTC" {
		return ""
	}
	if chosen := os.Getenv("ZONEINFO"); chosen != "" {
		if info, err := os.Stat(chosen); err == nil && !info.IsDir() {
			return unversioned // an archive, which keeps zones only
		}
		return releaseFor(zone, append([]string{chosen}, systemZones()...))
	}
	return releaseFor(zone, systemZones())
}

// systemZones are the directories where package time looks on Unix, before it
// takes the program's own copy.
func systemZones() []string {
	return []string{"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"}
}

// releaseFor names the release in the first directory that has the zone, or
// the Go version, which fixes the release of the program's own copy.
func releaseFor(zone string, directories []string) string {
	for _, directory := range directories {
		if _, err := os.Stat(filepath.Join(directory, zone)); err == nil {
			return release(directory)
		}
	}
	return runtime.Version()
}

// release reads the name that the data's makers put beside the zones: the
// first line of tzdata.zi, "# version 2025b", or the file +VERSION.
func release(directory string) string {
	version := regexp.MustCompile(`^(?:# version )?(2\d{3}[a-z]+)\s`)
	for _, name := range []string{"tzdata.zi", "+VERSION"} {
		if found := version.FindSubmatch(head(filepath.Join(directory, name))); found != nil {
			return string(found[1])
		}
	}
	return unversioned
}

// head is the start of a file, enough for its first line; nothing if it
// cannot be read.
func head(path string) []byte {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	start := make([]byte, 64)
	n, _ := file.Read(start) // an unreadable file is one without a version
	return start[:n]
}
