// Go's encoding/json under test, into `any`: adapter float64|number
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

func decodeAndEncode(payload []byte, numbers bool) ([]byte, error) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(payload))
	if numbers {
		decoder.UseNumber()
	}
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("text after the value")
	}
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(encoded.Bytes(), []byte("\n")), err
}

func answer(r *run, numbers bool) object {
	encoded, err := decodeAndEncode(r.Case.Payload, numbers)
	if err != nil {
		return object{"rejected": object{"seq": r.Seq, "message": err.Error()}}
	}
	return object{"decoded": object{"seq": r.Seq, "payload": encoded}}
}

func main() {
	numbers := os.Args[1] == "number"
	client := object{
		"name": "Go encoding/json " + os.Args[1], "language": "go", "version": strings.TrimPrefix(runtime.Version(), "go"),
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
			out.Encode(object{"started": object{"version": 1, "client": client}})
		case said.Run != nil:
			out.Encode(answer(said.Run, numbers))
		default:
			return
		}
	}
}
