// openai-go under test: adapter marshal|rawjson
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/openai/openai-go/v3"
)

type run struct {
	Seq  int `json:"seq"`
	Case struct {
		Endpoint string `json:"endpoint"`
		Payload  []byte `json:"payload"` // []byte travels as base64
	} `json:"case"`
}

type command struct {
	Start *struct{} `json:"start"`
	Run   *run      `json:"run"`
}

type object = map[string]any

type response interface{ RawJSON() string }

// responseOf is what the package decodes the answers of an endpoint into.
func responseOf(endpoint string) response {
	switch endpoint {
	case "usage/completions":
		return &openai.AdminOrganizationUsageCompletionsResponse{}
	case "usage/embeddings":
		return &openai.AdminOrganizationUsageEmbeddingsResponse{}
	case "usage/moderations":
		return &openai.AdminOrganizationUsageModerationsResponse{}
	case "usage/images":
		return &openai.AdminOrganizationUsageImagesResponse{}
	case "usage/audio_speeches":
		return &openai.AdminOrganizationUsageAudioSpeechesResponse{}
	case "usage/audio_transcriptions":
		return &openai.AdminOrganizationUsageAudioTranscriptionsResponse{}
	case "usage/vector_stores":
		return &openai.AdminOrganizationUsageVectorStoresResponse{}
	case "usage/code_interpreter_sessions":
		return &openai.AdminOrganizationUsageCodeInterpreterSessionsResponse{}
	case "usage/file_search_calls":
		return &openai.AdminOrganizationUsageFileSearchCallsResponse{}
	case "usage/web_search_calls":
		return &openai.AdminOrganizationUsageWebSearchCallsResponse{}
	case "costs":
		return &openai.AdminOrganizationUsageCostsResponse{}
	}
	return nil
}

func answer(r *run, raw bool) object {
	page := responseOf(r.Case.Endpoint)
	if page == nil {
		return object{"skipped": object{"seq": r.Seq, "message": "openai-go has no endpoint " + r.Case.Endpoint}}
	}
	err := json.Unmarshal(r.Case.Payload, page)
	encoded := []byte(page.RawJSON())
	if err == nil && !raw {
		encoded, err = json.Marshal(page)
	}
	if err != nil {
		return object{"rejected": object{"seq": r.Seq, "message": err.Error()}}
	}
	return object{"decoded": object{"seq": r.Seq, "payload": encoded}}
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/openai/openai-go/v3" {
				return module.Version
			}
		}
	}
	return ""
}

func main() {
	raw := os.Args[1] == "rawjson"
	client := object{
		"name": "openai-go " + os.Args[1], "language": "go", "language_version": strings.TrimPrefix(runtime.Version(), "go"), "version": version(),
		"homepage": "https://github.com/openai/openai-go", "issues": "https://github.com/openai/openai-go/issues",
	}
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var said command
		if err := json.Unmarshal(line, &said); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		switch {
		case said.Start != nil:
			out.Encode(object{"started": object{"version": 1, "client": client, "features": object{"shapes": []string{"page"}}}})
		case said.Run != nil:
			out.Encode(answer(said.Run, raw))
		default:
			return
		}
	}
}
