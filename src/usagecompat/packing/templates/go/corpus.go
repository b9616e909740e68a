// Package corpus has payloads of the OpenAI organization usage and costs endpoints, and their JSON Schemas: data only.
package corpus

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
)

// Digest is the SHA-256 of SHA256SUMS, which has that of every file.
const Version, Digest = "@VERSION@", "@DIGEST@"

// Files has every file under its name, such as "fixtures/notes.json" and "schemas/latest.json".
//
//go:embed SHA256SUMS all:fixtures all:schemas
var Files embed.FS

// A Case is one payload, and what it must show.
type Case struct {
	ID, SHA256, Topic, Verdict, Tier, Demand, Since string

	Findings []struct{ Code, Severity string }
	Sets     []string
}

// Cases has the cases of a set: full, core or smoke.
func Cases(set string) ([]Case, error) {
	var manifest struct{ Cases []Case }
	text, _ := Files.ReadFile("fixtures/manifest.json") // it is embedded
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(manifest.Cases, func(one Case) bool { return !slices.Contains(one.Sets, set) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no case is in the set %q", set)
	}
	return chosen, nil
}

// Payload is the payload, byte for byte; it may be no JSON at all.
func (c Case) Payload() ([]byte, error) { return Files.ReadFile("fixtures/" + c.ID + ".json") }

// Expectation is the case's own file; schemas/case.json describes it.
func (c Case) Expectation() ([]byte, error) { return Files.ReadFile("fixtures/" + c.ID + ".case.json") }
