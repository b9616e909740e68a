// Validates one case with what the modules bring, and sees it fail when the payload is broken.
package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"log"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"usagecompat/fixtures"
	"usagecompat/schemas"
)

func read(files fs.FS, name string) any {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		log.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	said := read(fixtures.Files, "kinds/costs-full.case.json").(map[string]any)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("usage.json", read(schemas.Files, "served/latest.json")); err != nil {
		log.Fatal(err)
	}
	schema, err := compiler.Compile(fmt.Sprintf("usage.json#/$defs/%s", said["shape"]))
	if err != nil {
		log.Fatal(err)
	}
	payload := read(fixtures.Files, fmt.Sprintf("%s.json", said["id"])).(map[string]any)
	fmt.Println(said["verdict"], schema.Validate(payload) == nil)
	payload["results"].([]any)[0].(map[string]any)["amount"].(map[string]any)["value"] = "NaN"
	fmt.Println("broken", schema.Validate(payload) == nil)
}
