// Types that quicktype makes for Go, under test.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
)

type run struct {
	Seq  int `json:"seq"`
	Case struct {
		Payload []byte `json:"payload"` // []byte travels as base64
	} `json:"case"`
}

type command struct {
	Start *struct{} `json:"start"`
	Run   *run      `json:"run"`
}

type object = map[string]any

func answer(r *run) object {
	page, err := UnmarshalUsageResponse(r.Case.Payload)
	if err == nil {
		var encoded []byte
		if encoded, err = page.Marshal(); err == nil {
			return object{"decoded": object{"seq": r.Seq, "payload": encoded}}
		}
	}
	return object{"rejected": object{"seq": r.Seq, "message": err.Error()}}
}

func main() {
	client := object{"name": "quicktype for Go", "language": "go", "version": "26.0.0", "homepage": "https://quicktype.io"}
	client["language_version"] = strings.TrimPrefix(runtime.Version(), "go")
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
			features := object{"shapes": []string{"page"}}
			out.Encode(object{"started": object{"version": 1, "client": client, "features": features}})
		case said.Run != nil:
			out.Encode(answer(said.Run))
		default:
			return
		}
	}
}
