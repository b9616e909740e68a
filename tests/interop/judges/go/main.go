// Reads jobs as JSON lines and says of each what santhosh-tekuri/jsonschema says: valid, invalid, or unread.
//
// Usage: judge SCHEMAS FIXTURES < jobs.jsonl > answers.txt
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

type job struct {
	Schema  string `json:"schema"`
	Part    string `json:"part"`
	Payload string `json:"payload"`
}

func main() {
	schemas, err := filepath.Abs(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiled := map[string]*jsonschema.Schema{}
	var name string
	var value any
	var unread error
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var j job
		if err := json.Unmarshal(lines.Bytes(), &j); err != nil {
			log.Fatal(err)
		}
		place := "$defs"
		if strings.HasPrefix(j.Schema, "draft-07/") {
			place = "definitions"
		}
		url := fmt.Sprintf("file://%s/%s#/%s/%s", filepath.ToSlash(schemas), j.Schema, place, j.Part)
		if compiled[url] == nil {
			if compiled[url], err = compiler.Compile(url); err != nil {
				log.Fatal(err)
			}
		}
		if name != j.Payload {
			name = j.Payload
			text, err := os.ReadFile(filepath.Join(os.Args[2], name))
			if err != nil {
				log.Fatal(err)
			}
			value, unread = jsonschema.UnmarshalJSON(bytes.NewReader(text))
		}
		switch {
		case unread != nil:
			fmt.Fprintln(out, "unread")
		case compiled[url].Validate(value) == nil:
			fmt.Fprintln(out, "valid")
		default:
			fmt.Fprintln(out, "invalid")
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}
