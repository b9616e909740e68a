// What the module for Go promises, with encoding/json as the client.
package check

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	corpus "usagecompat.invalid/corpus"
)

func sum(data []byte) string {
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])
}

func decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

func TestDigests(t *testing.T) {
	sums, err := corpus.Files.ReadFile("SHA256SUMS")
	if err != nil || sum(sums) != corpus.Digest {
		t.Fatalf("the digest is not that of the files: %v", err)
	}
	listed := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(sums)), "\n") {
		digest, name, _ := strings.Cut(line, "  ")
		listed[name] = digest
	}
	embedded := 0
	fs.WalkDir(corpus.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && name != "SHA256SUMS" {
			data, _ := corpus.Files.ReadFile(name)
			if listed[name] != sum(data) {
				t.Errorf("%s is not what its digest says", name)
			}
			embedded++
		}
		return err
	})
	if embedded != len(listed) {
		t.Errorf("%d files are embedded, %d are listed", embedded, len(listed))
	}
}

func TestRoundTrip(t *testing.T) {
	cases, err := corpus.Cases("full")
	if err != nil {
		t.Fatal(err)
	}
	decoded := 0
	for _, one := range cases {
		payload, err := one.Payload()
		if err != nil || sum(payload) != one.SHA256 {
			t.Errorf("%s is not the payload of the manifest: %v", one.ID, err)
		}
		var expected struct{ ID, Demand string }
		if text, _ := one.Expectation(); json.Unmarshal(text, &expected) != nil || expected.ID != one.ID || expected.Demand != one.Demand {
			t.Errorf("%s: manifest and case differ", one.ID)
		}
		if one.Demand != "must-decode" {
			continue
		}
		value, err := decode(payload)
		if err != nil {
			t.Errorf("%s: refused: %v", one.ID, err)
			continue
		}
		text, _ := json.Marshal(value)
		if again, err := decode(text); err != nil || !reflect.DeepEqual(value, again) {
			t.Errorf("%s does not come back: %v", one.ID, err)
		}
		decoded++
	}
	t.Logf("%d cases of %s, %d decoded and back", len(cases), corpus.Version, decoded)
	if _, err := corpus.Cases("smok"); err == nil {
		t.Error("a set that there is not has cases")
	}
}
